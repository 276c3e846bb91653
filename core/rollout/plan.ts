import type { DeviceView, ModelRef } from '#contracts/device.ts';
import type { Finding } from '#contracts/primitives.ts';
import type { RolloutPlan, RolloutRequest } from '#contracts/rollout.ts';
import type { BundleSummary } from '#contracts/verdict.ts';
import { canonicalJson, type Digest } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { assignCohorts, compareIds } from './cohorts.ts';
import { chooseVariant, type BundleVariant, type MeasuredP99 } from './variant.ts';

/** All that a plan depends on; equal inputs give equal bytes. */
export interface PlanInput {
  readonly request: RolloutRequest;
  readonly bundle: BundleSummary;
  readonly fleet: readonly DeviceView[];
  /** Devices of other open rollouts. */
  readonly busy: ReadonlyMap<string, string>;
  readonly measured: MeasuredP99;
  /** What speaks today against the bundle itself, whatever it was when it was accepted. */
  readonly standing?: readonly Finding[];
  /** Bundles that are newer on the same channel: a device that runs one goes back only where two people approved it. */
  readonly newer?: ReadonlySet<Digest>;
  readonly hasher: Hasher;
}

/** Decides who gets which variant in which cohort, and who does not and why. Touches nothing. */
export function planRollout(input: PlanInput): RolloutPlan {
  const { request, bundle } = input;
  const inScope = input.fleet
    .filter((device) => request.lines.length === 0 || request.lines.includes(device.line))
    .sort((a, b) => compareIds(a.id, b.id));
  const excluded: RolloutPlan['excluded'] = [];
  const chosen = new Map<string, { device: DeviceView; variant: BundleVariant }>();
  for (const device of inScope) {
    const fit = fitOf(device, input);
    if ('finding' in fit) excluded.push({ device: device.id, finding: fit.finding });
    else chosen.set(device.id, { device, variant: fit.variant });
  }
  const cohorts = assignCohorts(
    [...chosen.values()].map(({ device }) => ({ id: device.id, safety: device.safety })),
    request.cohorts,
    `${bundle.digest} ${request.ticket.trim()}`,
    input.hasher,
  );
  return {
    v: 1,
    bundleDigest: bundle.digest,
    repository: bundle.model,
    version: bundle.version,
    ticket: request.ticket.trim(),
    gate: request.gate,
    cohorts: cohorts.map((cohort) => ({
      name: cohort.name,
      devices: cohort.devices.flatMap((id) => planned(chosen.get(id))),
    })),
    excluded,
    findings: [...(input.standing ?? []), ...planFindings(request, chosen.size)],
  };
}

/** The digest under which a plan was shown and is started. */
export function planDigestOf(plan: RolloutPlan, hasher: Hasher): Digest {
  return hasher.sha256(new TextEncoder().encode(canonicalJson(plan)));
}

function planned(
  choice: { device: DeviceView; variant: BundleVariant } | undefined,
): RolloutPlan['cohorts'][number]['devices'] {
  if (choice === undefined) return [];
  return [{ device: choice.device.id, variantDigest: choice.variant.digest, from: runningModel(choice.device) }];
}

/** The model in the active slot, as the device last reported it. */
export function runningModel(device: DeviceView): ModelRef | null {
  const reported = device.reported;
  if (reported?.active == null) return null;
  return reported.slots[reported.active].model;
}

function fitOf(device: DeviceView, input: PlanInput): { variant: BundleVariant } | { finding: Finding } {
  const busyWith = input.busy.get(device.id);
  if (busyWith !== undefined) {
    return refuse(
      device,
      'ROLLOUT_DEVICE_BUSY',
      `belongs to the open rollout ${busyWith}`,
      'Wait for that rollout, or abort it.',
    );
  }
  if (device.reported === null) {
    return refuse(device, 'ROLLOUT_DEVICE_SILENT', 'has never reported', 'Start its agent, then plan again.');
  }
  if (runningModel(device)?.bundleDigest === input.bundle.digest) {
    return refuse(device, 'ROLLOUT_ALREADY_RUNNING', 'runs this version already', 'Nothing to do for this device.');
  }
  const running = runningModel(device)?.bundleDigest;
  if (running !== undefined && input.newer?.has(running) === true) {
    return refuse(
      device,
      'ROLLOUT_OLDER',
      'runs a newer version of this channel',
      'Roll the last rollout back, or let two administrators approve going back to the version before on the Trust screen.',
    );
  }
  const variant = chooseVariant(device, input.bundle.variants, input.measured);
  if (variant === undefined) {
    return refuse(
      device,
      'ROLLOUT_NO_VARIANT',
      'has no runtime that this bundle offers a variant for',
      'Ask for a variant for this device type.',
    );
  }
  return { variant };
}

function refuse(device: DeviceView, code: string, message: string, next: string): { finding: Finding } {
  return { finding: { code, severity: 'warn', at: device.id, message: `${device.name} ${message}`, next } };
}

function planFindings(request: RolloutRequest, devices: number): Finding[] {
  const findings: Finding[] = [];
  if (request.ticket.trim() === '') {
    findings.push({
      code: 'ROLLOUT_TICKET_MISSING',
      severity: 'block',
      at: 'ticket',
      message: 'a change ticket is required',
      next: 'Enter the ticket number of the change.',
    });
  }
  if (devices === 0) {
    findings.push({
      code: 'ROLLOUT_NO_DEVICE',
      severity: 'block',
      at: 'lines',
      message: 'no device of this scope can take the bundle',
      next: 'Read why each device is left out, or widen the scope.',
    });
  }
  const order = request.cohorts.map((cohort) => ['canary', 'early', 'rest'].indexOf(cohort.name));
  if (order.some((place, at) => at > 0 && place <= (order[at - 1] ?? -1))) {
    findings.push({
      code: 'ROLLOUT_COHORT_ORDER',
      severity: 'block',
      at: 'cohorts',
      message: 'cohorts must be in the order canary, early, rest, each once',
      next: 'Put them in this order.',
    });
  }
  return findings;
}
