import { createHash, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupFile, type KeyName, type KeyPlace, type KeyStore } from '#contracts/keys.ts';
import { AppError, isAppError, KIB } from '#core/base/index.ts';
import type { KeyCustody, KeyDescription, SigningKey } from '#core/keys/ports.ts';
import { isNotFound, renameDurably, writeFileDurably } from '#native/fs/index.ts';
import { openKeyFile, writeKeyFile } from './key-files.ts';
import { createKeyPair } from './key-pair.ts';
import { openPrivateKey } from './private-key.ts';

/** A site folder as the custody sees it. */
export interface CustodyFolder {
  readonly keysDir: string;
  readonly passphrase: string | null;
  readonly store: KeyStore;
  /** A machine made the passphrase and no person knows it: then it belongs into the backup. */
  readonly isPassphraseOurs: boolean;
  /** Files beside the keys that belong into a backup. */
  readonly siteFiles: readonly string[];
}

const AUDIT_KEY = 'audit.key.pem';
const AUDIT_PUBLIC = 'audit.pub.pem';
/** The audit key that is to come, between its making and its taking over. */
const NEXT_AUDIT_KEY = 'audit-next.key.pem';

/** Names of `keys/` that a backup takes; a foreign file stays where it is. */
const KEY_FILES = /^[a-z0-9][a-z0-9.-]*\.(?:pem|json|txt)$|^passphrase$/;
/** `passphrase` lies there only when the site was made without one of its own: without it the keys are worth nothing. */
const SECRET = /\.key\.pem$|^passphrase$/;
const FILE_LIMIT_BYTES = 128 * KIB;

/** The keys of a site folder, for people who look after them. */
export function folderKeyCustody(folder: CustodyFolder): KeyCustody {
  const at = (name: string): string => join(folder.keysDir, name);
  return {
    describe: () => describeKeys(folder),
    collect: () => collectFiles(folder),
    prepareAuditKey: () => prepare(folder, at(NEXT_AUDIT_KEY)),
    async adoptAuditKey() {
      const next = await openKeyFile(at(NEXT_AUDIT_KEY), folder.passphrase);
      const old = await openKeyFile(at(AUDIT_KEY), folder.passphrase);
      await writeFileDurably(at(`audit-until-${old.keyId.slice(0, 16)}.pub.pem`), old.publicKeyPem);
      // The public half first: between the two renames it already names the key that every record will name.
      await writeFileDurably(at(AUDIT_PUBLIC), next.publicKeyPem);
      await renameDurably(at(NEXT_AUDIT_KEY), at(AUDIT_KEY));
    },
  };
}

/** Ends a rotation that was cut between its two renames: the public half already names the new key. */
export async function finishAuditRotation(keysDir: string, passphrase: string | null): Promise<void> {
  const [next, published] = [join(keysDir, NEXT_AUDIT_KEY), await readIfThere(join(keysDir, AUDIT_PUBLIC))];
  if (published === undefined || (await readIfThere(next)) === undefined) return;
  const key = await openKeyFile(next, passphrase);
  if (key.publicKeyPem === published.toString('utf8')) await renameDurably(next, join(keysDir, AUDIT_KEY));
}

async function prepare(folder: CustodyFolder, path: string): Promise<SigningKey> {
  if (folder.store.audit.kind === 'pkcs11')
    throw new AppError('KEY_ROTATION_IN_TOKEN', 'the audit key lives in a token', {});
  try {
    return await openKeyFile(path, folder.passphrase);
  } catch (error) {
    if (!isAppError(error, 'NOT_FOUND')) throw error;
  }
  await writeKeyFile(path, createKeyPair('ed25519').privateKeyPem, folder.passphrase);
  return openKeyFile(path, folder.passphrase);
}

async function describeKeys({ keysDir, store, passphrase }: CustodyFolder): Promise<KeyDescription[]> {
  const rows: readonly { name: KeyName; file: string; place: KeyPlace; open: (text: string) => KeyObject }[] = [
    { name: 'site', file: 'site.pub.pem', place: store.site, open: createPublicKey },
    { name: 'audit', file: AUDIT_PUBLIC, place: store.audit, open: createPublicKey },
    {
      name: 'ca',
      file: 'site-ca.cert.pem',
      place: { kind: 'file' },
      open: (pem) => new X509Certificate(pem).publicKey,
    },
    {
      name: 'encryption',
      file: 'encryption.key.pem',
      place: { kind: 'file' },
      open: (pem) => createPublicKey(openPrivateKey(pem, passphrase)),
    },
  ];
  const found = await Promise.all(
    rows.map(async ({ name, file, place, open }): Promise<KeyDescription | null> => {
      const path = join(keysDir, file);
      const bytes = await readIfThere(path);
      if (bytes === undefined) return null;
      const key = open(bytes.toString('utf8'));
      return { name, place, ...describe(key), createdAt: Math.round((await stat(path)).mtimeMs) };
    }),
  );
  return found.filter((each) => each !== null);
}

function describe(key: KeyObject): { algorithm: string; keyId: string } {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const names: Readonly<Record<string, string>> = { prime256v1: 'ECDSA P-256', ed25519: 'Ed25519', x25519: 'X25519' };
  const kind = curve ?? key.asymmetricKeyType ?? 'unknown';
  const spki = key.export({ type: 'spki', format: 'der' });
  return { algorithm: names[kind] ?? kind, keyId: createHash('sha256').update(spki).digest('hex') };
}

async function collectFiles({
  keysDir,
  siteFiles,
  passphrase,
  isPassphraseOurs,
}: CustodyFolder): Promise<BackupFile[]> {
  const names = (await readdir(keysDir, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && KEY_FILES.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const files = [
    ...siteFiles.map((path) => ({ path, name: path.slice(path.lastIndexOf('/') + 1) })),
    ...names.map((name) => ({ path: join(keysDir, name), name: `keys/${name}` })),
  ];
  const collected: BackupFile[] = [];
  for (const { path, name } of files) {
    const bytes = await readIfThere(path);
    if (bytes === undefined) continue;
    collected.push(backupFile(name, bytes));
  }
  if (isPassphraseOurs && passphrase !== null && !names.includes('passphrase'))
    collected.push(backupFile('keys/passphrase', Buffer.from(passphrase)));
  return collected;
}

function backupFile(path: string, bytes: Buffer): BackupFile {
  return BackupFile.parse({
    path,
    isSecret: SECRET.test(path.replace('keys/', '')),
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    content: bytes.toString('base64'),
  });
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(path);
    if (size > FILE_LIMIT_BYTES)
      throw new AppError('KEY_FILE_INVALID', `${path} is too large for a key`, { path, size });
    return await readFile(path);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (error instanceof AppError) throw error;
    throw new AppError('DISK_FAILED', `${path} cannot be read`, { path }, { cause: error });
  }
}
