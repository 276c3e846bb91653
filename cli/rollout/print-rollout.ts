import type { AbortPreview, RolloutPlan, RolloutView } from '#contracts/rollout.ts';
import { assertNever, shortDigest, toIsoUtc, type Digest } from '#core/base/index.ts';
import type { SimulatedStep, Simulation } from '#core/rollout/index.ts';
import type { CliIo } from '../output/index.ts';
import { printable, printFindings } from '../output/print-findings.ts';

type Out = Pick<CliIo, 'out'>;

/** Who gets what in which cohort, and who does not and why. */
export function printPlan(plan: RolloutPlan, planDigest: Digest, io: Out): void {
  io.out(`Plan ${planDigest}`);
  io.out(`${plan.repository} ${plan.version}, ticket ${printable(plan.ticket) || 'MISSING'}`);
  const { gate } = plan;
  io.out(
    `Gate  p99 at most ${String(gate.maxP99Ms)} ms, errors ${percent(gate.maxErrorRate)}, doubtful ${percent(gate.maxDoubtfulShare)}, from ${String(gate.minRequests)} requests in ${String(gate.soakSeconds)} s`,
  );
  for (const cohort of plan.cohorts) {
    io.out(`${cohort.name}: ${String(cohort.devices.length)} devices`);
    for (const { device, variantDigest, from } of cohort.devices)
      io.out(`  ${device}  variant ${shortDigest(variantDigest)}, now ${from === null ? 'nothing' : from.version}`);
  }
  for (const { finding } of plan.excluded) io.out(`Left out  ${printable(finding.message)}. ${finding.next ?? ''}`);
  printFindings(plan.findings, io);
}

/** The state of a rollout and of each of its devices. */
export function printRollout(view: RolloutView, io: Out): void {
  io.out(
    `Rollout ${view.id}: ${view.state.toUpperCase()}${view.reason === null || view.reason === '' ? '' : `, ${printable(view.reason)}`}`,
  );
  io.out(
    `${view.repository} ${view.version}, ticket ${printable(view.ticket)}, started ${toIsoUtc(view.createdAt)} by ${printable(view.startedBy)}`,
  );
  for (const cohort of view.cohorts) {
    io.out(`${cohort.name}: ${cohort.state}`);
    for (const { device, state, detail } of cohort.devices)
      io.out(`  ${device.padEnd(24)}  ${state.padEnd(10)} ${printable(detail)}`.trimEnd());
    printFindings(cohort.gateFindings, io);
  }
}

/** One line a rollout. */
export function printRollouts(views: readonly RolloutView[], io: Out): void {
  if (views.length === 0) io.out('No rollout was started yet. Look at one first with `gantry rollout plan`.');
  for (const view of views)
    io.out(
      `${view.id}  ${view.state.padEnd(11)}  ${view.repository} ${view.version}  ${printable(view.ticket)}  ${toIsoUtc(view.createdAt)}`,
    );
}

/** What an abort or rollback does to the devices, counted. */
export function previewLines(preview: AbortPreview): string[] {
  const line = (text: string, devices: readonly string[]): string =>
    `${String(devices.length).padStart(5)} ${text}${devices.length === 0 ? '' : `: ${devices.slice(0, 6).join(', ')}${devices.length > 6 ? ' …' : ''}`}`;
  return [
    line('keep the new version', preview.keep),
    line('never start', preview.neverStart),
    line('go back to what they ran before', preview.rollBack),
  ];
}

/** The order of steps with the earliest moment of each. */
export function printSimulation({ steps, state, durationMs }: Simulation, io: Out): void {
  io.out('SIMULATED with devices that take it well: staging takes no time, each soak its full length.');
  for (const { afterMs, step } of steps) io.out(`+${seconds(afterMs).padStart(9)}  ${stepText(step)}`);
  io.out(`Ends as ${state} after at least ${seconds(durationMs)}.`);
}

function stepText(step: SimulatedStep['step']): string {
  switch (step.do) {
    case 'stage':
    case 'activate':
    case 'return-device':
      return `${step.do.padEnd(13)} ${step.device}`;
    case 'mark-stuck':
      return `${step.do.padEnd(13)} ${step.device}: ${step.detail}`;
    case 'start-cohort':
    case 'pass-cohort':
      return `${step.do.padEnd(13)} ${step.cohort}`;
    case 'hold':
      return `${step.do.padEnd(13)} ${step.cohort}: ${step.reason}`;
    case 'conclude':
      return `${step.do.padEnd(13)} ${step.state}`;
    default:
      return assertNever(step, 'rollout step');
  }
}

function seconds(ms: number): string {
  return `${String(Math.round(ms / 1000))} s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
