import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Signature } from '@tufjs/models';
import { AppError, canonicalJson, invariant, toIsoUtc, type Instant, type Json } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { removeDurably, writeFileDurably } from '#native/fs/index.ts';
import { readIfThere } from './folder-store.ts';
import { parseRoot, parseSnapshot, parseTargets, parseTimestamp, sha256Hex } from './parse-metadata.ts';
import { TrustedSet } from './trusted-set.ts';

const SPEC_VERSION = '1.0.31';

/** A public key as root metadata names it. */
export interface RepositoryKey {
  readonly publicKeyPem: string;
  readonly algorithm: SigningKey['algorithm'];
}

export interface RootPlan {
  readonly rootKeys: readonly RepositoryKey[];
  readonly threshold: number;
  /** Signs targets, snapshot and timestamp. */
  readonly signer: RepositoryKey;
  readonly expires: Instant;
}

/** A root that still needs signatures. */
export interface RootDraft {
  readonly version: number;
  readonly signatures: number;
  /** Whether it is published now: enough keys of this root and of the one before have signed. */
  readonly isPublished: boolean;
}

interface Envelope {
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
  readonly signed: Readonly<Record<string, Json>>;
}

const draftPath = (dir: string): string => join(dir, 'draft', 'root.json');
const metadataPath = (dir: string, name: string): string => join(dir, 'metadata', name);

/** Writes an unsigned root with the version that comes next. The keyholders sign it one after another, each where their key is. */
export async function draftRoot(dir: string, plan: RootPlan): Promise<RootDraft> {
  if (plan.threshold < 1 || plan.threshold > plan.rootKeys.length)
    throw new AppError(
      'USAGE_INVALID',
      `the threshold is from 1 to ${String(plan.rootKeys.length)}, the number of root keys`,
    );
  const newest = await newestRoot(dir);
  const version = (newest?.version ?? 0) + 1;
  const keys = new Map([...plan.rootKeys, plan.signer].map((key) => [tufKeyId(key), tufKey(key)]));
  const online = { keyids: [tufKeyId(plan.signer)], threshold: 1 };
  const signed = {
    ...head('root', version, plan.expires),
    consistent_snapshot: true,
    keys: Object.fromEntries(keys),
    roles: {
      root: { keyids: plan.rootKeys.map(tufKeyId), threshold: plan.threshold },
      timestamp: online,
      snapshot: online,
      targets: online,
    },
  };
  await write(draftPath(dir), { signatures: [], signed });
  return { version, signatures: 0, isPublished: false };
}

/** Adds one signature to the draft, and publishes the root when old and new threshold are reached. */
export async function signRoot(dir: string, key: SigningKey): Promise<RootDraft> {
  const bytes = await readIfThere(draftPath(dir));
  if (bytes === undefined)
    throw new AppError('NOT_FOUND', `${draftPath(dir)} is not there: begin with gantry trust repo root`, { dir });
  const draft = JSON.parse(new TextDecoder().decode(bytes)) as Envelope;
  const signature = await signatureOf(draft.signed, key);
  const signatures = [...draft.signatures.filter(({ keyid }) => keyid !== signature.keyid), signature];
  const signed: Envelope = { ...draft, signatures };
  const { version } = parseRoot(encode(signed)).signed;
  const isPublished = await isEnough(dir, signed);
  if (isPublished) {
    await write(metadataPath(dir, `${String(version)}.root.json`), signed);
    await removeDurably(draftPath(dir));
  } else await write(draftPath(dir), signed);
  return { version, signatures: signatures.length, isPublished };
}

/** Puts targets into the repository and signs targets, snapshot and timestamp anew. What is not named stays as it is. */
export async function publishTargets(
  dir: string,
  options: { targets: ReadonlyMap<string, Uint8Array>; key: SigningKey; expires: Instant },
): Promise<{ targets: number; snapshot: number; timestamp: number }> {
  const root = await newestRoot(dir);
  if (root === undefined) throw new AppError('NOT_FOUND', `${dir} has no signed root yet`, { dir });
  const before = await publishedTargets(dir);
  const entries: Record<string, Json> = { ...before.targets };
  for (const [path, content] of options.targets) {
    const hash = sha256Hex(content);
    entries[path] = { length: content.length, hashes: { sha256: hash } };
    const file = join(dir, 'targets', dirname(path), `${hash}.${path.slice(path.lastIndexOf('/') + 1)}`);
    await mkdir(dirname(file), { recursive: true });
    await writeFileDurably(file, content);
  }
  const versions = {
    targets: before.versions.targets + 1,
    snapshot: before.versions.snapshot + 1,
    timestamp: before.versions.timestamp + 1,
  };
  const put = async (name: string, signed: Envelope['signed']): Promise<Uint8Array> => {
    const envelope = { signatures: [await signatureOf(signed, options.key)], signed };
    await write(metadataPath(dir, name), envelope);
    return encode(envelope);
  };
  const targets = await put(`${String(versions.targets)}.targets.json`, {
    ...head('targets', versions.targets, options.expires),
    targets: entries,
  });
  const snapshot = await put(`${String(versions.snapshot)}.snapshot.json`, {
    ...head('snapshot', versions.snapshot, options.expires),
    meta: { 'targets.json': metaOf(versions.targets, targets) },
  });
  // Last: a reader who comes in between sees the state before, whole.
  await put('timestamp.json', {
    ...head('timestamp', versions.timestamp, options.expires),
    meta: { 'snapshot.json': metaOf(versions.snapshot, snapshot) },
  });
  return versions;
}

async function publishedTargets(
  dir: string,
): Promise<{ targets: Record<string, Json>; versions: { targets: number; snapshot: number; timestamp: number } }> {
  const stamp = await readIfThere(metadataPath(dir, 'timestamp.json'));
  if (stamp === undefined) return { targets: {}, versions: { targets: 0, snapshot: 0, timestamp: 0 } };
  const timestamp = parseTimestamp(stamp).signed;
  const snapshotVersion = timestamp.snapshotMeta.version;
  const snapshot = parseSnapshot(await required(metadataPath(dir, `${String(snapshotVersion)}.snapshot.json`))).signed;
  const targetsVersion = snapshot.meta['targets.json']?.version ?? 0;
  const targets = parseTargets(await required(metadataPath(dir, `${String(targetsVersion)}.targets.json`))).signed;
  return {
    targets: Object.fromEntries(Object.entries(targets.targets).map(([path, file]) => [path, file.toJSON() as Json])),
    versions: { targets: targetsVersion, snapshot: snapshotVersion, timestamp: timestamp.version },
  };
}

/** A chain is walked as a client does: enough signatures of the root before, and of the new root itself. */
async function isEnough(dir: string, envelope: Envelope): Promise<boolean> {
  const bytes = encode(envelope);
  const before = await newestRoot(dir);
  try {
    if (before === undefined) new TrustedSet(bytes, 0, null);
    else new TrustedSet(before.bytes, 0, null).updateRoot(bytes);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'TUF_SIGNATURES_MISSING') return false;
    throw error;
  }
}

async function newestRoot(dir: string): Promise<{ version: number; bytes: Uint8Array } | undefined> {
  let newest: { version: number; bytes: Uint8Array } | undefined;
  for (let version = 1; ; version += 1) {
    const bytes = await readIfThere(metadataPath(dir, `${String(version)}.root.json`));
    if (bytes === undefined) return newest;
    newest = { version, bytes };
  }
}

async function required(path: string): Promise<Uint8Array> {
  const bytes = await readIfThere(path);
  if (bytes === undefined) throw new AppError('NOT_FOUND', `${path} is not there`, { path });
  return bytes;
}

async function signatureOf(signed: Envelope['signed'], key: SigningKey): Promise<Envelope['signatures'][number]> {
  const bytes = await key.sign(signedBytes(signed));
  return { keyid: tufKeyId(key), sig: Buffer.from(bytes).toString('hex') };
}

/** The bytes that are signed: TUF's own canonical form, which unlike RFC 8785 leaves line ends in texts as they are. */
function signedBytes(signed: Envelope['signed']): Uint8Array {
  const seen: Uint8Array[] = [];
  parseSigned(signed).sign((bytes) => {
    seen.push(Uint8Array.from(bytes));
    return new Signature({ keyID: '', sig: '' });
  });
  const [canonical] = seen;
  invariant(canonical !== undefined, 'a signer is called at once');
  return canonical;
}

/** Metadata of any of the four kinds, read by its own rules. */
function parseSigned(signed: Envelope['signed']): Pick<ReturnType<typeof parseRoot>, 'sign'> {
  const bytes = encode({ signatures: [], signed });
  switch (signed['_type']) {
    case 'root':
      return parseRoot(bytes);
    case 'timestamp':
      return parseTimestamp(bytes);
    case 'snapshot':
      return parseSnapshot(bytes);
    default:
      return parseTargets(bytes);
  }
}

function tufKey({ publicKeyPem, algorithm }: RepositoryKey): Record<string, Json> {
  const scheme = algorithm === 'ed25519' ? 'ed25519' : 'ecdsa-sha2-nistp256';
  return { keytype: algorithm === 'ed25519' ? 'ed25519' : 'ecdsa', scheme, keyval: { public: publicKeyPem } };
}

function tufKeyId(key: RepositoryKey): string {
  return createHash('sha256')
    .update(canonicalJson(tufKey(key)))
    .digest('hex');
}

function head(type: string, version: number, expires: Instant): Record<string, Json> {
  const seconds = toIsoUtc(expires).replace(/\.\d+Z$/, 'Z');
  return { _type: type, spec_version: SPEC_VERSION, version, expires: seconds };
}

function metaOf(version: number, bytes: Uint8Array): Json {
  return { version, length: bytes.length, hashes: { sha256: sha256Hex(bytes) } };
}

function encode(envelope: Envelope): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(envelope, null, 1)}\n`);
}

async function write(path: string, envelope: Envelope): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFileDurably(path, encode(envelope));
}
