import { KnownBadList, type KnownBadInForce } from '#contracts/known-bad.ts';
import { AppError, digestHex, type Digest } from '#core/base/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import { matchKnownBad, type Part } from '#core/provenance/index.ts';
import { judgeStored, type StoredJudgement } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import type { BundleDetail, KnownBad } from '#station/bundles/service.ts';
import type { World } from './world.ts';

/** What the stick that is labelled KNOWN-BAD carries: a list as it is inside its envelope. */
const LIST = {
  v: 1,
  version: 4,
  issuedAt: Date.parse('2026-03-01T00:00:00Z'),
  entries: [
    { id: 'CVE-2026-0001', name: 'pytorch', before: '2.9.1', reason: 'Loads hostile archives.', severity: 'refuse' },
    { id: 'CVE-2026-0002', purl: 'pkg:pypi/numpy@1.21.0', reason: 'Out of support.', severity: 'warn' },
  ],
};

/** The files of the stick that is labelled KNOWN-BAD. */
export const KNOWN_BAD_FILES: VolumeReader = new Proxy({} as VolumeReader, {
  get: (_target, name) =>
    name === 'readFile'
      ? () => Promise.resolve(new TextEncoder().encode(JSON.stringify(LIST)))
      : () => Promise.reject(new AppError('NOT_FOUND', 'the interface station has no other files', {})),
});

/** Reads lists without their envelopes: signatures are no part of the interface station. */
export function createKnownBad(world: World): KnownBad {
  let inForce: KnownBadInForce | null = null;
  const signer = { keyId: 'ab'.repeat(32), signer: 'Corporate security' };
  const read = (document: Uint8Array): KnownBadList =>
    KnownBadList.parse(JSON.parse(new TextDecoder().decode(document)));
  return {
    current: () => inForce,
    preview: (document) => {
      const list = read(document);
      const { version, issuedAt, entries } = list;
      const sha256 = digestHex(nodeHasher.sha256(document));
      const before = inForce?.list.version ?? null;
      return { list, preview: { sha256, version, issuedAt, entries: entries.length, ...signer, inForce: before } };
    },
    bring: (document, by) => {
      const list = read(document);
      inForce = { list, keyId: signer.keyId, importedAt: world.clock.now(), importedBy: by.name };
      world.record(by, { stream: 'trust', type: 'trust.known-bad-changed', subject: 'known-bad' });
      return inForce;
    },
    prepare: () => ({ from: 0, to: 0, apply: () => undefined }),
  };
}

const partsOf = ({ components }: BundleDetail): Part[] =>
  components.map((part) => ({ ...part, licences: [...part.licences], hashes: {} }));

/** The parts of the bundle service that ask what is in force today. */
export function createStanding(
  world: World,
  knownBad: KnownBad,
): {
  standingOf(digest: Digest): StoredJudgement;
  namedBy(list: KnownBadList): { digest: Digest; model: string; version: string; refused: boolean }[];
} {
  return {
    standingOf: (digest) => {
      const bundle = world.bundles.get(digest);
      if (bundle === undefined) throw new AppError('NOT_FOUND', `no bundle ${digest}`, { digest });
      const { summary, contract } = bundle;
      return judgeStored({
        digest,
        contract,
        parts: partsOf(bundle),
        layers: [],
        lineContract: world.policy.lineContracts[summary.model] ?? null,
        knownBad: knownBad.current()?.list ?? null,
        devices: 'bundle',
        isSummarised: true,
        reverified: null,
      });
    },
    namedBy: ({ entries }) =>
      [...world.bundles.values()].flatMap((bundle) => {
        const found = matchKnownBad(entries, { parts: partsOf(bundle), layers: [] });
        const { digest, model, version } = bundle.summary;
        return found.length === 0
          ? []
          : [{ digest, model, version, refused: found.some(({ entry }) => entry.severity === 'refuse') }];
      }),
  };
}
