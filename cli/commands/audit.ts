import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AUDIT_EXPORT_FILES } from '#contracts/audit.ts';
import { AGE_FILE_ENDING } from '#contracts/keys.ts';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { buildAuditExport, verifyAuditExport, type AuditExportProblem } from '#core/audit/index.ts';
import { AppError, assertNever, KIB, MIB } from '#core/base/index.ts';
import type { ContentCipher } from '#core/keys/ports.ts';
import { isNotFound, writeFileDurably } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { EXIT, type CliIo, type ExitCode } from '../output/index.ts';

/** A year of a large site is some 100 MiB of records. */
const LIMITS = { records: 400 * MIB, checkpoint: 64 * KIB, csv: 400 * MIB, key: 16 * KIB } as const;

interface ExportOptions {
  readonly site: string;
  readonly out: string;
  readonly recipient?: readonly string[];
  readonly json?: true;
}
interface VerifyOptions {
  readonly key: string;
  readonly json?: true;
}

/** `gantry audit`. */
export function registerAudit(program: Command, io: CliIo): void {
  const audit = program
    .command('audit')
    .description('Change records: export them, and verify an export with nothing but a public key');
  audit
    .command('export')
    .description('Write every record, a signed checkpoint and the instructions to check them')
    .requiredOption('--site <dir>', 'site folder')
    .requiredOption('--out <dir>', 'folder for the files; it must not hold an export yet')
    .option('--recipient <recipient...>', 'who can read it, besides those that the site names; the files end in .age')
    .option('--json', 'print one JSON document')
    .action((options: ExportOptions) => exportRecords(options, io));
  audit
    .command('verify')
    .description('Check an export: signature, chain, length, Merkle root, table')
    .argument('<dir>', 'folder of the export, or the stick that carries one')
    .requiredOption('--key <file>', 'public key of the site, obtained on another way than the export')
    .option('--json', 'print one JSON document')
    .action(async (dir: string, options: VerifyOptions) => {
      process.exitCode = await verifyExport(dir, options, io);
    });
}

async function exportRecords(options: ExportOptions, io: CliIo): Promise<void> {
  // Loaded here only: an auditor who verifies needs no database.
  const { openAuditTrail } = await import('../audit-trail.ts');
  await refuseOccupied(options.out);
  const trail = await openAuditTrail(options.site, io);
  try {
    const records = trail.records();
    const files = await buildAuditExport(records, trail.site, trail.key, nodeHasher);
    await mkdir(options.out, { recursive: true });
    const readers = [...trail.recipients, ...(options.recipient ?? [])];
    for (const [name, bytes] of await sealedFor(files, readers, trail.cipher))
      await writeFileDurably(join(options.out, name), bytes);
    trail.recordExport(records.length);
    if (options.json === true)
      io.json({ entries: records.length, out: options.out, keyId: trail.key.keyId, encrypted: readers.length > 0 });
    else
      io.out(
        `${String(records.length)} records written to ${options.out}. ${AUDIT_EXPORT_FILES.readme} says how to check them without Gantry.\nFingerprint of the key, to be given on another way: ${trail.key.keyId}`,
      );
  } finally {
    trail.close();
  }
}

/** The files as they leave: encrypted, under the same names with `.age` behind, as soon as anybody is named. */
async function sealedFor(
  files: ReadonlyMap<string, Uint8Array>,
  recipients: readonly string[],
  cipher: ContentCipher,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (recipients.length === 0) return files;
  const readers = { recipients: [...recipients, await cipher.recipient()] };
  const sealed = new Map<string, Uint8Array>();
  for (const [name, bytes] of files) {
    const blocks: Uint8Array[] = [];
    for await (const block of cipher.seal([bytes], readers)) blocks.push(block);
    sealed.set(`${name}${AGE_FILE_ENDING}`, Buffer.concat(blocks));
  }
  return sealed;
}

async function refuseOccupied(dir: string): Promise<void> {
  for (const plain of Object.values(AUDIT_EXPORT_FILES))
    for (const name of [plain, `${plain}${AGE_FILE_ENDING}`]) {
      if ((await sizeOf(join(dir, name))) !== undefined)
        throw new AppError('USAGE_INVALID', `${dir} already holds ${name}; name another folder`, { dir, name });
    }
}

async function verifyExport(named: string, options: VerifyOptions, io: CliIo): Promise<ExitCode> {
  const dir = await exportFolder(named);
  const records = await readText(join(dir, AUDIT_EXPORT_FILES.records), LIMITS.records);
  const checkpoint = await readText(join(dir, AUDIT_EXPORT_FILES.checkpoint), LIMITS.checkpoint);
  const csv =
    (await sizeOf(join(dir, AUDIT_EXPORT_FILES.csv))) === undefined
      ? {}
      : { csv: await readText(join(dir, AUDIT_EXPORT_FILES.csv), LIMITS.csv) };
  const key = await readText(options.key, LIMITS.key);
  const { entries, problem } = verifyAuditExport({ records, checkpoint, ...csv }, key, {
    verifier: nodeSignatureVerifier,
    hasher: nodeHasher,
  });
  const keyId = nodeSignatureVerifier.keyIdOf(key);
  if (options.json === true) io.json({ verified: problem === null, entries, keyId, problem });
  else if (problem === null) io.out(`VERIFIED  ${String(entries)} records, unbroken and signed by key ${keyId}.`);
  else io.out(`REFUSED  ${problemText(problem)}\nThe files were not changed. Keep them as they are and ask the site.`);
  return problem === null ? EXIT.done : EXIT.refused;
}

/** The export in this folder; on a stick it lies in the outbox under its id. */
async function exportFolder(dir: string): Promise<string> {
  if ((await sizeOf(join(dir, AUDIT_EXPORT_FILES.records))) !== undefined) return dir;
  const outbox = join(dir, MEDIA_PATHS.outbox, 'audit');
  const exports = (await namesIn(outbox)).map((name) => join(outbox, name));
  const [only] = exports;
  // With none, the missing file is named where the person looked.
  if (only === undefined) return dir;
  if (exports.length === 1) return only;
  throw new AppError('USAGE_INVALID', `${dir} carries ${String(exports.length)} exports; name one`, { exports });
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    if (isNotFound(error)) return [];
    throw new AppError('DISK_FAILED', `${dir} cannot be read`, { path: dir }, { cause: error });
  }
}

function problemText(problem: AuditExportProblem): string {
  switch (problem.what) {
    case 'checkpoint-not-signed-by-key':
      return `The checkpoint carries no valid signature of this key.`;
    case 'record-broken':
      return `Record ${String(problem.seq)} is not as it was written (${problem.why}).`;
    case 'length-differs':
      return `The checkpoint was signed over ${String(problem.checkpoint)} records, the export holds ${String(problem.records)}.`;
    case 'root-differs':
      return 'The records are a chain of their own, but not the one that was signed.';
    case 'csv-differs':
      return `The records are whole, but the table ${AUDIT_EXPORT_FILES.csv} does not show them.`;
    default:
      return assertNever(problem, 'problem of an audit export');
  }
}

/** Untrusted: an export comes from elsewhere. */
async function readText(path: string, limitBytes: number): Promise<string> {
  const size = await sizeOf(path);
  if (size === undefined) throw new AppError('AUDIT_EXPORT_INVALID', `${path} is not there`, { path });
  if (size > limitBytes)
    throw new AppError('INPUT_TOO_LARGE', `${path} has ${String(size)} bytes, the limit is ${String(limitBytes)}`, {
      path,
      size,
      limitBytes,
    });
  const bytes = await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('AUDIT_EXPORT_INVALID', `${path} is not UTF-8 text`, { path }, { cause });
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new AppError('DISK_FAILED', `${path} cannot be read`, { path }, { cause: error });
  }
}
