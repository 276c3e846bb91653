import type { SiteTrust } from '#contracts/trust.ts';
import type { TrustedIdentity, TrustedKey } from '#contracts/verdict.ts';
import { AppError, type Json } from '#core/base/index.ts';

/** A change of what is trusted: the trust after it, and what the record tells about it. */
export interface TrustChange {
  readonly type: string;
  readonly subject: string;
  readonly payload: Readonly<Record<string, Json | undefined>>;
  readonly after: SiteTrust;
}

/** The same key again replaces its name and channels. */
export function addKey(before: SiteTrust, key: TrustedKey): TrustChange {
  const keys = [...before.keys.filter((known) => known.keyId !== key.keyId), key];
  return {
    type: 'trust.key-added',
    subject: key.keyId,
    payload: { name: key.name, channels: [...key.channels] },
    after: next(before, { keys }),
  };
}

/** What was accepted under the key stays accepted; from now on it signs for nobody. TRUST_KEY_UNKNOWN. */
export function removeKey(before: SiteTrust, keyId: string, reason: string): TrustChange {
  const known = before.keys.find((key) => key.keyId === keyId);
  if (known === undefined) throw new AppError('TRUST_KEY_UNKNOWN', `no key ${keyId} is trusted here`, { keyId });
  return {
    type: 'trust.key-removed',
    subject: keyId,
    payload: { name: known.name, channels: [...known.channels], reason },
    after: next(before, { keys: before.keys.filter((key) => key !== known) }),
  };
}

/** The same name again replaces the identity. */
export function addIdentity(before: SiteTrust, identity: TrustedIdentity): TrustChange {
  const { name, issuer, subject, extensions, channels } = identity;
  const identities = [...before.identities.filter((known) => known.name !== name), identity];
  return {
    type: 'trust.identity-added',
    subject: name,
    payload: { issuer, subject, extensions: { ...extensions }, channels: [...channels] },
    after: next(before, { identities }),
  };
}

/** TRUST_IDENTITY_UNKNOWN. */
export function removeIdentity(before: SiteTrust, name: string, reason: string): TrustChange {
  const known = before.identities.find((identity) => identity.name === name);
  if (known === undefined)
    throw new AppError('TRUST_IDENTITY_UNKNOWN', `no identity "${name}" is trusted here`, { name });
  return {
    type: 'trust.identity-removed',
    subject: name,
    payload: { issuer: known.issuer, subject: known.subject, channels: [...known.channels], reason },
    after: next(before, { identities: before.identities.filter((identity) => identity !== known) }),
  };
}

/** TRUST_CHANGED_MEANWHILE when a change was decided on another version than the one in force. */
export function assertDecidedOn(what: 'trust' | 'policy', version: number, expected: number | undefined): void {
  if (expected === undefined || expected === version) return;
  throw new AppError(
    'TRUST_CHANGED_MEANWHILE',
    `the change was decided on ${what} version ${String(expected)}, version ${String(version)} is in force`,
    { what, expected, version },
  );
}

function next(before: SiteTrust, part: Partial<Pick<SiteTrust, 'keys' | 'identities'>>): SiteTrust {
  return { ...before, ...part, version: before.version + 1 };
}
