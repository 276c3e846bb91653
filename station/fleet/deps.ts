import type { LineContract } from '#contracts/bundle.ts';
import type { DeviceTrust } from '#contracts/device.ts';
import type { TrustStore, VerificationPolicy } from '#contracts/verdict.ts';
import type { Actor } from '#contracts/primitives.ts';
import type { Clock, IdSource } from '#core/base/index.ts';
import type { DeviceBus } from '#core/device/ports.ts';
import type { CertificateAuthority } from '#core/fleet/ports.ts';
import type { ContentCipher, SignatureVerifier, SigningKey } from '#core/keys/ports.ts';
import type { Hasher, StationStore } from '#core/storage/ports.ts';

/** What the fleet service is made of. */
export interface FleetDeps {
  readonly site: { readonly id: string; readonly name: string };
  readonly store: StationStore;
  readonly bus: DeviceBus;
  readonly ca: CertificateAuthority;
  /** Signs desired documents and requests; devices pin its public half. */
  readonly siteKey: SigningKey;
  readonly verifier: SignatureVerifier;
  /** Wraps content keys for devices; without it devices are enrolled as before there were any. */
  readonly cipher?: Pick<ContentCipher, 'seal'>;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Addresses that devices reach this station under. */
  readonly endpoints: () => { readonly mqttUrl: string; readonly deviceUrl: string };
  readonly trust: () => TrustStore;
  readonly policy: () => VerificationPolicy;
  /** What devices shall apply from their next verification on; asked anew for every document. */
  readonly deviceTrust?: () => DeviceTrust;
  /** What a line feeds its devices with; null while nobody said. */
  readonly lineContract: (line: string) => LineContract | null;
  /** Publishes the revocation list for engines of other makers. */
  readonly publishRevocations: (pem: string) => Promise<void>;
  /** Failures that nobody waits for: a listener, a publication that start() repeats. */
  readonly onError: (error: unknown, what: string) => void;
}

/** The station as the author of an event. */
export function stationActor({ site }: Pick<FleetDeps, 'site'>): Actor {
  return { kind: 'station', id: site.id, name: site.name.slice(0, 128) };
}

export function deviceActor(device: { id: string; name: string }): Actor {
  return { kind: 'device', id: device.id, name: device.name };
}
