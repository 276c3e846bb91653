import { AppError } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { MEDIA_SET_PREDICATE } from '#core/media/index.ts';
import { statementBytes } from '#core/provenance/index.ts';
import { checkRecipient, sealAge } from '#native/age/index.ts';
import {
  makeTargetFolder,
  mediaTarget,
  targetFolders,
  writeMediaSet,
  type MediaTarget,
  type WriteMediaSetInput,
} from '#native/media/index.ts';
import { signStatement } from '#native/sigstore/index.ts';
import { openDeltaSet, type DeltaOptions } from '../authoring/delta-set.ts';
import { openLayouts } from '../authoring/open-layouts.ts';
import type { CliIo } from '../output/index.ts';
import { openNamedKey, type SigningKeyOptions } from '../signing-key.ts';
import { printWritten, type WrittenSet } from './print-written.ts';

export interface WriteOptions extends SigningKeyOptions, DeltaOptions {
  readonly from: readonly string[];
  readonly to: string;
  readonly partBytes: string;
  readonly sticks: string;
  readonly key?: string;
  readonly recipient?: readonly string[];
  readonly json?: true;
}

type Layouts = Awaited<ReturnType<typeof openLayouts>>;
type OpenDelta = Awaited<ReturnType<typeof openDeltaSet>>;

/** `gantry media write`. */
export async function writeSticks(options: WriteOptions, io: CliIo): Promise<void> {
  const [sticks, partBytes] = [positive('--sticks', options.sticks), positive('--part-bytes', options.partBytes)];
  const from = await openLayouts(options.from);
  const delta = await openDeltaSet(from, options);
  try {
    const written = await write(options, { folders: targetFolders(options.to, sticks), partBytes, from, delta }, io);
    if (options.json === true) io.json(written);
    else printWritten(written, options.base !== undefined, io);
  } finally {
    await delta?.close();
  }
}

interface Work {
  readonly folders: readonly string[];
  readonly partBytes: number;
  readonly from: Layouts;
  readonly delta: OpenDelta;
}

async function write(options: WriteOptions, work: Work, io: CliIo): Promise<WrittenSet> {
  const { folders, partBytes, from, delta } = work;
  const recipients = options.recipient;
  // Whatever is wrong with the wish is told before a folder is made.
  for (const recipient of recipients ?? []) await checkRecipient(recipient);
  const key = options.key === undefined ? undefined : await openNamedKey(options.key, options, io.env);
  const targets = await openTargets(folders);
  const set = await writeMediaSet({
    bundles: from.bundles,
    blobs: delta?.blobs ?? from.blobs,
    ...(delta === null ? {} : { delta: delta.delta }),
    targets,
    partBytes,
    ...(recipients === undefined ? {} : { seal: { recipients, seal: (content) => sealAge(content, { recipients }) } }),
    clock: io.clock,
    ids: io.ids,
    ...(key === undefined ? {} : { signIndex: indexSigner(key) }),
    report: (done, total) => {
      io.progress({ done, total, unit: 'bytes' });
    },
  });
  return {
    setId: set.setId,
    createdAt: set.createdAt,
    folders,
    bundles: set.bundles.map(({ digest, model, version }) => ({ digest, model, version })),
    parts: set.parts.map(({ name, stick, sizeBytes, digest }) => ({ name, stick, sizeBytes, digest })),
    signed: key !== undefined,
    readBack: targets.map(({ writer }) => writer.readBack?.() ?? null),
    delta: delta === null ? null : deltaSummary(delta),
    encrypted: recipients !== undefined,
  };
}

async function openTargets(folders: readonly string[]): Promise<MediaTarget[]> {
  const targets: MediaTarget[] = [];
  for (const folder of folders) {
    await makeTargetFolder(folder);
    targets.push(await mediaTarget(folder));
  }
  return targets;
}

function indexSigner(key: SigningKey): NonNullable<WriteMediaSetInput['signIndex']> {
  return ({ name, digest }) =>
    signStatement(
      statementBytes({ subject: [{ name, digest }], predicateType: MEDIA_SET_PREDICATE, predicate: {} }),
      key,
    );
}

/** What was left out, what is a difference, and what that saved; measured. */
function deltaSummary({ delta, carriage }: NonNullable<OpenDelta>): NonNullable<WrittenSet['delta']> {
  return {
    siteId: delta.siteId,
    receiptId: delta.receiptId,
    fullBytes: carriage.reduce((sum, { fullBytes }) => sum + fullBytes, 0),
    carriedBytes: carriage.reduce((sum, { carriedBytes }) => sum + carriedBytes, 0),
    omitted: delta.omitted.length,
    patched: delta.patches.length,
    blobs: carriage,
  };
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new AppError('USAGE_INVALID', `${flag} must be a whole number from 1, it is ${text}`, { flag });
  return value;
}
