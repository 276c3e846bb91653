import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { TRUSTS_NOBODY, TrustStore, VerificationPolicy, type TrustedKey } from '#contracts/verdict.ts';
import { AppError, isAppError, MIB, type Instant } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { isNotFound } from '#native/fs/index.ts';
import { nodeSignatureVerifier, readKeyText } from '#native/keys/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import { parseTrustedRoot } from '#native/sigstore/index.ts';

const FILE_LIMIT_BYTES = MIB;

/** Under which rules and with whose keys a verdict is given. */
export interface TrustFiles {
  readonly policy: VerificationPolicy;
  readonly trust: TrustStore;
}

/** Reads the policy, and the keys of `trustDir` (the policy's own folder when absent): `trust.json`, else every `*.pub.pem`. */
export async function readTrustFiles(options: {
  policyPath: string;
  trustDir?: string;
  now: Instant;
}): Promise<TrustFiles> {
  const policy = await readJsonFile(options.policyPath, VerificationPolicy);
  return { policy, trust: await readTrustFolder(options.trustDir ?? dirname(options.policyPath), options.now) };
}

/** The trust store of a folder: `trust.json`, else every `*.pub.pem`; with the `trusted_root.json` beside it. */
export async function readTrustFolder(dir: string, now: Instant): Promise<TrustStore> {
  const trust = await readTrustStore(dir, now);
  return { ...trust, trustedRoot: (await readRootText(join(dir, 'trusted_root.json'))) ?? trust.trustedRoot };
}

async function readTrustStore(dir: string, now: Instant): Promise<TrustStore> {
  try {
    return await readJsonFile(join(dir, 'trust.json'), TrustStore);
  } catch (error) {
    if (!isAppError(error, 'NOT_FOUND')) throw error;
    return { ...TRUSTS_NOBODY, keys: await keysOf(dir, now) };
  }
}

/** A Sigstore trusted root beside the trust store; it goes before the one inside `trust.json`. Read once here, so that a broken one is named. */
async function readRootText(path: string): Promise<string | null> {
  try {
    const bytes = await readPlainFile(path, FILE_LIMIT_BYTES);
    parseTrustedRoot(bytes);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

/** A folder of bare public keys: whoever names it trusts each of them for every channel. */
async function keysOf(dir: string, now: Instant): Promise<TrustedKey[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (isNotFound(error))
      throw new AppError('USAGE_INVALID', `there is no trust folder ${dir}`, { dir }, { cause: error });
    throw error;
  });
  return Promise.all(
    names
      .filter((name) => name.endsWith('.pub.pem'))
      .sort()
      .map(async (name) => {
        const publicKeyPem = await readKeyText(join(dir, name));
        return {
          keyId: nodeSignatureVerifier.keyIdOf(publicKeyPem),
          name: name.slice(0, -'.pub.pem'.length),
          publicKeyPem,
          channels: ['staging', 'production'],
          addedAt: now,
          addedBy: 'command line',
        };
      }),
  );
}

async function readJsonFile<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  const document = parseStrictJson(await readPlainFile(path, FILE_LIMIT_BYTES), { bytes: FILE_LIMIT_BYTES });
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new AppError('INPUT_MALFORMED', `${path}: ${fields.join('; ')}`, { path, fields }, { cause: parsed.error });
}
