import type { Runtime } from '#contracts/bundle.ts';

/** Kinds of model files that are told apart by content. */
export type ArtefactKind =
  | 'onnx'
  | 'tflite'
  | 'openvino'
  | 'gguf'
  | 'executorch'
  | 'tensorrt'
  | 'safetensors'
  | 'pickle'
  | 'zip'
  | 'numpy'
  | 'hdf5'
  | 'unknown';

/** What the runtime of a variant loads. A kind that is refused by itself stands nowhere. */
export const KINDS_OF_RUNTIME: Readonly<Record<Runtime, readonly ArtefactKind[]>> = {
  onnxruntime: ['onnx'],
  tensorrt: ['tensorrt'],
  openvino: ['openvino', 'onnx'],
  tflite: ['tflite'],
  executorch: ['executorch'],
  gguf: ['gguf'],
  torchserve: ['safetensors'],
};

/** Endings that people give to each kind. */
const KINDS_OF_ENDING: Readonly<Record<string, ArtefactKind>> = {
  onnx: 'onnx',
  tflite: 'tflite',
  xml: 'openvino',
  gguf: 'gguf',
  pte: 'executorch',
  engine: 'tensorrt',
  plan: 'tensorrt',
  trt: 'tensorrt',
  safetensors: 'safetensors',
  pkl: 'pickle',
  pickle: 'pickle',
  joblib: 'pickle',
  pt: 'zip',
  pth: 'zip',
  mar: 'zip',
  keras: 'zip',
  npz: 'zip',
  npy: 'numpy',
  h5: 'hdf5',
  hdf5: 'hdf5',
};

/** Bytes of the start that `kindOfHead` looks at. */
export const HEAD_BYTES = 1024;

/** The kind that a name claims; null when it claims none. */
export function kindOfName(name: string): ArtefactKind | null {
  const ending = /\.([a-z0-9]+)$/.exec(name.toLowerCase())?.[1] ?? '';
  return Object.hasOwn(KINDS_OF_ENDING, ending) ? (KINDS_OF_ENDING[ending] ?? null) : null;
}

/** The kind by the first bytes. ONNX has no mark of its own: what has none of these marks may be ONNX. */
export function kindOfHead(head: Uint8Array): ArtefactKind {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  if (text.startsWith('TFL3', 4)) return 'tflite';
  if (/^ET\d\d/.test(text.slice(4, 8))) return 'executorch';
  if (text.startsWith('GGUF')) return 'gguf';
  if (text.startsWith('ftrt') || text.startsWith('ptrt')) return 'tensorrt';
  if (text.startsWith('\x93NUMPY')) return 'numpy';
  if (text.startsWith('\x89HDF\r\n\x1a\n')) return 'hdf5';
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return 'zip';
  if (isPickle(text)) return 'pickle';
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|net[\s>]|!)/.test(text)) return 'openvino';
  return isSafetensors(text) ? 'safetensors' : 'unknown';
}

/** Protocols 2 to 5 begin with their number; 0 and 1 with an opcode that names a class, a dictionary or a list. */
function isPickle(text: string): boolean {
  if (/^\x80[\x02-\x05][\x28-\x95]/.test(text)) return true;
  return /^(\(?[cid][\w.]+\n\w+\n|\((dp|lp|d|l)\d*\n|\(?c[\w.]+\n\w+\n)/.test(text);
}

/** Eight bytes of length, the upper four nothing, then JSON. */
function isSafetensors(text: string): boolean {
  return text.slice(4, 8) === '\0\0\0\0' && text.charAt(8) === '{';
}
