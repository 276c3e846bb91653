import { defineErrors } from './catalogue.ts';

const ASK = 'Ask the publisher; do not run this file anywhere.';

/** Rules of the structural ONNX scan. A rule id is a catalogue code, so that the screen has a sentence for each. */
export const onnxErrors = defineErrors({
  ONNX_MALFORMED: {
    retry: 'never',
    what: 'The file is not an ONNX model.',
    unchanged: 'Nothing was loaded.',
    next: 'Ask the publisher for the model again.',
  },
  ONNX_TOO_DEEP: {
    retry: 'never',
    what: 'The model nests graphs deeper than any reader allows.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ONNX_TOO_LARGE: {
    retry: 'never',
    what: 'The model describes more parts than a reader can hold.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ONNX_FIELD_REPEATED: {
    retry: 'never',
    what: 'The model gives a single field twice, so two readers can see two models.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ONNX_NAME_TOO_LONG: {
    retry: 'never',
    what: 'The model has a name of absurd length.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ONNX_EXTERNAL_DATA: {
    retry: 'never',
    what: 'The model wants to read a file that is not part of the signed bundle.',
    unchanged: 'No other file was opened.',
    next: ASK,
  },
  ONNX_EXTERNAL_RANGE: {
    retry: 'never',
    what: 'The model gives an impossible range or an unknown key for external data.',
    unchanged: 'No other file was opened.',
    next: ASK,
  },
  ONNX_EXTERNAL_LINK: {
    retry: 'never',
    what: 'A file that the model names for its data is a link, or has a second name elsewhere.',
    unchanged: 'The file was not read.',
    next: 'Copy the data file itself beside the model, without links, and scan again.',
  },
  ONNX_NAME_REPEATED: {
    retry: 'never',
    what: 'Two parts of the model make a value of one name, so two readers can see two models.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ONNX_INPUT_MISSING: {
    retry: 'never',
    what: 'The model uses a value that nothing in it makes.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ONNX_OPSET_UNKNOWN: {
    retry: 'never',
    what: 'The model names a version of an operator set that the scanner does not know.',
    unchanged: 'Nothing was loaded.',
    next: 'Ask the publisher for an export to an older operator set, or update Gantry.',
  },
  ONNX_TENSOR_SHAPE: {
    retry: 'never',
    what: 'A tensor has dimensions that are negative, overflow, or do not match its data.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ONNX_FUNCTION_CYCLE: {
    retry: 'never',
    what: 'Functions of the model call each other in a circle.',
    unchanged: 'Nothing was expanded.',
    next: ASK,
  },
  ONNX_FUNCTION_EXPANSION: {
    retry: 'never',
    what: 'Functions of the model expand to more nodes than any machine can hold.',
    unchanged: 'Nothing was expanded.',
    next: ASK,
  },
  ONNX_DOMAIN_UNKNOWN: {
    retry: 'never',
    what: 'The model uses an operator domain that is not on the allow-list.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ONNX_OPERATOR_REFUSED: {
    retry: 'never',
    what: 'The model uses an operator that can load foreign code or files.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ONNX_LOOP_UNBOUNDED: {
    retry: 'never',
    what: 'The model has a loop that does not end in reasonable time.',
    unchanged: 'Nothing was run.',
    next: ASK,
  },
  ONNX_HUGE_ALLOCATION: {
    retry: 'never',
    what: 'The model asks for a tensor that no gateway can hold.',
    unchanged: 'Nothing was run.',
    next: ASK,
  },
  ONNX_TRAINING_INFO: {
    retry: 'never',
    what: 'The model carries training graphs that inference never uses.',
    unchanged: 'Nothing was run.',
    next: 'Ask the publisher for an inference-only export.',
  },
});

export type OnnxRule = keyof typeof onnxErrors;
