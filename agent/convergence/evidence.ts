import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FallbackEvidence, ModelRef, ServingFigures } from '#contracts/device.ts';
import type { Clock, Finding, IdSource } from '#core/base/index.ts';
import { removeDurably, writeFileDurably } from '#native/fs/index.ts';

/** Why a model did not stay, with everything a person needs far away. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly figures?: ServingFigures | null;
  readonly findings?: readonly Finding[];
  readonly log?: string;
}

/** Evidence files kept on the device, beside the copy that goes to the station. */
const KEPT_FILES = 50;
const LOG_LIMIT_CHARS = 16_384;

export function evidenceOf(model: ModelRef, fault: Fault, clock: Clock): FallbackEvidence {
  return {
    code: fault.code,
    message: fault.message,
    at: Math.round(clock.now()),
    model,
    figures: fault.figures ?? null,
    findings: [...(fault.findings ?? [])],
    log: (fault.log ?? '').slice(-LOG_LIMIT_CHARS),
  };
}

/** Keeps a copy that survives the slot's next use. */
export async function keepEvidence(directory: string, evidence: FallbackEvidence, ids: IdSource): Promise<void> {
  await mkdir(directory, { recursive: true });
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  for (const name of names.slice(0, Math.max(0, names.length - KEPT_FILES + 1)))
    await removeDurably(join(directory, name));
  await writeFileDurably(join(directory, `${ids.next()}.json`), JSON.stringify(evidence));
}
