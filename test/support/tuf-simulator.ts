import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { canonicalJson, type Json } from '#core/base/index.ts';
import type { ListedRepository } from '#core/trust/ports.ts';

/** A key of the simulated repository. */
export interface SimKey {
  readonly id: string;
  readonly json: Readonly<Record<string, Json>>;
  sign(bytes: Uint8Array): Buffer;
}

/** The kinds of keys that the specification names. Ed25519 is quick to make and to use. */
export type SimKeyKind = 'ed25519' | 'ecdsa' | 'rsa';

/** A new key; `extra` are members of its metadata that no specification knows. */
export function simKey(kind: SimKeyKind = 'ed25519', extra: Readonly<Record<string, Json>> = {}): SimKey {
  const made = KEY_KINDS[kind]();
  const json = { ...made.json, ...extra };
  return { id: sha256(Buffer.from(canonicalJson(json))), json, sign: made.sign };
}

const KEY_KINDS: Readonly<Record<SimKeyKind, () => Omit<SimKey, 'id'>>> = {
  ed25519: () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
    const json = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: raw } };
    return { json, sign: (bytes) => sign(null, bytes, privateKey) };
  },
  ecdsa: () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const json = { keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', keyval: { public: pem } };
    return { json, sign: (bytes) => sign('sha256', bytes, privateKey) };
  },
  rsa: () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const json = { keytype: 'rsa', scheme: 'rsassa-pss-sha256', keyval: { public: pem } };
    const how = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    return { json, sign: (bytes) => sign('sha256', bytes, how) };
  },
};

type Fields = Record<string, Json>;
export interface SimRole {
  keys: SimKey[];
  threshold: number;
}
export interface Delegation extends SimRole {
  name: string;
  paths: string[];
  terminating: boolean;
  /** Who delegates; the top-level targets when absent. */
  delegator?: string;
}

const YEAR = 365 * 86_400_000;

/**
 * A TUF repository in memory that publishes whatever a test tells it to, right or wrong: the counterpart of the repository simulator
 * of the public conformance suite. Every publish keeps what was published before, as a medium does.
 */
export class TufSimulator implements ListedRepository {
  readonly files = new Map<string, Uint8Array>();
  readonly targetFiles = new Map<string, Uint8Array>();
  readonly asked: string[] = [];
  readonly versions = { root: 0, timestamp: 0, snapshot: 0, targets: 0 };
  readonly roles = { root: role(), timestamp: role(), snapshot: role(), targets: role() };
  readonly expires: Record<string, number>;
  readonly targets: Record<string, Fields> = {};
  readonly delegations: Delegation[] = [];
  /** Content of delegated roles by name. */
  readonly delegated = new Map<string, { version: number; targets: Record<string, Fields> }>();
  /** Delegates by hash of the path to `prefix-<hex>` bins instead of by name. */
  succinct: { readonly bitLength: number; readonly prefix: string; readonly key: SimKey } | null = null;
  consistent = true;
  /** Whether timestamp and snapshot state hashes and lengths of what they list. */
  withHashes = false;
  /** Changes a document before it is signed (`signed`) or after (`envelope`). */
  readonly edits: {
    signed?: (role: string, fields: Fields) => void;
    envelope?: (role: string, envelope: Fields) => void;
  } = {};
  /** Who signs instead of the keys that the root names. */
  readonly signers: Record<string, readonly SimKey[] | undefined> = {};

  constructor(now = Date.now()) {
    this.expires = { root: now + YEAR, timestamp: now + YEAR, snapshot: now + YEAR, targets: now + YEAR };
    this.publishRoot();
    this.publish();
  }

  metadata(name: string, limitBytes: number): Promise<Uint8Array | undefined> {
    this.asked.push(name);
    return within(this.files.get(name), limitBytes);
  }

  target(path: string, limitBytes: number): Promise<Uint8Array | undefined> {
    this.asked.push(path);
    return within(this.targetFiles.get(path), limitBytes);
  }

  rootVersions(): Promise<readonly number[]> {
    const found = [...this.files.keys()].flatMap((name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? []);
    return Promise.resolve(found.map(Number).sort((a, b) => a - b));
  }

  rootBytes(version = this.versions.root): Uint8Array {
    return this.files.get(`${String(version)}.root.json`) ?? new Uint8Array();
  }

  /** Signed by `signers`, or by the keys of this root and of the one before, as a rotation must be. */
  publishRoot(signers?: readonly SimKey[], before: readonly SimKey[] = []): void {
    this.versions.root += 1;
    const signed: Fields = {
      ...head('root', this.versions.root, this.expires['root'] ?? 0),
      consistent_snapshot: this.consistent,
      keys: Object.fromEntries(Object.values(this.roles).flatMap(({ keys }) => keys.map((key) => [key.id, key.json]))),
      roles: Object.fromEntries(
        Object.entries(this.roles).map(([name, { keys, threshold }]) => [
          name,
          { keyids: keys.map((key) => key.id), threshold },
        ]),
      ),
    };
    const own = signers ?? [...new Set([...this.roles.root.keys, ...before])];
    this.#put('root', `${String(this.versions.root)}.root.json`, signed, own);
  }

  /** New keys for a role from the next root on. */
  rotate(name: keyof TufSimulator['roles'], count = 1, threshold = 1): void {
    const before = this.roles.root.keys;
    this.roles[name].keys = Array.from({ length: count }, () => simKey());
    this.roles[name].threshold = threshold;
    this.publishRoot(undefined, before);
  }

  /** Publishes targets, snapshot and timestamp, each one version further. */
  publish(): void {
    this.publishTargets();
    this.publishSnapshot();
    this.publishTimestamp();
  }

  publishTargets(): void {
    this.versions.targets += 1;
    const signed: Fields = {
      ...head('targets', this.versions.targets, this.expires['targets'] ?? 0),
      targets: this.targets,
      ...this.#delegationsOf('targets'),
    };
    this.#put('targets', this.#nameOf('targets', this.versions.targets), signed, this.roles.targets.keys);
    for (const { name, keys } of this.delegations) {
      const { version, targets } = this.delegated.get(name) ?? { version: 1, targets: {} };
      const expires = this.expires[name] ?? this.expires['targets'] ?? 0;
      const content = { ...head('targets', version, expires), targets, ...this.#delegationsOf(name) };
      this.#put(name, this.#nameOf(encodeURIComponent(name), version), content, keys);
    }
    for (const name of this.#bins()) {
      const content = { ...head('targets', 1, this.expires['targets'] ?? 0), targets: {} };
      this.#put(name, this.#nameOf(name, 1), content, this.succinct === null ? [] : [this.succinct.key]);
    }
  }

  publishSnapshot(): void {
    this.versions.snapshot += 1;
    const meta: Fields = {
      'targets.json': this.#metaOf(this.#nameOf('targets', this.versions.targets), this.versions.targets),
    };
    for (const { name } of this.delegations) {
      const version = this.delegated.get(name)?.version ?? 1;
      meta[`${name}.json`] = this.#metaOf(this.#nameOf(encodeURIComponent(name), version), version);
    }
    for (const name of this.#bins()) meta[`${name}.json`] = this.#metaOf(this.#nameOf(name, 1), 1);
    const signed = { ...head('snapshot', this.versions.snapshot, this.expires['snapshot'] ?? 0), meta };
    this.#put('snapshot', this.#nameOf('snapshot', this.versions.snapshot), signed, this.roles.snapshot.keys);
  }

  publishTimestamp(): void {
    this.versions.timestamp += 1;
    const meta = {
      'snapshot.json': this.#metaOf(this.#nameOf('snapshot', this.versions.snapshot), this.versions.snapshot),
    };
    const signed = { ...head('timestamp', this.versions.timestamp, this.expires['timestamp'] ?? 0), meta };
    this.#put('timestamp', 'timestamp.json', signed, this.roles.timestamp.keys);
  }

  addTarget(
    path: string,
    content: Uint8Array,
    into: Record<string, Fields> = this.targets,
    algorithms: readonly ('sha256' | 'sha512')[] = ['sha256'],
  ): void {
    const hashes = Object.fromEntries(algorithms.map((name) => [name, createHash(name).update(content).digest('hex')]));
    into[path] = { length: content.length, hashes };
    const cut = path.lastIndexOf('/') + 1;
    for (const hash of Object.values(hashes))
      this.targetFiles.set(this.consistent ? `${path.slice(0, cut)}${hash}.${path.slice(cut)}` : path, content);
  }

  delegate(delegation: Omit<Delegation, 'keys' | 'threshold'>, targets: Record<string, Fields>): void {
    this.delegations.push({ ...delegation, keys: [simKey()], threshold: 1 });
    if (!this.delegated.has(delegation.name)) this.delegated.set(delegation.name, { version: 1, targets });
  }

  #bins(): string[] {
    if (this.succinct === null) return [];
    const { bitLength, prefix } = this.succinct;
    const digits = Math.ceil(bitLength / 4);
    return Array.from({ length: 2 ** bitLength }, (_, bin) => `${prefix}-${bin.toString(16).padStart(digits, '0')}`);
  }

  #delegationsOf(delegator: string): Fields {
    if (delegator === 'targets' && this.succinct !== null) {
      const { bitLength, prefix, key } = this.succinct;
      const roles = { keyids: [key.id], threshold: 1, bit_length: bitLength, name_prefix: prefix };
      return { delegations: { keys: { [key.id]: key.json }, succinct_roles: roles } };
    }
    const own = this.delegations.filter((one) => (one.delegator ?? 'targets') === delegator);
    return own.length === 0 ? {} : { delegations: this.#delegationFields(own) };
  }

  #delegationFields(delegations: readonly Delegation[]): Fields {
    return {
      keys: Object.fromEntries(delegations.flatMap(({ keys }) => keys.map((key) => [key.id, key.json]))),
      roles: delegations.map(({ name, keys, threshold, paths, terminating }) => ({
        name,
        keyids: keys.map((key) => key.id),
        threshold,
        terminating,
        paths,
      })),
    };
  }

  #nameOf(name: string, version: number): string {
    return this.consistent ? `${String(version)}.${name}.json` : `${name}.json`;
  }

  #metaOf(file: string, version: number): Fields {
    const bytes = this.files.get(file) ?? new Uint8Array();
    return this.withHashes ? { version, length: bytes.length, hashes: { sha256: sha256(bytes) } } : { version };
  }

  #put(role: string, name: string, signed: Fields, keys: readonly SimKey[]): void {
    this.edits.signed?.(role, signed);
    const signers = this.signers[role] ?? keys;
    const bytes = Buffer.from(signedText(signed));
    const envelope: Fields = {
      signatures: signers.map((key) => ({ keyid: key.id, sig: key.sign(bytes).toString('hex') })),
      signed,
    };
    this.edits.envelope?.(role, envelope);
    // Written with blanks: what is kept must be the bytes, not a document that means the same.
    this.files.set(name, Buffer.from(JSON.stringify(envelope, null, 1)));
  }
}

function role(): SimRole {
  return { keys: [simKey()], threshold: 1 };
}

function head(type: string, version: number, expires: number): Fields {
  return {
    _type: type,
    spec_version: '1.0.31',
    version,
    expires: new Date(expires).toISOString().replace(/\.\d+Z/, 'Z'),
  };
}

/** The form that TUF signs: like RFC 8785, but line ends in texts (PEM keys) stay as they are. */
function signedText(value: Json): string {
  if (typeof value === 'string') return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  if (Array.isArray(value)) return `[${value.map(signedText).join(',')}]`;
  if (value === null || typeof value !== 'object') return canonicalJson(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${signedText(name)}:${signedText(member ?? null)}`).join(',')}}`;
}

function within(bytes: Uint8Array | undefined, limitBytes: number): Promise<Uint8Array | undefined> {
  return bytes !== undefined && bytes.length > limitBytes
    ? Promise.reject(new Error(`larger than ${String(limitBytes)}`))
    : Promise.resolve(bytes);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
