import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImageIndex, ImageManifest, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import {
  DeviceEvent,
  DeviceResponse,
  PAYLOAD_TYPES,
  ReportedDocument,
  type DesiredDocument,
  type DeviceRequest,
  type ModelRef,
  type SampleUpload,
  type WatchdogLimits,
} from '#contracts/device.ts';
import type { TrustStore, VerificationPolicy } from '#contracts/verdict.ts';
import type { Digest } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { enrolmentCodeText, readEnrolmentCode } from '#core/fleet/index.ts';
import type { MirrorCatalogue } from '#core/mirror/ports.ts';
import { openDocument, sealDocument } from '#core/signing/index.ts';
import type { BlobStore } from '#core/storage/ports.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { startDevicePort } from '#native/device-port/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { startMqttBroker } from '#native/mqtt-broker/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { enrol } from '#agent/identity/enrol.ts';
import { createSitePki } from './site-pki.ts';
import { aPolicy, aSigningKey, aTrustStore } from './trust.ts';

/** Limits under which a healthy model is confirmed within a second. */
const QUICK_LIMITS: WatchdogLimits = {
  windowSeconds: 0.6,
  maxErrorRate: 0.01,
  maxP99Ms: 5000,
  maxDoubtfulShare: 0.5,
  maxRestarts: 0,
  minRequests: 5,
};

/** A bundle that the mirror of the site shows. */
export interface MirroredBundle {
  readonly ref: (variant?: string) => ModelRef;
  readonly repository: string;
  readonly digest: Digest;
}

interface Shelf {
  readonly tags: Map<string, Digest>;
  readonly manifests: Map<Digest, Descriptor>;
  readonly blobs: Map<Digest, number>;
  readonly referrers: Map<Digest, Descriptor[]>;
}

/** What differs from a site that relies on bundles and has a mirror of its own. */
export interface AgentSiteOptions {
  readonly siteKey?: SigningKey;
  /** What devices pin when they enrol. */
  readonly policy?: () => VerificationPolicy;
  readonly trust?: () => TrustStore;
  /** The mirror of a station, in the place of `mirror()`. */
  readonly mirror?: { readonly catalogue: MirrorCatalogue; readonly blobs: BlobStore };
}

/**
 * The station as a gateway sees it: a real certificate authority, HTTPS port, mirror and broker; only the use cases behind them are short.
 * It keeps everything that devices said, after checking their signatures.
 */
export async function createAgentSite(options: AgentSiteOptions = {}) {
  const pki = await createSitePki();
  const plantKey = aSigningKey();
  const siteKey = options.siteKey ?? aSigningKey();
  const ids = randomIds(systemClock);
  const root = await mkdtemp(join(tmpdir(), 'gantry-agent-site-'));
  const store = await folderBlobStore(join(root, 'store'));
  const shelves = new Map<string, Shelf>();
  const keys = new Map<string, string>();
  const heard = {
    events: [] as DeviceEvent[],
    reported: [] as ReportedDocument[],
    responses: [] as DeviceResponse[],
    samples: [] as SampleUpload[],
    metrics: [] as { contentType: string; body: Uint8Array }[],
    online: [] as boolean[],
  };
  const faults = { samplesFail: false, metricsFail: false };
  const codes = new Set<string>();
  const gate = { admits: () => true, refused: () => undefined };
  const network = { host: '127.0.0.1', credentials: pki.server, site: pki.site, gate, clock: systemClock };
  let generation = 0;
  let enrolled = 0;

  const broker = await startMqttBroker({ ...network, port: 0 });
  broker.bus.onMessage((message) => {
    if (message.leaf === 'online') {
      heard.online.push(message.online);
      return;
    }
    const open = { publicKeyPem: keys.get(message.device) ?? '', verifier: nodeSignatureVerifier };
    if (message.leaf === 'event')
      heard.events.push(
        openDocument(message.envelope, { ...open, payloadType: PAYLOAD_TYPES.event, schema: DeviceEvent }),
      );
    else if (message.leaf === 'reported')
      heard.reported.push(
        openDocument(message.envelope, { ...open, payloadType: PAYLOAD_TYPES.reported, schema: ReportedDocument }),
      );
    else
      heard.responses.push(
        openDocument(message.envelope, { ...open, payloadType: PAYLOAD_TYPES.response, schema: DeviceResponse }),
      );
  });

  const port = await startDevicePort({
    ...network,
    port: 0,
    catalogue: options.mirror?.catalogue ?? catalogueOf(shelves),
    blobs: options.mirror?.blobs ?? store,
    enrol: async (request) => {
      const { secret } = readEnrolmentCode(request.code);
      if (!codes.delete(secret)) throw new Error('unknown code');
      enrolled += 1;
      const device = `gw-${String(enrolled)}`;
      const issued = await pki.ca.signDevice({ csrPem: request.csrPem, site: pki.site, device });
      keys.set(device, issued.publicKeyPem);
      return {
        v: 1,
        site: pki.site,
        siteName: 'Plant North',
        device,
        certificatePem: issued.certificatePem,
        caPem: pki.ca.certificatePem,
        siteKeyPem: siteKey.publicKeyPem,
        mqttUrl: `mqtts://127.0.0.1:${String(broker.port)}`,
        deviceUrl: `https://127.0.0.1:${String(port.port)}`,
        trust: options.trust?.() ?? aTrustStore(plantKey),
        policy: options.policy?.() ?? aPolicy(),
        lineContract: null,
      };
    },
    receiveMetrics: (_device, contentType, body) => {
      if (faults.metricsFail) return Promise.reject(new Error('no room'));
      heard.metrics.push({ contentType, body });
      return Promise.resolve();
    },
    receiveSample: (upload) => {
      if (faults.samplesFail) return Promise.reject(new Error('no room'));
      heard.samples.push(upload);
      return Promise.resolve();
    },
  });
  const url = `https://127.0.0.1:${String(port.port)}`;

  const newCode = (): string => {
    const text = enrolmentCodeText(ids.random(10), pki.ca.fingerprint);
    codes.add(readEnrolmentCode(text).secret);
    return text;
  };
  return {
    url,
    pki,
    plantKey,
    siteKey,
    store,
    heard,
    faults,
    newCode,
    broker,
    /** A fresh folder with an enrolled agent in it. */
    async enrolAgent() {
      const directory = join(root, `agent-${ids.next()}`);
      const identity = await enrol({ stationUrl: url, code: newCode(), directory });
      return { directory, identity };
    },
    /** Shows a layout in the mirror. */
    async mirror(layoutDir: string): Promise<MirroredBundle> {
      const layout = await openLayout(layoutDir);
      const listed = layout.bundles()[0];
      if (listed === undefined) throw new Error('the layout lists no bundle');
      const referrers = layout.referrersOf(listed.digest);
      for (const name of await readdir(join(layoutDir, 'blobs', 'sha256'))) {
        const digest: Digest = `sha256:${name}`;
        if (!(await store.has(digest))) await store.put(digest, layout.stream(digest)).catch(() => undefined);
      }
      const shelf = shelves.get(listed.model) ?? {
        tags: new Map(),
        manifests: new Map(),
        blobs: new Map(),
        referrers: new Map(),
      };
      shelves.set(listed.model, shelf);
      await shelve(store, shelf, { digest: listed.digest, referrers, version: listed.version });
      const variants = await variantsOf(store, listed.digest);
      return {
        digest: listed.digest,
        repository: listed.model,
        ref: (variant = 'cpu-fp32') => ({
          repository: listed.model,
          version: listed.version,
          bundleDigest: listed.digest,
          variantDigest: variants.get(variant) ?? `sha256:${'0'.repeat(64)}`,
        }),
      };
    },
    /** Publishes the next desired document of a device. */
    async desire(device: string, change: Partial<DesiredDocument> & Pick<DesiredDocument, 'model'>) {
      generation += 1;
      const now = Date.now();
      const document: DesiredDocument = {
        v: 1,
        site: pki.site,
        device,
        generation,
        issuedAt: now,
        expiresAt: now + 86_400_000,
        phase: 'activate',
        rolloutId: `rollout-${String(generation)}`,
        ticket: 'CHG-1',
        watchdog: QUICK_LIMITS,
        mirror: { url },
        ...change,
      };
      await broker.bus.publishDesired(device, await sealDocument(PAYLOAD_TYPES.desired, document, siteKey));
      return document;
    },
    async ask(device: string, request: DeviceRequest['request']) {
      const now = Date.now();
      const document: DeviceRequest = {
        v: 1,
        id: ids.next(),
        device,
        issuedAt: now,
        expiresAt: now + 600_000,
        request,
      };
      await broker.bus.publishRequest(device, await sealDocument(PAYLOAD_TYPES.request, document, siteKey));
      return document.id;
    },
    lastReport: (device: string) => heard.reported.filter((report) => report.device === device).at(-1),
    /** A folder of this site's own, removed with it. */
    async folder(name: string) {
      const dir = join(root, name);
      await mkdir(dir, { recursive: true });
      return dir;
    },
    async close() {
      await port.close();
      await broker.close();
      await pki.remove();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export type AgentSite = Awaited<ReturnType<typeof createAgentSite>>;

/** Waits until `look` gives something; fails with what was waited for. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  limitMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited ${String(limitMs)} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function shelve(
  store: BlobStore,
  shelf: Shelf,
  bundle: { digest: Digest; referrers: readonly Digest[]; version: string },
): Promise<void> {
  shelf.tags.set(bundle.version, bundle.digest);
  const subjects: Descriptor[] = [];
  const walk = async (digest: Digest): Promise<Descriptor> => {
    const bytes = await store.read(digest, 4_000_000);
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const index = ImageIndex.safeParse(json);
    const mediaType = index.success ? MEDIA_TYPES.ociIndex : MEDIA_TYPES.ociManifest;
    const descriptor: Descriptor = { mediaType, digest, size: bytes.length };
    shelf.manifests.set(digest, descriptor);
    if (index.success) for (const child of index.data.manifests) await walk(child.digest);
    else {
      const manifest = ImageManifest.parse(json);
      for (const layer of [manifest.config, ...manifest.layers])
        shelf.blobs.set(layer.digest, (await store.size(layer.digest)) ?? layer.size);
      return { ...descriptor, ...(manifest.artifactType === undefined ? {} : { artifactType: manifest.artifactType }) };
    }
    return descriptor;
  };
  await walk(bundle.digest);
  for (const referrer of bundle.referrers) subjects.push(await walk(referrer));
  shelf.referrers.set(bundle.digest, subjects);
}

function catalogueOf(shelves: ReadonlyMap<string, Shelf>): MirrorCatalogue {
  return {
    repositories: () => Promise.resolve([...shelves.keys()].sort()),
    tags: (repository) =>
      Promise.resolve(
        shelves.get(repository) === undefined ? undefined : [...(shelves.get(repository)?.tags.keys() ?? [])].sort(),
      ),
    resolve(repository, reference) {
      const shelf = shelves.get(repository);
      const digest = 'tag' in reference ? shelf?.tags.get(reference.tag) : reference.digest;
      const entry = digest === undefined ? undefined : shelf?.manifests.get(digest);
      return Promise.resolve(
        entry === undefined ? undefined : { digest: entry.digest, mediaType: entry.mediaType, sizeBytes: entry.size },
      );
    },
    blob: (repository, digest) => Promise.resolve(shelves.get(repository)?.blobs.get(digest)),
    referrers: (repository, subject) =>
      Promise.resolve(
        shelves.get(repository) === undefined ? undefined : (shelves.get(repository)?.referrers.get(subject) ?? []),
      ),
  };
}

/** Manifest digest of each variant, by its id. */
async function variantsOf(store: BlobStore, bundle: Digest): Promise<Map<string, Digest>> {
  const index = ImageIndex.parse(JSON.parse(await readText(store, bundle)));
  return new Map(
    index.manifests.flatMap((descriptor) => {
      const id = descriptor.annotations?.['io.gantry.variant'];
      return id === undefined ? [] : [[id, descriptor.digest] as const];
    }),
  );
}

async function readText(store: BlobStore, digest: Digest): Promise<string> {
  return readFile(store.pathOf(digest), 'utf8');
}
