import type { Channel, LineContract } from '#contracts/bundle.ts';
import type { DowngradeApprovals } from '#core/trust/ports.ts';
import type { KnownBadList } from '#contracts/known-bad.ts';
import type { SiteTrust } from '#contracts/trust.ts';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import { archiveOpener, archivesOn, withArchives } from '#native/archives/index.ts';
import { layoutInspector, withContainedVolumes, type IndexTrust } from '#core/media/index.ts';
import type { MirrorCatalogue } from '#core/mirror/ports.ts';
import { zstdDeltaCodec } from '#native/delta/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import {
  inboxVolumeSource,
  nodeFolderOpener,
  nodeMediaAccess,
  removableVolumes,
  volumeEjector,
} from '#native/media/index.ts';
import { foldersOn, modelFolderOpener, withModelFolders } from '#native/model-folders/index.ts';
import { renderReport } from '#native/pdf/index.ts';
import { cycloneDxSchema } from '#native/sbom/index.ts';
import { signStatement, sigstoreAttestations } from '#native/sigstore/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import { createBundleService, type StationBundles } from '#station/bundles/create-bundle-service.ts';
import { storedStanding } from '#station/bundles/stored-standing.ts';
import { verifyStored } from '#station/bundles/verify-stored.ts';
import { createSummaryWriter, type SummaryWriter } from '#station/bundles/write-summaries.ts';
import type { BundleService, KnownBad } from '#station/bundles/service.ts';
import { createImportService, type RunningImports } from '#station/imports/create-import-service.ts';
import { createImportVerification, type ImportVerificationDeps } from '#station/imports/verify-for-import.ts';
import { createMediaService } from '#station/media/create-media-service.ts';
import type { MediaService } from '#station/media/service.ts';
import { createMirrorCatalogue } from '#station/mirror/create-mirror-catalogue.ts';
import { createSticksService } from '#station/sticks/create-sticks-service.ts';
import type { SticksService } from '#station/sticks/service.ts';
import type { BundleFloors } from '#station/trust/bundle-floors.ts';
import type { SiteParts } from './site-parts.ts';

/** How content comes in and goes out to devices: media, imports, accepted bundles, the mirror. */
export interface ContentSide {
  readonly media: MediaService;
  readonly sticks: SticksService;
  readonly bundles: BundleService;
  readonly imports: RunningImports;
  readonly summaries: SummaryWriter;
  readonly mirror: MirrorCatalogue;
}

/** Whom the site trusts, its rules, and below what it never goes again. */
interface ContentRules {
  readonly trust: () => SiteTrust;
  readonly policy: () => VerificationPolicy;
  readonly floors: BundleFloors;
  readonly downgrades: DowngradeApprovals;
  readonly knownBad: KnownBad;
}

/** Media of every kind, also archives, layouts and model folders that lie on them. */
function composeMedia(
  { store, hasher, clock, site, scanner, onError }: SiteParts,
  indexTrust: () => IndexTrust,
): MediaService {
  const access = withModelFolders(withArchives(nodeMediaAccess), { parseYaml, scanner });
  return createMediaService({
    store,
    hasher,
    clock,
    sources: [inboxVolumeSource(site.paths.inbox, 'inbox'), ...removableVolumes(process.platform)].map((source) =>
      withContainedVolumes(source, access, [archivesOn, foldersOn]),
    ),
    opener: modelFolderOpener(archiveOpener(nodeFolderOpener)),
    access,
    inspectLayout: layoutInspector(nodeHasher),
    indexTrust,
    onSourceFailure: (error) => {
      onError(error, 'look at media');
    },
  });
}

/** Summaries are written from what is stored: a floor or a line that rose since says nothing against what a site went on with. */
function composeSummaries(
  { store, blobs, hasher, clock, site, vault, onError }: SiteParts,
  rules: Pick<ContentRules, 'policy' | 'trust'>,
  { register, verification }: { register: StationBundles['register']; verification: ImportVerificationDeps },
): SummaryWriter {
  return createSummaryWriter({
    store,
    blobs,
    hasher,
    register,
    clock,
    policy: rules.policy,
    trust: rules.trust,
    verifyStored: verifyStored({
      ...rules,
      reader: blobs,
      verify: createImportVerification({
        ...verification,
        sequenceFloor: () => null,
        lineContract: () => Promise.resolve(null),
      }),
    }),
    site: site.config,
    sign: async (statement) => signStatement(statement, await vault.open('site')),
    onError: (error) => {
      onError(error, 'write a verification summary');
    },
  });
}

/** Wires media, imports, bundles and mirror of a site. */
export function composeContent(parts: SiteParts, { floors, ...rules }: ContentRules): ContentSide {
  const { store, blobs, jobs, clock, ids, hasher, onError } = parts;
  const indexTrust = (): IndexTrust => ({ keys: rules.trust().keys, verifier: nodeSignatureVerifier });
  const media = composeMedia(parts, indexTrust);
  const knownBad = (): KnownBadList | null => rules.knownBad.current()?.list ?? null;
  const standingOf = storedStanding({ ...rules, knownBad });
  const { service: bundles, register } = createBundleService({ store, blobs, standingOf });
  const floorOf = (model: string, channel: Channel): number | null => {
    const known = [register.sequenceFloor(model, channel), floors.sequence(model, channel)].filter(
      (one) => one !== null,
    );
    return known.length === 0 ? null : Math.max(...known);
  };
  const verification: ImportVerificationDeps = {
    ...rules,
    sequenceFloor: floorOf,
    timeFloor: () => floors.time(),
    mayGoBack: (bundle) => rules.downgrades.approvedDowngrade(bundle) !== null,
    lineContract: (model) => contractInUse(bundles, model),
    attestations: sigstoreAttestations,
    partsSchema: cycloneDxSchema,
    knownBad,
    scanner: parts.scanner,
    parseYaml,
    hasher,
    clock,
  };
  const verify = createImportVerification(verification);
  const onWatchFailure = (error: unknown): void => {
    onError(error, 'watch for media');
  };
  const imports = createImportService({
    store,
    blobs,
    jobs,
    clock,
    ids,
    hasher,
    renderReport,
    blockHasher: parts.hashThreads,
    deltaCodec: zstdDeltaCodec,
    openSealed: (file) => parts.cipher.openAt(file),
    media,
    bundles: { ...register, sequenceFloor: floorOf },
    verify,
    onWatchFailure,
    policyVersion: () => rules.policy().version,
    downgrades: rules.downgrades,
    acceptUnderFloors: (facts, decide) => floors.acceptUnder(facts, decide),
  });
  const sticks = createSticksService({
    store,
    jobs,
    media,
    hasher,
    clock,
    indexTrust,
    ejector: volumeEjector(process.platform),
  });
  const summaries = composeSummaries(parts, rules, { register, verification });
  return {
    media,
    sticks,
    bundles,
    imports,
    summaries,
    mirror: createMirrorCatalogue({ bundles, blobs, clock }),
  };
}

/** The lines feed what the newest accepted bundle of the model asks for; a later bundle must take the same inputs. */
async function contractInUse(bundles: BundleService, model: string): Promise<LineContract | null> {
  const ofModel = bundles.list().filter((bundle) => bundle.model === model);
  const newest = ofModel.sort((a, b) => b.sequence - a.sequence)[0];
  return newest === undefined ? null : bundles.contractOf(newest.digest);
}
