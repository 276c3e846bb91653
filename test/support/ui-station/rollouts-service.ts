import type {
  AbortPreview,
  CohortView,
  DeviceProgress,
  RolloutPlan,
  RolloutRequest,
  RolloutView,
} from '#contracts/rollout.ts';
import type { Finding } from '#contracts/primitives.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import type { Person } from '#contracts/site.ts';
import type { RolloutService } from '#station/rollouts/service.ts';
import { figures, modelRef } from './devices-data.ts';
import { digestOf } from './digests.ts';
import type { World } from './world.ts';

function planFor(
  world: World,
  request: RolloutRequest,
  standingOf: (digest: Digest) => readonly Finding[],
): RolloutPlan {
  const bundle = world.bundles.get(request.bundleDigest)?.summary;
  if (bundle === undefined) throw new AppError('NOT_FOUND', 'no such bundle', {});
  const inScope = [...world.devices.values()].filter(
    (device) => request.lines.length === 0 || request.lines.includes(device.line),
  );
  const fit = inScope.filter((device) => device.online);
  let from = 0;
  const cohorts = request.cohorts.map((cohort, index) => {
    const isLast = index === request.cohorts.length - 1;
    const size = isLast ? fit.length - from : Math.max(cohort.minDevices, Math.round(fit.length * cohort.share));
    const devices = fit.slice(from, from + size).map((device) => ({
      device: device.id,
      variantDigest: bundle.variants[0]?.digest ?? bundle.digest,
      from: modelRef('1.0.0'),
    }));
    from += devices.length;
    return { name: cohort.name, devices };
  });
  return {
    v: 1,
    bundleDigest: bundle.digest,
    repository: bundle.model,
    version: bundle.version,
    ticket: request.ticket,
    gate: request.gate,
    cohorts,
    excluded: inScope
      .filter((device) => !device.online)
      .map((device) => ({
        device: device.id,
        finding: {
          code: 'DEVICE_UNREACHABLE',
          severity: 'warn',
          at: device.id,
          message: 'Not heard of for longer than 15 min.',
          next: 'Check power and network, then plan again.',
        },
      })),
    findings: [
      ...standingOf(request.bundleDigest),
      ...(request.ticket === ''
        ? [
            {
              code: 'ROLLOUT_TICKET_MISSING',
              severity: 'block',
              at: 'ticket',
              message: 'A change ticket is required.',
              next: 'Enter the ticket number of the change.',
            } as const,
          ]
        : []),
    ],
  };
}

const HAS_NEW: readonly DeviceProgress['state'][] = ['swapping', 'smoke', 'soaking', 'confirmed'];

/** Rollouts that really move: canary first, a gate after each soak, a person may stop them. */
export function createRollouts(
  world: World,
  standingOf: (digest: Digest) => readonly Finding[],
): RolloutService & { readonly starts: { count: number } } {
  const starts = { count: 0 };
  const require = (id: string): RolloutView => {
    const view = world.rollouts.get(id);
    if (view === undefined) throw new AppError('NOT_FOUND', `no rollout ${id}`, { id });
    return view;
  };
  const put = (view: RolloutView): RolloutView => {
    const next = { ...view, updatedAt: world.clock.now() };
    world.rollouts.set(view.id, next);
    world.touch('rollout', view.id);
    return next;
  };
  const change = (
    id: string,
    allowed: readonly RolloutView['state'][],
    next: Partial<RolloutView>,
    person: Person,
    type: string,
  ): Promise<RolloutView> => {
    const view = require(id);
    if (!allowed.includes(view.state))
      throw new AppError('ROLLOUT_STATE_CONFLICT', `rollout is ${view.state}`, { state: view.state });
    world.record(person, {
      stream: 'rollout',
      type,
      subject: id,
      ticket: view.ticket,
      payload: { reason: next.reason ?? '' },
    });
    return Promise.resolve(put({ ...view, ...next }));
  };
  const preview = (id: string, mode: 'abort' | 'rollback'): AbortPreview => {
    const all = require(id).cohorts.flatMap((cohort) => cohort.devices);
    const changed = all.filter((device) => HAS_NEW.includes(device.state)).map((device) => device.device);
    const rest = all.map((device) => device.device).filter((device) => !changed.includes(device));
    return mode === 'abort'
      ? { keep: changed, neverStart: rest, rollBack: [] }
      : { keep: [], neverStart: rest, rollBack: changed };
  };

  async function drive(id: string): Promise<void> {
    for (const state of ['staging', 'verified', 'swapping', 'soaking'] as const) {
      await world.clock.sleep(1200);
      const view = world.rollouts.get(id);
      if (view?.state !== 'running') return;
      const soakEndsAt = state === 'soaking' ? world.clock.now() + view.gate.soakSeconds * 1000 : null;
      put({
        ...view,
        next: { action: 'gate', at: soakEndsAt },
        cohorts: view.cohorts.map((cohort, index) =>
          index === 0 ? advance(cohort, state, soakEndsAt, world.clock.now()) : cohort,
        ),
      });
    }
  }

  return {
    starts,
    plan: (request) => {
      const plan = planFor(world, request, standingOf);
      return Promise.resolve({ plan, planDigest: digestOf(JSON.stringify(plan)) });
    },
    start(request, person) {
      starts.count += 1;
      const plan = planFor(world, request, standingOf);
      const now = world.clock.now();
      const view: RolloutView = {
        id: world.ids.next(),
        state: 'running',
        bundleDigest: plan.bundleDigest,
        repository: plan.repository,
        version: plan.version,
        ticket: plan.ticket,
        startedBy: person.name,
        createdAt: now,
        updatedAt: now,
        planDigest: digestOf(JSON.stringify(plan)),
        gate: plan.gate,
        cohorts: plan.cohorts.map((cohort, index) => ({
          name: cohort.name,
          state: index === 0 ? 'running' : 'waiting',
          soakEndsAt: null,
          gateFindings: [],
          devices: cohort.devices.map((device) => ({
            ...device,
            state: 'queued',
            since: now,
            figures: null,
            detail: '',
          })),
        })),
        excluded: plan.excluded,
        reason: null,
        next: { action: 'gate', at: null },
      };
      put(view);
      world.record(person, { stream: 'rollout', type: 'rollout.started', subject: view.id, ticket: view.ticket });
      void drive(view.id);
      return Promise.resolve(view);
    },
    pause: (id, reason, person) =>
      change(id, ['running'], { state: 'paused', reason, next: null }, person, 'rollout.paused'),
    resume: (id, person) =>
      change(
        id,
        ['paused', 'held'],
        { state: 'running', reason: null, next: { action: 'gate', at: null } },
        person,
        'rollout.resumed',
      ),
    abortPreview: preview,
    abort: (id, reason, person) =>
      change(id, ['running', 'paused', 'held'], { state: 'aborted', reason, next: null }, person, 'rollout.aborted'),
    rollback: (id, reason, person) =>
      change(
        id,
        ['running', 'paused', 'held', 'finished'],
        { state: 'rolled-back', reason, next: null },
        person,
        'rollout.rolled-back',
      ),
    get: require,
    list: () => [...world.rollouts.values()].sort((a, b) => b.createdAt - a.createdAt),
  };
}

function advance(
  cohort: CohortView,
  state: DeviceProgress['state'],
  soakEndsAt: number | null,
  now: number,
): CohortView {
  return {
    ...cohort,
    state: state === 'soaking' ? 'soaking' : 'running',
    soakEndsAt,
    devices: cohort.devices.map((device) => ({
      ...device,
      state,
      since: now,
      figures: state === 'soaking' ? figures(41, 320, 0) : null,
    })),
  };
}
