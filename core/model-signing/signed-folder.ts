import { z } from 'zod';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { digestHex, isDigest, type Digest, type Finding } from '#core/base/index.ts';
import { findingOf, isSafePath } from '#core/bundle/index.ts';
import type { InTotoStatement } from '#core/provenance/index.ts';
import type { Hasher } from '#core/storage/ports.ts';

/** A file as a signature names it, or as a folder holds it. */
export interface NamedDigest {
  readonly name: string;
  readonly digest: Digest;
}

/** What an OpenSSF Model Signing statement says about a folder. Its names are safe and each is there once. */
export interface SignedFolder {
  /** The folder's name when it was signed. */
  readonly name: string;
  readonly files: readonly NamedDigest[];
  /** Paths that the signature leaves out, in its words. */
  readonly ignored: readonly string[];
}

type SignedFolderRead = { readonly folder: SignedFolder } | { readonly findings: readonly Finding[] };

/** More files than a model folder has; a layer each, and a manifest holds no more. */
const MAX_FILES = 4096;

const Resource = z.looseObject({
  name: z.string().min(1).max(1024),
  algorithm: z.string().max(64),
  digest: z.string().max(256),
});

/** OMS v1.0, predicate: unknown members are ignored, as the format asks of its verifiers. */
const Predicate = z.looseObject({
  serialization: z.looseObject({
    method: z.string().max(64),
    hash_type: z.string().max(64),
    allow_symlinks: z.boolean().optional(),
    ignore_paths: z.array(z.string().max(1024)).max(1024).optional(),
  }),
  resources: z.array(Resource).min(1).max(MAX_FILES),
});

/**
 * Untrusted: the statement of an OpenSSF Model Signing signature (v1.0). Every resource is one whole file with its SHA-256;
 * shards and other hashes are refused, because nothing else of a bundle is named that way.
 */
export function readSignedFolder(statement: InTotoStatement, hasher: Hasher): SignedFolderRead {
  const parsed = Predicate.safeParse(statement.predicate);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    return refused('MODEL_SIGNATURE_INVALID', issues.join('; '));
  }
  const { serialization, resources } = parsed.data;
  const [subject] = statement.subject;
  if (subject === undefined || statement.subject.length > 1)
    return refused('MODEL_SIGNATURE_INVALID', `One subject is needed, ${String(statement.subject.length)} found.`);
  const foreign = foreignForm(serialization, resources);
  if (foreign !== null) return refused('MODEL_SIGNATURE_FORM_UNSUPPORTED', foreign);
  const files = resources.map(({ name, digest }) => ({ name, digest: `sha256:${digest}` }));
  if (!files.every(isNamedDigest))
    return refused('MODEL_SIGNATURE_INVALID', 'A digest is not 64 lower-case hex digits.');
  // OMS v1.0, subject: the SHA-256 over all digests, in the order of the resources.
  const root = digestHex(hasher.sha256(joined(files)));
  if (subject.digest['sha256'] !== root)
    return refused('MODEL_SIGNATURE_INVALID', `Its files hash to ${root}, its subject says otherwise.`);
  const ignored = serialization.ignore_paths ?? [];
  const findings = [...unsafeNames(files), ...twice(files), ...unsafeIgnored(ignored)];
  return findings.length > 0 ? { findings } : { folder: { name: subject.name ?? '', files, ignored } };
}

/** What cannot be compared with whole files and SHA-256; null when all can. */
function foreignForm(
  { method, hash_type: hashType }: z.infer<typeof Predicate>['serialization'],
  resources: readonly z.infer<typeof Resource>[],
): string | null {
  if (method !== 'files') return `The method is ${JSON.stringify(method)}.`;
  const other = [hashType, ...resources.map(({ algorithm }) => algorithm)].find((name) => name !== 'sha256');
  return other === undefined ? null : `A hash is ${JSON.stringify(other)}.`;
}

function isNamedDigest(file: { name: string; digest: string }): file is NamedDigest {
  return isDigest(file.digest);
}

function joined(files: readonly NamedDigest[]): Uint8Array {
  const bytes = new Uint8Array(files.length * 32);
  files.forEach(({ digest }, at) => {
    bytes.set(bytesOf(digestHex(digest)), at * 32);
  });
  return bytes;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
}

function unsafeNames(files: readonly NamedDigest[]): Finding[] {
  return files
    .filter(({ name }) => !isSafePath(name))
    .slice(0, 20)
    .map(({ name }) => findingOf('BUNDLE_PATH_ESCAPE', 'model.sig', JSON.stringify(name)));
}

/** Names that some file system takes for one are one. */
function twice(files: readonly NamedDigest[]): Finding[] {
  const seen = new Set<string>();
  return files.flatMap(({ name }) => {
    const key = name.normalize('NFC').toLowerCase().normalize('NFC');
    const isSecond = seen.has(key);
    seen.add(key);
    return isSecond ? [findingOf('MODEL_FILE_TWICE', name)] : [];
  });
}

function unsafeIgnored(ignored: readonly string[]): Finding[] {
  return ignored
    .filter((path) => !isSafePath(path.replace(/\/$/, '')))
    .slice(0, 20)
    .map((path) => findingOf('BUNDLE_PATH_ESCAPE', 'model.sig: ignore_paths', JSON.stringify(path)));
}

function refused(code: ErrorCode, detail: string): { findings: Finding[] } {
  return { findings: [findingOf(code, 'model.sig', detail)] };
}
