import { artefactFault, type PagedReader } from './byte-source.ts';
import { artefactFinding } from './finding.ts';
import type { KindScan, ScanQuestion } from './question.ts';

const SMALLEST = 64;

/** A TensorRT engine: its mark and size. What is inside is compiled code for one version on one kind of GPU. */
export function scanTensorrt(reader: PagedReader, question: ScanQuestion): Promise<KindScan> {
  if (reader.sizeBytes < SMALLEST)
    throw artefactFault('ARTEFACT_MALFORMED', `an engine of ${String(reader.sizeBytes)} bytes`);
  const findings = [artefactFinding('ARTEFACT_OPAQUE_CODE', 'file', '', 'warn')];
  const version = question.runtimeVersion;
  if (version !== undefined && !/^\d+\.\d+(\.\d+){0,2}$/.test(version))
    findings.push(artefactFinding('ARTEFACT_VERSION_NEEDED', 'variant', `It states ${JSON.stringify(version)}.`));
  return Promise.resolve({ findings, summary: `engine of ${String(reader.sizeBytes)} bytes` });
}
