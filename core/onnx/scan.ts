import { AppError, isAppError, type Finding } from '#core/base/index.ts';
import { ProtoStreamReader, type ProtoFault } from '#core/protobuf/index.ts';
import { tensorSignatures, type TensorSignature } from './signature.ts';
import { ONNX_LIMITS } from './limits.ts';
import { viewModel, type ModelView } from './model-view.ts';
import { checkExternalData, type ExternalFiles } from './rules/external-data.ts';
import { onnxFinding } from './rules/finding.ts';
import { checkFunctions } from './rules/functions.ts';
import { checkNames } from './rules/names.ts';
import { checkOperators, checkOperatorSets } from './rules/operators.ts';
import { checkRunCost } from './rules/run-cost.ts';
import { checkSize, countParts, type ModelCounts } from './rules/size.ts';
import { checkTensors } from './rules/tensors.ts';
import { MODEL } from './shapes.ts';
import { TreeBuilder } from './tree.ts';

export interface OnnxScan {
  /** False when the bytes are no ONNX model at all; the findings say why. */
  readonly isOnnx: boolean;
  readonly findings: readonly Finding[];
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
  readonly counts: ModelCounts;
  readonly producer: string;
}

/** A scan in progress: feed it the file in pieces, then ask once. */
export interface OnnxScanner {
  push(chunk: Uint8Array): void;
  /** How many of the next bytes the scan does not need: weights, or all of them once it is decided. */
  readonly skippable: number;
  /** Passes over bytes without seeing them; at most `skippable`. */
  skip(bytes: number): void;
  finish(): OnnxScan;
}

const NOTHING: Omit<OnnxScan, 'isOnnx' | 'findings'> = {
  inputs: [],
  outputs: [],
  counts: { nodes: 0, initialisers: 0, functions: 0 },
  producer: '',
};

/**
 * Untrusted: looks at the structure of an ONNX file without loading, expanding or opening anything. Memory is bounded by
 * ONNX_LIMITS, not by the file. `files` are the external data files that the
 * signature covers.
 */
export function createOnnxScanner(files: ExternalFiles = new Map()): OnnxScanner {
  const tree = new TreeBuilder(MODEL.name);
  const reader = new ProtoStreamReader(MODEL, tree, ONNX_LIMITS);
  let refused: OnnxScan | null = null;
  const guarded = (work: () => void): void => {
    if (refused !== null) return;
    try {
      work();
    } catch (error) {
      refused = refusalOf(error);
    }
  };
  return {
    push: (chunk) => {
      guarded(() => {
        reader.push(chunk);
      });
    },
    get skippable() {
      return refused === null ? reader.skippable : Number.MAX_SAFE_INTEGER;
    },
    skip: (bytes) => {
      guarded(() => {
        reader.skip(bytes);
      });
    },
    finish: () => {
      guarded(() => {
        reader.end();
      });
      return refused ?? judge(tree, files);
    },
  };
}

function judge(tree: TreeBuilder, files: ExternalFiles): OnnxScan {
  const model = viewModel(tree.root);
  const [graph] = model.graphs;
  if (graph === undefined || model.opsets.length === 0) return notOnnx('It has no graph or no operator set.');
  const counts = countParts(model);
  const findings = [...checkForm(tree, model), ...checkSize(counts)];
  // Rules that walk the model repeatedly run only when its size is sane.
  if (findings.every((finding) => finding.code !== 'ONNX_TOO_LARGE')) {
    findings.push(...limited(rulesOf(model, files)));
  }
  const named = new Set(graph.initialisers.map((tensor) => tensor.name));
  return {
    isOnnx: true,
    findings,
    // Before IR 4 initialisers were listed as inputs too.
    inputs: tensorSignatures(graph.inputs).filter((input) => !named.has(input.name)),
    outputs: tensorSignatures(graph.outputs),
    counts,
    producer: model.producer,
  };
}

function* rulesOf(model: ModelView, files: ExternalFiles): Generator<Finding> {
  yield* checkOperatorSets(model);
  yield* checkExternalData(model, files);
  yield* checkTensors(model);
  yield* checkOperators(model);
  yield* checkFunctions(model);
  yield* checkNames(model);
  yield* checkRunCost(model);
}

/** The rules find as they walk: nothing more is looked for when enough was found. A flood of warnings hides nothing. */
function limited(found: Iterable<Finding>): Finding[] {
  const kept: Finding[] = [];
  let warnings = 0;
  for (const finding of found) {
    if (finding.severity !== 'block') {
      warnings += 1;
      if (warnings > ONNX_LIMITS.warnings) continue;
    }
    kept.push(finding);
    if (kept.length - Math.min(warnings, ONNX_LIMITS.warnings) >= ONNX_LIMITS.findings) break;
  }
  return kept;
}

function checkForm(tree: TreeBuilder, model: ModelView): Finding[] {
  return [
    ...[...tree.repeated].map((field) => onnxFinding('ONNX_FIELD_REPEATED', field, '')),
    ...[...tree.tooLong].map((field) => onnxFinding('ONNX_NAME_TOO_LONG', field, '')),
    ...(model.hasTraining ? [onnxFinding('ONNX_TRAINING_INFO', 'training_info', '', 'warn')] : []),
  ];
}

function refusalOf(error: unknown): OnnxScan {
  if (!isAppError(error, 'INPUT_MALFORMED')) throw error;
  switch (error.details['fault'] as ProtoFault) {
    case 'too-deep':
      return { isOnnx: true, findings: [onnxFinding('ONNX_TOO_DEEP', 'file', error.message)], ...NOTHING };
    case 'too-large':
      return { isOnnx: true, findings: [onnxFinding('ONNX_TOO_LARGE', 'file', error.message)], ...NOTHING };
    case 'malformed':
      return notOnnx(error.message);
    default:
      throw new AppError('INTERNAL', 'unknown protobuf fault', {}, { cause: error });
  }
}

function notOnnx(detail: string): OnnxScan {
  return { isOnnx: false, findings: [onnxFinding('ONNX_MALFORMED', 'file', detail)], ...NOTHING };
}
