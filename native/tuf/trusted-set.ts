import type { Metadata, MetaFile, Root, Snapshot, Targets, Timestamp } from '@tufjs/models';
import { AppError, type Instant } from '#core/base/index.ts';
import type { ExpiryExcuse } from '#core/trust/ports.ts';
import { parseRoot, parseSnapshot, parseTargets, parseTimestamp, sha256Hex } from './parse-metadata.ts';

type AnyMetadata = Metadata<Root | Timestamp | Snapshot | Targets>;

/** The offered timestamp has the version that is trusted already: nothing new, and no fault. */
export const SAME_VERSION = 'same-version';

/**
 * The metadata that is trusted so far, in the order and with the checks of the client workflow
 * (TUF specification 5.3 to 5.6). Time is given: a plant clock is not asked here.
 * INVARIANTS: what is stored in a field passed every check up to then; expiry of the final one of a role is checked by who comes next,
 * because an expired one still protects against rollback.
 */
export class TrustedSet {
  root: Metadata<Root>;
  timestamp: Metadata<Timestamp> | null = null;
  snapshot: Metadata<Snapshot> | null = null;
  readonly targets = new Map<string, Metadata<Targets>>();
  readonly #now: Date;
  readonly #excuse: ExpiryExcuse | null;
  #timestampDigest = '';

  /** 5.2: the trusted root may have expired; it only has to be signed by itself. */
  constructor(rootBytes: Uint8Array, now: Instant, excuse: ExpiryExcuse | null) {
    const root = parseRoot(rootBytes);
    assertSigned(root, 'root', root);
    this.root = root;
    this.#now = new Date(now);
    this.#excuse = excuse;
  }

  get timestampDigest(): string {
    return this.#timestampDigest;
  }

  /** 5.3.4 to 5.3.8: signed by the old root and by itself, and exactly one version further. */
  updateRoot(bytes: Uint8Array): void {
    const next = parseRoot(bytes);
    assertSigned(this.root, 'root', next);
    const expected = this.root.signed.version + 1;
    if (next.signed.version !== expected) throw versionMismatch('root', expected, next.signed.version);
    assertSigned(next, 'root', next);
    this.root = next;
  }

  /** 5.3.10, 5.4.2 to 5.4.4. */
  updateTimestamp(bytes: Uint8Array): typeof SAME_VERSION | undefined {
    if (this.root.signed.isExpired(this.#now)) throw expired('root', this.root.signed.expires);
    const next = parseTimestamp(bytes);
    assertSigned(this.root, 'timestamp', next);
    const before = this.timestamp;
    if (before !== null) {
      if (next.signed.version < before.signed.version)
        throw rolledBack('timestamp', before.signed.version, next.signed.version);
      if (next.signed.version === before.signed.version) return SAME_VERSION;
      if (next.signed.snapshotMeta.version < before.signed.snapshotMeta.version)
        throw rolledBack('snapshot', before.signed.snapshotMeta.version, next.signed.snapshotMeta.version);
    }
    this.timestamp = next;
    this.#timestampDigest = sha256Hex(bytes);
    this.#assertTimestampFresh();
    return undefined;
  }

  /** 5.5.2 to 5.5.6. `isOwn`: it was stored here, so its hash was checked when it came. */
  updateSnapshot(bytes: Uint8Array, isOwn: boolean): void {
    const timestamp = this.#assertTimestampFresh();
    if (!isOwn) assertContent('snapshot', timestamp.signed.snapshotMeta, bytes);
    const next = parseSnapshot(bytes);
    assertSigned(this.root, 'snapshot', next);
    if (this.snapshot !== null) assertNothingOlder(this.snapshot.signed, next.signed);
    this.snapshot = next;
    this.#assertSnapshotFinal();
  }

  /** 5.6.2 to 5.6.6, for the top-level targets and every delegated role. */
  updateTargets(bytes: Uint8Array, role: string, delegator: string): Metadata<Targets> {
    const snapshot = this.#assertSnapshotFinal();
    const meta = snapshot.signed.meta[`${role}.json`];
    if (meta === undefined) throw missing(`${role}.json in the snapshot`);
    assertContent(role, meta, bytes);
    const next = parseTargets(bytes);
    const parent = delegator === 'root' ? this.root : this.targets.get(delegator);
    if (parent === undefined) throw missing(`the metadata of ${delegator}`);
    assertSigned(parent, role, next);
    if (next.signed.version !== meta.version) throw versionMismatch(role, meta.version, next.signed.version);
    if (next.signed.isExpired(this.#now)) throw expired(role, next.signed.expires);
    this.targets.set(role, next);
    return next;
  }

  /** 5.4.4: a freeze attack shows as a timestamp that has expired. Only exactly the bytes that two people excused may pass. */
  #assertTimestampFresh(): Metadata<Timestamp> {
    const { timestamp } = this;
    if (timestamp === null) throw missing('timestamp.json');
    if (timestamp.signed.isExpired(this.#now) && this.#excuse?.timestampDigest !== this.#timestampDigest)
      throw expired('timestamp', timestamp.signed.expires, this.#timestampDigest);
    return timestamp;
  }

  #assertSnapshotFinal(): Metadata<Snapshot> {
    const { snapshot } = this;
    const timestamp = this.#assertTimestampFresh();
    if (snapshot === null) throw missing('the snapshot metadata');
    if (snapshot.signed.isExpired(this.#now)) throw expired('snapshot', snapshot.signed.expires);
    const expected = timestamp.signed.snapshotMeta.version;
    if (snapshot.signed.version !== expected) throw versionMismatch('snapshot', expected, snapshot.signed.version);
    return snapshot;
  }
}

/** 5.5.5: what the snapshot before listed must still be listed, and no version may fall. */
function assertNothingOlder(before: Snapshot, after: Snapshot): void {
  for (const [file, meta] of Object.entries(before.meta)) {
    const next = after.meta[file];
    if (next === undefined) throw missing(`${file} in the new snapshot`);
    if (next.version < meta.version) throw rolledBack(file, meta.version, next.version);
  }
}

function assertSigned(delegator: Metadata<Root> | Metadata<Targets>, role: string, metadata: AnyMetadata): void {
  try {
    delegator.verifyDelegate(role, metadata);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new AppError(
      'TUF_SIGNATURES_MISSING',
      `the ${role} metadata is not signed as it must be: ${why}`,
      {
        role,
        version: metadata.signed.version,
      },
      { cause },
    );
  }
}

function assertContent(role: string, meta: MetaFile, bytes: Uint8Array): void {
  try {
    meta.verify(Buffer.from(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new AppError(
      'TUF_CONTENT_MISMATCH',
      `the ${role} metadata is not what was signed: ${why}`,
      { role },
      { cause },
    );
  }
}

export function missing(what: string): AppError {
  return new AppError('TUF_FILE_MISSING', `the trust repository lacks ${what}`, { what });
}

function expired(role: string, expires: string, digest = ''): AppError {
  return new AppError('TUF_EXPIRED', `the ${role} metadata expired on ${expires}`, {
    role,
    expires,
    ...(digest === '' ? {} : { digest }),
  });
}

function versionMismatch(role: string, expected: number, found: number): AppError {
  return new AppError(
    'TUF_VERSION_MISMATCH',
    `expected version ${String(expected)} of ${role}, found ${String(found)}`,
    { role, expected, found },
  );
}

function rolledBack(role: string, accepted: number, offered: number): AppError {
  return new AppError(
    'TUF_ROLLED_BACK',
    `${role} ${String(accepted)} was accepted before, this is ${role} ${String(offered)}`,
    { role, accepted, offered },
  );
}
