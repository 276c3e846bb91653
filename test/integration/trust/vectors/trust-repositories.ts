import type { ErrorCode } from '#contracts/errors/index.ts';
import { createKeyPair } from '#native/keys/index.ts';
import { simKey, TufSimulator } from '#test/support/tuf-simulator.ts';
import { asMedium, EVA, trustRig, type OpenRig } from '../trust-rig.ts';
import { codesOf, type Vector, type VectorSuite } from './vector.ts';

const plantKey = createKeyPair('ecdsa-p256');

interface Change {
  readonly edit?: (sim: TufSimulator, now: number) => void;
  /** Brings another repository instead. */
  readonly instead?: (now: number) => TufSimulator;
  readonly isPinned?: false;
  readonly fingerprint?: string;
}

function bring(sim: TufSimulator): void {
  const keys = [{ name: 'vision team', publicKeyPem: plantKey.publicKeyPem, channels: ['production'] }];
  sim.addTarget('plant-keys.json', Buffer.from(JSON.stringify({ v: 1, keys, identities: [] })));
  sim.publish();
}

async function pin(site: OpenRig, sim: TufSimulator, fingerprint?: string): Promise<void> {
  const medium = asMedium(sim);
  await site.trust.pinRoot(medium, fingerprint ?? (await site.trust.readRoot(medium)).fingerprint, EVA);
}

/** The whole update of a site that has taken one update before. */
async function judge({ edit, instead, isPinned, fingerprint }: Change = {}): Promise<readonly string[]> {
  const rig = await trustRig();
  const site = await rig.open();
  try {
    const sim = new TufSimulator(rig.clock.at);
    return await codesOf(async () => {
      if (isPinned !== false) await pin(site, sim, fingerprint);
      bring(sim);
      if (isPinned !== false) await site.trust.update(asMedium(sim), EVA);
      sim.publish();
      edit?.(sim, rig.clock.at);
      await site.trust.update(asMedium(instead?.(rig.clock.at) ?? sim), EVA);
    });
  } finally {
    site.close();
    await rig.remove();
  }
}

const vector = (what: string, code: ErrorCode, change: Change): Vector => ({ what, code, judge: () => judge(change) });

/** A trust repository on a stick, taken by a site whose clock and floors stand. */
export const trustRepositories: VectorSuite = {
  name: 'a trust repository on a stick',
  judge,
  vectors: [
    vector('nobody pinned a root', 'TRUST_ROOT_MISSING', { isPinned: false }),
    vector('the fingerprint of the root is another', 'TRUST_ROOT_FINGERPRINT', { fingerprint: '0'.repeat(64) }),
    vector('it is another repository', 'TUF_ROOT_FORKED', { instead: (now) => new TufSimulator(now) }),
    vector('the next root is missing', 'TUF_ROOT_LINK_MISSING', {
      edit: (sim) => {
        sim.rotate('root');
        sim.rotate('root');
        sim.files.delete('2.root.json');
      },
    }),
    vector('the next root lacks signatures of the last one', 'TUF_SIGNATURES_MISSING', {
      edit: (sim) => {
        sim.roles.root.keys = [simKey()];
        sim.publishRoot();
      },
    }),
    vector('it is older than what was taken', 'TUF_ROLLED_BACK', {
      edit: (sim) => {
        sim.versions.timestamp = 0;
        sim.publishTimestamp();
      },
    }),
    vector('a document has another version than announced', 'TUF_VERSION_MISMATCH', {
      edit: (sim) => {
        const name = `${String(sim.versions.targets)}.targets.json`;
        const before = sim.files.get(`${String(sim.versions.targets - 1)}.targets.json`);
        if (before !== undefined) sim.files.set(name, before);
      },
    }),
    vector('a document is missing', 'TUF_FILE_MISSING', {
      edit: (sim) => void sim.files.delete(`${String(sim.versions.snapshot)}.snapshot.json`),
    }),
    vector('a target has other bytes', 'TUF_CONTENT_MISMATCH', {
      edit: (sim) => {
        for (const [name, bytes] of sim.targetFiles) sim.targetFiles.set(name, Buffer.alloc(bytes.length));
      },
    }),
    vector('its keys are no keys', 'TUF_METADATA_INVALID', {
      edit: (sim) => {
        sim.addTarget('plant-keys.json', Buffer.from('{"v":1}'));
        sim.publish();
      },
    }),
    vector('it has expired', 'TUF_EXPIRED', {
      edit: (sim, now) => {
        sim.expires['timestamp'] = now - 1;
        sim.publish();
      },
    }),
  ],
};
