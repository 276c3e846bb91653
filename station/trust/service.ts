import type { Channel, LineContract } from '#contracts/bundle.ts';
import type { DeviceTrust } from '#contracts/device.ts';
import type { Person } from '#contracts/site.ts';
import type {
  ClockView,
  PinnedPrevious,
  RepositoryView,
  RootView,
  SiteTrust,
  TrustException,
  UpdatePreview,
} from '#contracts/trust.ts';
import type { DowngradeApprovals } from '#core/trust/ports.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import type { TrustedRootSummary } from '#core/verification/ports.ts';
import type { StoresAlarm } from './floor-keeper.ts';
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
export interface TrustService extends DowngradeApprovals {
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
  /** Says what the lines give a model; null takes it back. A part of the policy, whose version rises. */
  setLineContract(
    input: { model: string; contract: LineContract | null; reason: string } & Expecting,
    person: Person,
  ): VerificationPolicy;
  /** Replaces what a channel demands; the policy's version rises. */
  setChannelPolicy(input: { channel: Channel; policy: ChannelPolicy } & Expecting, person: Person): VerificationPolicy;
  /**
   * Replaces the Sigstore trusted root by hand, after its SHA-256 was compared. TRUST_ROOT_FINGERPRINT when the text is another one.
   * A trust repository that brings a trusted root replaces it with its next update.
   */
  setTrustedRoot(input: { text: string; sha256: string } & Expecting, person: Person): SiteTrust;
  /** Whom the Sigstore trusted root names; null without a root. */
  trustedRoot(): TrustedRootSummary | null;
  /** The trust repository (TUF) of this site; null while no root is pinned. */
  repository(): RepositoryView | null;
  /** The first root of a medium, for people to compare. */
  readRoot(medium: VolumeReader): Promise<RootView>;
  pinRoot(medium: VolumeReader, fingerprint: string, person: Person): Promise<RepositoryView>;
  /** What an update from this medium would change; every check is made, nothing is written. */
  previewUpdate(medium: VolumeReader): Promise<UpdatePreview>;
  update(medium: VolumeReader, person: Person): Promise<UpdatePreview>;
  exceptions(): TrustException[];
  /** Asks to let an expired timestamp pass once. It needs a second person. */
  requestException(
    input: { timestampDigest: string; expiredAt: number; reason: string },
    person: Person,
  ): TrustException;
  /** Asks to go back to the version that was accepted before the newest, and to no other. It needs a second person. TRUST_DOWNGRADE_NONE. */
  requestDowngrade(input: { model: string; channel: Channel; reason: string }, person: Person): TrustException;
  /** Asks to set the newest signed time back. It needs a second person, and then happens at once. TRUST_TIME_NOT_BACK. */
  requestTimeReset(input: { to: number; reason: string }, person: Person): TrustException;
  /**
   * The second person approves with name and passphrase, and names what they looked at: the digest of the timestamp or of the bundle,
   * or the time. PERSON_NOT_PROVEN, TRUST_EXCEPTION_*.
   */
  approveException(input: { id: string; subject: string; name: string; passphrase: string }): Promise<TrustException>;
  /** The one way back of each model and channel. */
  previousVersions(): PinnedPrevious[];
  /** What devices shall apply: trust, rules and the newest signed time. */
  forDevices(): DeviceTrust;
  /** The clock of this machine, judged by signed times. */
  clock(): ClockView;
  /** The two stores of floors differed at a start, and nobody looked at it yet. */
  storesAlarm(): StoresAlarm | null;
  /** A person looked at it; nothing is recorded while no alarm is open. The floors stay as they are. */
  acknowledgeStores(reason: string, person: Person): void;
}
