import type { DeviceTrust } from '#contracts/device.ts';
import type { TrustStore, VerificationPolicy } from '#contracts/verdict.ts';
import { AppError, isAppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { DeviceBus } from '#core/device/ports.ts';
import type { DeviceGate } from '#core/fleet/ports.ts';
import type { ContentCipher, KeyVault } from '#core/keys/ports.ts';
import type { MirrorCatalogue } from '#core/mirror/ports.ts';
import type { BlobStore, StationStore } from '#core/storage/ports.ts';
import { startDevicePort, type DevicePortOptions } from '#native/device-port/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { startMqttBroker } from '#native/mqtt-broker/index.ts';
import { ensureServerCredentials, openOrCreateSiteCa, writeRevocationList } from '#native/pki/index.ts';
import type { SiteFolder } from '#native/site-folder/index.ts';
import { createFleetService, type Fleet } from '#station/fleet/create-fleet.ts';
import { settleNetwork, type NetworkWish } from './site-network.ts';

export interface DeviceParts {
  readonly site: SiteFolder;
  readonly store: StationStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly vault: KeyVault;
  readonly cipher: ContentCipher;
  readonly blobs: BlobStore;
  readonly mirror: MirrorCatalogue;
  readonly trust: () => TrustStore;
  readonly policy: () => VerificationPolicy;
  readonly deviceTrust: () => DeviceTrust;
  readonly onError: (error: unknown, what: string) => void;
}

/** Everything that gateways reach: the broker, the HTTPS port, and the fleet behind them. */
export interface DeviceSide {
  readonly fleet: Fleet;
  urls(): { mqttUrl: string; deviceUrl: string };
  /** Opens the HTTPS port; called when everything that it feeds is made. */
  listen(receivers: Pick<DevicePortOptions, 'receiveMetrics' | 'receiveSample'>): Promise<void>;
  close(): Promise<void>;
}

/** Wires CA, broker, fleet and device port of a site. The broker asks the fleet who may connect, the fleet speaks through the broker. */
export async function composeDevices(wish: NetworkWish, parts: DeviceParts): Promise<DeviceSide> {
  const { site, clock, onError } = parts;
  const { config, paths } = site;
  const network = await settleNetwork(paths, wish);
  const pki = { dir: paths.keys, passphrase: site.passphrase, clock };
  const ca = await openOrCreateSiteCa(pki, config);
  const credentials = await ensureServerCredentials(pki, ca, [network.host]);
  const siteKey = await parts.vault.open('site');
  const urls = () => ({
    mqttUrl: `mqtts://${network.host}:${String(network.mqttPort)}`,
    deviceUrl: `https://${network.host}:${String(network.devicePort)}`,
  });

  let fleet: Fleet | null = null;
  // Nobody is admitted before the fleet is there to ask.
  const gate: DeviceGate = {
    admits: (identity) => fleet?.gate.admits(identity) ?? false,
    refused: (refusal) => fleet?.gate.refused(refusal),
  };
  const listening = { host: network.host, credentials, site: config.id, gate, clock };
  const broker =
    wish.devices === 'closed'
      ? CLOSED_BROKER
      : await named('MQTT', network.mqttPort, () =>
          startMqttBroker({
            ...listening,
            port: network.mqttPort,
            onError: (device, error) => {
              onError(error, `connection of ${device ?? 'an unknown machine'}`);
            },
          }),
        );
  fleet = createFleetService({
    site: config,
    store: parts.store,
    bus: broker.bus,
    ca,
    siteKey,
    verifier: nodeSignatureVerifier,
    cipher: parts.cipher,
    hasher: nodeHasher,
    clock,
    ids: parts.ids,
    endpoints: urls,
    trust: parts.trust,
    policy: parts.policy,
    deviceTrust: parts.deviceTrust,
    // A line's own contract is entered with its inputs, which this release does not have yet; devices then take the bundle's.
    lineContract: () => null,
    publishRevocations: (pem) => writeRevocationList(pki, pem),
    onError,
  });
  const started = fleet;
  let port: { close(): Promise<void> } | null = null;
  return {
    fleet: started,
    urls,
    listen: async (receivers) => {
      if (wish.devices === 'closed') return;
      port = await named('HTTPS', network.devicePort, () =>
        startDevicePort({
          ...listening,
          ...receivers,
          port: network.devicePort,
          catalogue: parts.mirror,
          blobs: parts.blobs,
          enrol: (request) => started.enrol(request),
          onError: (error, path) => {
            onError(error, `device request ${path}`);
          },
        }),
      );
      started.start();
    },
    close: async () => {
      await port?.close();
      await started.stop();
      await broker.close();
    },
  };
}

/**
 * The broker of a station that lets no device in. What is wanted of devices is durable and published by the next station that
 * listens; a question finds nobody to answer.
 */
const CLOSED_BROKER: { bus: DeviceBus; close(): Promise<void> } = {
  bus: {
    publishDesired: () => Promise.resolve(),
    publishRequest: (device) =>
      Promise.reject(
        new AppError('DEVICE_UNREACHABLE', `${device} cannot be asked: this station lets no device in`, { device }),
      ),
    onMessage: () => () => undefined,
    disconnect: () => undefined,
  },
  close: () => Promise.resolve(),
};

/** A taken port is an error that names it: moving it would strand every device that pinned the address. */
async function named<T>(what: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError(
      'LISTEN_FAILED',
      `the ${what} port ${String(port)} for devices cannot be opened`,
      { port },
      { cause },
    );
  }
}
