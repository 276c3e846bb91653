import type { Finding } from '#core/base/index.ts';
import type { ModelView, TensorView } from '../model-view.ts';
import { allTensors } from '../walk.ts';
import { onnxFinding } from './finding.ts';

const KNOWN_KEYS: readonly string[] = ['location', 'offset', 'length', 'checksum'];

/**
 * External data may only name files of the signed list, by exact text. Comparing text refuses `..`, absolute paths, NUL, URLs,
 * links and in-memory markers alike; no path is ever resolved.
 */
export function checkExternalData(model: ModelView, allowedLocations: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = [];
  for (const { tensor, path } of allTensors(model)) {
    if (tensor.isExternal) findings.push(...checkTensor(tensor, path, allowedLocations));
  }
  return findings;
}

function checkTensor(tensor: TensorView, path: string, allowedLocations: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = [];
  const locations = tensor.external.filter((entry) => entry.key === 'location');
  const location = locations[0]?.value ?? '';
  if (locations.length !== 1 || !allowedLocations.has(location)) {
    findings.push(onnxFinding('ONNX_EXTERNAL_DATA', path, `It names ${JSON.stringify(location)}.`));
  }
  for (const { key, value } of tensor.external) {
    if (!KNOWN_KEYS.includes(key))
      findings.push(onnxFinding('ONNX_EXTERNAL_RANGE', path, `The key is ${JSON.stringify(key)}.`));
    else if ((key === 'offset' || key === 'length') && !isByteCount(value))
      findings.push(onnxFinding('ONNX_EXTERNAL_RANGE', path, `${key} is ${JSON.stringify(value)}.`));
  }
  return findings;
}

function isByteCount(text: string): boolean {
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text));
}
