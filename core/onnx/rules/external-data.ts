import type { Finding } from '#core/base/index.ts';
import type { ModelView, TensorView } from '../model-view.ts';
import { allTensors } from '../walk.ts';
import { onnxFinding } from './finding.ts';

/** Files that external data may name, by exact text, with their sizes. */
export type ExternalFiles = ReadonlyMap<string, number>;

const KNOWN_KEYS: ReadonlySet<string> = new Set(['location', 'offset', 'length', 'checksum']);

/**
 * External data may only name files of the signed list, by exact text. Comparing text refuses `..`, absolute paths, NUL, URLs,
 * links and in-memory markers alike; no path is ever resolved.
 */
export function* checkExternalData(model: ModelView, files: ExternalFiles): Generator<Finding> {
  for (const { tensor, path } of allTensors(model)) if (tensor.isExternal) yield* checkTensor(tensor, path, files);
}

function* checkTensor(tensor: TensorView, path: string, files: ExternalFiles): Generator<Finding> {
  const locations = tensor.external.filter((entry) => entry.key === 'location');
  const location = locations[0]?.value ?? '';
  const size = locations.length === 1 ? files.get(location) : undefined;
  if (size === undefined) yield onnxFinding('ONNX_EXTERNAL_DATA', path, `It names ${JSON.stringify(location)}.`);
  const seen = new Set<string>();
  for (const { key, value } of tensor.external) {
    const isRange = key === 'offset' || key === 'length';
    if (!KNOWN_KEYS.has(key)) yield onnxFinding('ONNX_EXTERNAL_RANGE', path, `The key is ${JSON.stringify(key)}.`);
    else if (isRange && !isByteCount(value))
      yield onnxFinding('ONNX_EXTERNAL_RANGE', path, `${key} is ${JSON.stringify(value)}.`);
    else if (key !== 'location' && seen.has(key))
      yield onnxFinding('ONNX_EXTERNAL_RANGE', path, `${key} is given twice.`);
    seen.add(key);
  }
  const end = rangeOf(tensor, 'offset') + rangeOf(tensor, 'length');
  if (size !== undefined && end > size)
    yield onnxFinding('ONNX_EXTERNAL_RANGE', path, `It ends at ${String(end)}, the file has ${String(size)} bytes.`);
}

function rangeOf(tensor: TensorView, key: string): number {
  const value = tensor.external.find((entry) => entry.key === key)?.value ?? '0';
  return isByteCount(value) ? Number(value) : 0;
}

function isByteCount(text: string): boolean {
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text));
}

/** The finding for a data file on disk that is not one plain file with one name. */
export function linkedDataFinding(name: string, detail: string): Finding {
  return onnxFinding('ONNX_EXTERNAL_LINK', name, detail);
}
