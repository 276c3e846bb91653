import { z } from 'zod';
import { Id } from '#contracts/primitives.ts';
import { Person, type SiteConfig, type SiteOverview } from '#contracts/site.ts';
import { TrustStore, VerificationPolicy } from '#contracts/verdict.ts';
import { AppError, type Clock } from '#core/base/index.ts';
import { lineTiles } from '#core/fleet/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { SignatureVerifier } from '#core/keys/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import type { StationServices } from '#station/rpc/services.ts';
import type { DemoRunner } from './demo-runner.ts';
import { openAlarms } from './alarms.ts';
import { followChanges } from './changes.ts';
import type { SiteService } from './service.ts';

export interface SiteDeps {
  readonly config: SiteConfig;
  readonly store: StationStore;
  readonly jobs: JobRunner;
  readonly clock: Clock;
  readonly verifier: SignatureVerifier;
  readonly demo: DemoRunner | null;
  /** The other services; asked when the overview is, so that none needs another while it is made. */
  readonly services: () => Pick<StationServices, 'fleet' | 'bundles' | 'imports' | 'rollouts' | 'review'>;
}

const TRUST_KEY = 'trust';
const POLICY_KEY = 'policy';
const DEMO_KIND = 'demo';

const DemoPayload = z.object({ person: Person });

/** The strictest policy that a new site starts with: a key signature, provenance and parts list, no log or timestamp needed offline. */
export const INITIAL_POLICY: VerificationPolicy = VerificationPolicy.parse({ v: 1, version: 1, channels: { staging: {}, production: {} } });

/** Site-wide facts: overview, trust, policy, demonstration. */
export function createSiteService(deps: SiteDeps): SiteService {
  const trustDocuments = deps.store.documents('trust', TrustStore);
  const policyDocuments = deps.store.documents('policy', VerificationPolicy);
  const demoSubject = Id.parse('demo');
  const { demo } = deps;
  if (demo !== null) {
    deps.jobs.register({
      kind: DEMO_KIND,
      payload: DemoPayload,
      title: () => 'demonstration',
      run: async ({ person }, context) => {
        await demo.run(person, context);
        return { status: 'done' };
      },
    });
  }

  const trust = (): TrustStore => trustDocuments.get(TRUST_KEY) ?? { keys: [] };

  const policy = (): VerificationPolicy => policyDocuments.get(POLICY_KEY) ?? INITIAL_POLICY;

  return {
    name: () => deps.config.name,
    trust,
    policy,
    setChannelPolicy: (input, person) => {
      const before = policy();
      const next = VerificationPolicy.parse({ ...before, version: before.version + 1, channels: { ...before.channels, [input.channel]: input.policy } });
      deps.store.transaction(() => {
        deps.store.events.append({
          actor: { kind: 'person', id: person.id, name: person.name },
          stream: 'trust', type: 'trust.policy-changed', subject: input.channel,
          payload: { version: next.version, before: JSON.stringify(before.channels[input.channel]), after: JSON.stringify(next.channels[input.channel]) },
        });
        policyDocuments.put(POLICY_KEY, next);
      });
      return next;
    },
    trustKey: (input, person) => {
      const keyId = deps.verifier.keyIdOf(input.publicKeyPem);
      const key = { ...input, keyId, addedAt: deps.clock.now(), addedBy: person.name };
      deps.store.transaction(() => {
        deps.store.events.append({
          actor: { kind: 'person', id: person.id, name: person.name },
          stream: 'trust', type: 'trust.key-added', subject: keyId, payload: { name: input.name, channels: [...input.channels] },
        });
        trustDocuments.put(TRUST_KEY, { keys: [...trust().keys.filter((known) => known.keyId !== keyId), key] });
      });
    },
    startDemo: (person) => {
      if (demoState() !== 'offered') throw new AppError('CONFLICT', 'the demonstration needs an empty site', { state: demoState() });
      return { jobId: deps.jobs.enqueue({ kind: DEMO_KIND, payload: { person }, subject: demoSubject, exclusiveKey: DEMO_KIND }) };
    },
    changes: (afterSeq, signal) => followChanges(deps.store.events, afterSeq, signal),
    overview: () => Promise.resolve(overview()),
  };

  function isEmpty(): boolean {
    const { fleet, bundles, imports } = deps.services();
    return fleet.list().length === 0 && bundles.list().length === 0 && imports.list().length === 0;
  }

  function demoState(): SiteOverview['demo'] {
    if (demo === null) return 'unavailable';
    const runs = deps.jobs.list().filter((job) => job.kind === DEMO_KIND);
    if (runs.some((job) => ['queued', 'running', 'blocked'].includes(job.state))) return 'running';
    if (runs.some((job) => job.state === 'done')) return 'done';
    return isEmpty() ? 'offered' : 'unavailable';
  }

  function overview(): SiteOverview {
    const { fleet, bundles, imports, rollouts, review } = deps.services();
    const devices = fleet.list();
    const openImports = imports.list().filter((entry) => ['planned', 'copying', 'waiting-for-media', 'verifying', 'awaiting-decision'].includes(entry.state));
    const openRollouts = rollouts.list().filter((entry) => ['running', 'paused', 'held'].includes(entry.state));
    return {
      site: deps.config,
      mode: 'offline',
      now: deps.clock.now(),
      lines: lineTiles(devices),
      counts: {
        devices: devices.length,
        online: devices.filter((device) => device.online).length,
        bundles: bundles.list().length,
        openImports: openImports.length,
        openRollouts: openRollouts.length,
        waitingSamples: review.queue({ limit: 1 }).counts.waiting,
      },
      alarms: openAlarms({ devices, rollouts: rollouts.list(), imports: openImports, now: deps.clock.now() }),
      isEmpty: isEmpty(),
      demo: demoState(),
    };
  }
}
