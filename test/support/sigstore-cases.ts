import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '#core/base/index.ts';
import {
  parseTrustedRoot,
  verifySigstoreBundle,
  type SignerDemand,
  type SigstoreVerdict,
  type TrustedRoot,
} from '#native/sigstore/index.ts';

/** Who signed most of the published cases. */
export const BEACON =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/** One folder of the published Sigstore conformance cases. */
export interface SigstoreCase {
  readonly name: string;
  readonly mustPass: boolean;
  readonly bundlePath: string;
  readonly artifactPath: string;
  readonly rootPath: string;
  /** Whether the case brings its own trusted root. */
  readonly hasOwnRoot: boolean;
  readonly keyPath: string | null;
  readonly identity: string;
  readonly issuer: string;
}

/** Every case below the folder of conformance data, by name. */
export function sigstoreCases(dir: string): SigstoreCase[] {
  const cases = join(dir, 'bundle-verify');
  return readdirSync(cases, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const own = (file: string): string | null =>
        existsSync(join(cases, name, file)) ? join(cases, name, file) : null;
      const text = (file: string, otherwise: string): string => {
        const path = own(file);
        return path === null ? otherwise : readFileSync(path, 'utf8').trim();
      };
      return {
        name,
        mustPass: !name.endsWith('_fail'),
        bundlePath: join(cases, name, 'bundle.sigstore.json'),
        artifactPath: own('artifact') ?? join(cases, 'a.txt'),
        rootPath: own('trusted_root.json') ?? join(dir, 'public-good-trusted_root.json'),
        hasOwnRoot: own('trusted_root.json') !== null,
        keyPath: own('key.pub'),
        identity: text('identity', BEACON),
        issuer: text('issuer', GITHUB_ISSUER),
      };
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

export function digestOfFile(path: string): Digest {
  return `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

function demandOf({ keyPath, identity, issuer }: SigstoreCase): SignerDemand {
  return keyPath === null
    ? { kind: 'identity', identity, issuer }
    : { kind: 'key', publicKeyPem: readFileSync(keyPath, 'utf8') };
}

/** What a test changes about a case. Everything else stays as published. */
export interface CaseChanges {
  readonly form?: 'path' | 'digest';
  readonly bundle?: Uint8Array;
  readonly artifact?: Uint8Array;
  readonly demand?: SignerDemand;
  readonly root?: TrustedRoot;
  readonly logThreshold?: number;
  readonly timestampThreshold?: number;
}

/** Verifies a case; evidence is needed once of each kind, as the conformance protocol has it. */
export function verifyCase(published: SigstoreCase, changes: CaseChanges = {}): Promise<SigstoreVerdict> {
  const content = changes.artifact ?? readFileSync(published.artifactPath);
  return verifySigstoreBundle({
    bundle: changes.bundle ?? readFileSync(published.bundlePath),
    artifact:
      changes.form === 'digest'
        ? { digest: `sha256:${createHash('sha256').update(content).digest('hex')}` }
        : { stream: inPieces(content) },
    demand: changes.demand ?? demandOf(published),
    root: changes.root ?? parseTrustedRoot(readFileSync(published.rootPath)),
    thresholds: {
      logThreshold: changes.logThreshold ?? 1,
      timestampThreshold: changes.timestampThreshold ?? 1,
      certificateLogThreshold: 1,
    },
    now: Date.UTC(2026, 0, 1),
  });
}

async function* inPieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 64) yield await Promise.resolve(content.subarray(at, at + 64));
}

/** `verified`, or the code of the refusal. */
export function outcomeOf(verdict: SigstoreVerdict): string {
  return verdict.verified ? 'verified' : verdict.refused.code;
}
