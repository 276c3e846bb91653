import type { Channel } from '#contracts/bundle.ts';
import type { Person } from '#contracts/site.ts';
import type { SiteTrust } from '#contracts/trust.ts';
import type { ChannelPolicy, TrustedIdentity, TrustedKey, VerificationPolicy } from '#contracts/verdict.ts';

/** A key as a person gives it; its id and who trusts it since when are added here. */
export type KeyInput = Pick<TrustedKey, 'name' | 'publicKeyPem' | 'channels'>;
/** An identity as a person gives it. */
export type IdentityInput = Omit<TrustedIdentity, 'addedAt' | 'addedBy'>;

/**
 * The version that a change was decided on. When it is given and another person changed the same meanwhile, nothing is written:
 * TRUST_CHANGED_MEANWHILE.
 */
export interface Expecting {
  readonly expectedVersion?: number | undefined;
}

/** Whose bundles the site accepts, and under which rules. Every change is recorded with the person. */
export interface TrustService {
  trust(): SiteTrust;
  policy(): VerificationPolicy;
  /** Trusts a publisher key for channels; the same key again replaces its name and channels. */
  trustKey(input: KeyInput & Expecting, person: Person): SiteTrust;
  /** Stops trusting a key from now on. Bundles that were accepted under it stay accepted and keep serving. TRUST_KEY_UNKNOWN. */
  removeKey(input: { keyId: string; reason: string } & Expecting, person: Person): SiteTrust;
  /** Trusts a certificate identity; the same name again replaces it. */
  trustIdentity(input: IdentityInput & Expecting, person: Person): SiteTrust;
  /** TRUST_IDENTITY_UNKNOWN. */
  removeIdentity(input: { name: string; reason: string } & Expecting, person: Person): SiteTrust;
  /** Replaces what a channel demands; the policy's version rises. */
  setChannelPolicy(input: { channel: Channel; policy: ChannelPolicy } & Expecting, person: Person): VerificationPolicy;
}
