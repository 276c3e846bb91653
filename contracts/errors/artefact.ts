import { defineErrors } from './catalogue.ts';

const ASK = 'Ask the publisher; do not run this file anywhere.';

/** Rules of the scan of model files of any kind, and what becomes of the scan itself. A rule id is a catalogue code. */
export const artefactErrors = defineErrors({
  ARTEFACT_KIND_UNKNOWN: {
    retry: 'never',
    what: 'The file is of no kind of model that is known here.',
    unchanged: 'Nothing was loaded.',
    next: 'Ask the publisher for ONNX, TFLite, OpenVINO IR, GGUF, ExecuTorch, a TensorRT engine or safetensors.',
  },
  ARTEFACT_KIND_MISMATCH: {
    retry: 'never',
    what: 'The model file is not of the kind that the runtime of its variant loads.',
    unchanged: 'Nothing was loaded.',
    next: 'Ask the publisher to pack the right file, or to state the right runtime.',
  },
  ARTEFACT_NAME_MISMATCH: {
    retry: 'never',
    what: 'The name of the file says another kind than its content.',
    unchanged: 'The content was judged, not the name.',
    next: 'Rename the file, and ask who named it so.',
  },
  ARTEFACT_PICKLE_REFUSED: {
    retry: 'never',
    what: 'The file is a Python pickle or holds one: whoever loads it runs the code inside.',
    unchanged: 'Nothing was loaded.',
    next: 'Ask the publisher to export to ONNX, or to save weights as safetensors.',
  },
  ARTEFACT_CODE_REFUSED: {
    retry: 'never',
    what: 'The file is of a kind that can carry program code beside the weights.',
    unchanged: 'Nothing was loaded.',
    next: 'Ask the publisher to export to ONNX, TFLite or OpenVINO IR.',
  },
  ARTEFACT_MALFORMED: {
    retry: 'never',
    what: 'The header or a table of the model file is broken.',
    unchanged: 'Nothing was loaded.',
    next: 'Ask the publisher for the file again; if it repeats, do not run it anywhere.',
  },
  ARTEFACT_RANGE: {
    retry: 'never',
    what: 'The model file names bytes that lie outside of it, or that two parts claim.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ARTEFACT_TOO_LARGE: {
    retry: 'never',
    what: 'The model file describes more parts than a reader can hold.',
    unchanged: 'Nothing was loaded.',
    next: ASK,
  },
  ARTEFACT_CUSTOM_OPERATOR: {
    retry: 'never',
    what: 'The model needs an operator that its runtime does not bring.',
    unchanged: 'Nothing was loaded.',
    next: 'Find out which library would bring it, and whether your gateways may load that.',
  },
  ARTEFACT_OPAQUE_CODE: {
    retry: 'never',
    what: 'An engine is compiled code that no scanner can look into; only its signature speaks for it.',
    unchanged: 'Nothing was loaded.',
    next: 'Prefer an ONNX variant, or accept it only from a builder that you know.',
  },
  ARTEFACT_VERSION_NEEDED: {
    retry: 'never',
    what: 'An engine runs only on the exact runtime version that made it, and its variant does not state one.',
    unchanged: 'Nothing was loaded.',
    next: 'Ask the publisher to state the exact runtime version of the variant, such as 10.3.0.',
  },
  SCAN_TIME_LIMIT: {
    retry: 'never',
    what: 'The scan of a model file took longer than any honest file needs, and was ended.',
    unchanged: 'The file counts as refused; nothing was loaded.',
    next: ASK,
  },
  SCAN_MEMORY_LIMIT: {
    retry: 'never',
    what: 'The scan of a model file needed more memory than any honest file does, and was ended.',
    unchanged: 'The file counts as refused; nothing was loaded.',
    next: ASK,
  },
  SCAN_CRASHED: {
    retry: 'later',
    what: 'The program that scans model files ended without an answer.',
    unchanged: 'The file counts as refused; nothing was loaded.',
    next: 'Try once more; if it repeats with the same file, do not run that file anywhere.',
  },
});

export type ArtefactRule = keyof typeof artefactErrors;
