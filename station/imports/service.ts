import type { ImportPlan, ImportReads, ImportReport, ImportView } from '#contracts/media.ts';
import type { ReportFormat } from '#contracts/verdict.ts';
import type { Digest, Finding } from '#core/base/index.ts';
import type { Person } from '#contracts/site.ts';

export interface ImportService {
  plan(input: { volumeId: string; bundleDigest: Digest }): Promise<ImportPlan>;
  /** Starts copy and verification as a durable job. */
  start(input: { volumeId: string; bundleDigest: Digest }, person: Person): Promise<ImportView>;
  resume(importId: string, person: Person): Promise<ImportView>;
  /** Only with an accepted verdict; IMPORT_REFUSED otherwise. */
  accept(input: { importId: string; reason: string }, person: Person): Promise<ImportView>;
  reject(input: { importId: string; reason: string }, person: Person): Promise<ImportView>;
  get(importId: string): ImportView;
  /** The verdict of an import as a file, with an entry in the audit trail; IMPORT_NO_VERDICT where there is none. */
  report(input: { importId: string; format: ReportFormat }, person: Person): Promise<ImportReport>;
  /** Which ranges of which part came from which stick. */
  reads(importId: string): ImportReads;
  /** Connected sticks that say they are of the set of an open import and carry another index; nothing is read from them. */
  strangers(importId: string): Promise<Finding[]>;
  list(): ImportView[];
}
