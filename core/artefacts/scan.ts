import type { ArtefactRule } from '#contracts/errors/artefact.ts';
import { isAppError, type Finding } from '#core/base/index.ts';
import type { OnnxScan } from '#core/onnx/index.ts';
import { PagedReader, type ByteSource } from './byte-source.ts';
import { artefactFinding } from './finding.ts';
import type { KindScan, ScanQuestion } from './question.ts';
import { HEAD_BYTES, kindOfHead, kindOfName, KINDS_OF_RUNTIME, type ArtefactKind } from './kinds.ts';
import { scanHdf5, scanNumpy, scanPickle, scanZip } from './code-carriers.ts';
import { scanExecutorch } from './executorch.ts';
import { scanGguf } from './gguf.ts';
import { scanOnnxSource } from './scan-onnx.ts';
import { scanOpenvino } from './openvino.ts';
import { scanSafetensors } from './safetensors.ts';
import { scanTensorrt } from './tensorrt.ts';
import { scanTflite } from './tflite.ts';

/** Raised whenever a rule is added or changed, so that a verdict says by which rules it was given. */
export const SCANNER_VERSION = '2';

export interface ArtefactScan {
  readonly kind: ArtefactKind;
  readonly scanner: string;
  readonly findings: readonly Finding[];
  /** The structure of an ONNX model; null for every other kind. */
  readonly onnx: OnnxScan | null;
  /** One line on what the file holds. */
  readonly summary: string;
}

type KindScanner = (reader: PagedReader, question: ScanQuestion, source: ByteSource) => Promise<KindScan>;

const SCANNERS: Readonly<Partial<Record<ArtefactKind, KindScanner>>> = {
  tflite: scanTflite,
  openvino: scanOpenvino,
  gguf: scanGguf,
  executorch: scanExecutorch,
  tensorrt: scanTensorrt,
  safetensors: scanSafetensors,
  pickle: scanPickle,
  zip: scanZip,
  numpy: scanNumpy,
  hdf5: scanHdf5,
};

/**
 * Untrusted: tells the kind of a model file by its content and looks at its structure, without loading it. Every fault of the
 * file is a finding; what is thrown is a failed read.
 */
export async function scanArtefact(source: ByteSource, question: ScanQuestion = {}): Promise<ArtefactScan> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.sizeBytes));
  const marked = kindOfHead(head);
  const scanned =
    marked === 'unknown' ? await scanUnmarked(source, question) : await scanMarked(marked, source, question);
  return {
    ...scanned,
    scanner: SCANNER_VERSION,
    findings: [...scanned.findings, ...checkKind(scanned.kind, question)],
  };
}

type Scanned = Omit<ArtefactScan, 'scanner'>;

async function scanMarked(kind: ArtefactKind, source: ByteSource, question: ScanQuestion): Promise<Scanned> {
  const scanner = SCANNERS[kind];
  if (scanner === undefined) return unknownFile();
  try {
    const { findings, summary } = await scanner(new PagedReader(source), question, source);
    return { kind, onnx: null, findings, summary };
  } catch (error) {
    if (!isAppError(error, 'INPUT_MALFORMED')) throw error;
    const rule = (error.details['rule'] ?? 'ARTEFACT_MALFORMED') as ArtefactRule;
    return {
      kind,
      onnx: null,
      summary: 'not read to its end',
      findings: [artefactFinding(rule, kind, `${error.message}.`)],
    };
  }
}

/** ONNX is protobuf without a mark: a file is ONNX when it reads as ONNX. */
async function scanUnmarked(source: ByteSource, question: ScanQuestion): Promise<Scanned> {
  const onnx = await scanOnnxSource(source, question.files ?? new Map());
  const claimsOnnx = question.runtime === 'onnxruntime' || kindOfName(question.name ?? '') === 'onnx';
  if (!onnx.isOnnx && !claimsOnnx) return unknownFile();
  const { nodes, initialisers, functions } = onnx.counts;
  return {
    kind: onnx.isOnnx ? 'onnx' : 'unknown',
    onnx,
    findings: onnx.findings,
    summary: `${String(nodes)} nodes, ${String(initialisers)} initialisers, ${String(functions)} functions`,
  };
}

function unknownFile(): Scanned {
  return {
    kind: 'unknown',
    onnx: null,
    findings: [artefactFinding('ARTEFACT_KIND_UNKNOWN', 'file')],
    summary: 'of no known kind',
  };
}

function checkKind(kind: ArtefactKind, question: ScanQuestion): Finding[] {
  const findings: Finding[] = [];
  const { runtime, name = '' } = question;
  if (kind === 'unknown') return findings;
  if (runtime !== undefined && !KINDS_OF_RUNTIME[runtime].includes(kind))
    findings.push(artefactFinding('ARTEFACT_KIND_MISMATCH', 'file', `The content is ${kind}, the runtime ${runtime}.`));
  const claimed = kindOfName(name);
  if (claimed !== null && claimed !== kind)
    findings.push(artefactFinding('ARTEFACT_NAME_MISMATCH', name, `The content is ${kind}.`, 'warn'));
  return findings;
}
