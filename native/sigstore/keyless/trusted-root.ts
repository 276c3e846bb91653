import { createHash } from 'node:crypto';
import { TrustedRoot as TrustedRootMessage } from '@sigstore/protobuf-specs';
import { toTrustMaterial, type TrustMaterial } from '@sigstore/verify';
import { z } from 'zod';
import { MIB } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { decoded, refusal } from './refusal.ts';

export const TRUSTED_ROOT_LIMIT_BYTES = 4 * MIB;

const Window = z.looseObject({ start: z.iso.datetime().nullish(), end: z.iso.datetime().nullish() }).nullish();
const Log = z.looseObject({
  baseUrl: z.string().max(2048).optional(),
  publicKey: z.looseObject({ rawBytes: z.base64(), validFor: Window }),
  logId: z.looseObject({ keyId: z.base64() }),
});
const Authority = z.looseObject({
  subject: z.looseObject({ organization: z.string().optional(), commonName: z.string().optional() }).nullish(),
  certChain: z.looseObject({ certificates: z.array(z.looseObject({ rawBytes: z.base64() })).min(1) }),
  validFor: Window,
});
const Document = z.looseObject({
  mediaType: z.enum([
    'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    'application/vnd.dev.sigstore.trustedroot.v0.1+json',
    'application/vnd.dev.sigstore.trustedroot.v0.2+json',
  ]),
  tlogs: z.array(Log).default([]),
  certificateAuthorities: z.array(Authority).default([]),
  ctlogs: z.array(Log).default([]),
  timestampAuthorities: z.array(Authority).default([]),
});

export type LogEntry = z.infer<typeof Log>;
export type AuthorityEntry = z.infer<typeof Authority>;

type Authorities = Pick<TrustMaterial, 'certificateAuthorities' | 'timestampAuthorities' | 'tlogs' | 'ctlogs'>;

/** Whom a site believes about certificates, logs and times. Only `parseTrustedRoot` makes one. */
export interface TrustedRoot {
  readonly material: Authorities;
  /** Log ids (hex) that the root lists without saying since when: they vouch for nothing. */
  readonly logsWithoutStart: ReadonlySet<string>;
  /** SHA-256 of the file, to compare by phone. */
  readonly digest: string;
}

/**
 * Reads a Sigstore trusted root. The stock library reads a missing start as "since forever"
 * (conformance case trust-root-tlog-missing-validity-start); here an authority without a start is never asked.
 */
export function parseTrustedRoot(bytes: Uint8Array): TrustedRoot {
  const root = readTrustedRootDocument(bytes);
  const dated = {
    ...root,
    tlogs: root.tlogs.filter((log) => hasStart(log.publicKey.validFor)),
    ctlogs: root.ctlogs.filter((log) => hasStart(log.publicKey.validFor)),
    certificateAuthorities: root.certificateAuthorities.filter((authority) => hasStart(authority.validFor)),
    timestampAuthorities: root.timestampAuthorities.filter((authority) => hasStart(authority.validFor)),
  };
  const undated = root.tlogs.filter((log) => !hasStart(log.publicKey.validFor));
  return {
    material: decoded(
      () => toTrustMaterial(TrustedRootMessage.fromJSON(dated)),
      'TRUSTED_ROOT_INVALID',
      'a key or certificate of the trusted root',
    ),
    logsWithoutStart: new Set(undated.map((log) => Buffer.from(log.logId.keyId, 'base64').toString('hex'))),
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  };
}

/** Untrusted: the document as it is written, with the authorities that have no start. */
export function readTrustedRootDocument(bytes: Uint8Array): z.infer<typeof Document> {
  const parsed = Document.safeParse(strictJson(bytes));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 8).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw refusal('TRUSTED_ROOT_INVALID', issues.join('; '), parsed.error);
}

function strictJson(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes, { bytes: TRUSTED_ROOT_LIMIT_BYTES });
  } catch (error) {
    throw refusal('TRUSTED_ROOT_INVALID', 'it is not one JSON document', error);
  }
}

function hasStart(window: z.infer<typeof Window>): boolean {
  return typeof window?.start === 'string';
}
