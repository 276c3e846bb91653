import type { SlotName } from '#contracts/device.ts';
import { invariant, toAppError, type Finding } from '#core/base/index.ts';
import {
  beginTrial,
  commitTrial,
  countRestart,
  dropDamaged,
  refOf,
  resumeServing,
  returnFromTrial,
  rollBackTrial,
  runnableSlot,
  stopServing,
  type InstalledModel,
} from '#core/slots/index.ts';
import type { LoadedModel } from '#agent/serving/model-host.ts';
import { evidenceOf, type Fault } from './evidence.ts';
import { noteFallback, type SlotContext } from './slot-context.ts';
import { fail } from './staging-steps.ts';

/** Loads the new model beside the old one, proves it where it will serve, moves the pointer durably, then moves the requests. */
export async function swapStep(context: SlotContext, slot: SlotName): Promise<void> {
  const { state, host } = context;
  const installed = installedIn(context, slot);
  let loaded: LoadedModel;
  try {
    loaded = await host.load(slot, installed);
  } catch (error) {
    await fail(context, slot, {
      code: 'SLOT_SMOKE_FAILED',
      message: `the model does not load: ${toAppError(error).message}`,
    });
    return;
  }
  const differences = await context.prove(loaded).catch((error: unknown) => [toAppError(error).message]);
  if (differences.length > 0) {
    await loaded.worker.kill();
    await fail(context, slot, {
      code: 'SLOT_SMOKE_FAILED',
      message: differences[0] ?? '',
      log: differences.join('\n'),
    });
    return;
  }
  await state.change((now) => beginTrial(now, slot));
  host.switchTo(loaded);
}

/** The window has passed: the trial is the committed model, the other slot its pinned previous. */
export async function confirmStep(context: SlotContext, slot: SlotName): Promise<void> {
  await context.state.change((now) => commitTrial(now, slot));
}

/** The pointer goes back first and durably; then the previous model is loaded and takes the requests. */
export async function rollBackStep(context: SlotContext, slot: SlotName, findings: readonly Finding[]): Promise<void> {
  const { state, host, clock } = context;
  const model = refOf(state.current.slots[slot]);
  invariant(model !== null, 'a trial has a model');
  const bad = host.active;
  const first = findings[0];
  const evidence = evidenceOf(
    model,
    {
      code: first?.code ?? 'WATCHDOG',
      message: first?.message ?? 'the watchdog rolled it back',
      findings,
      figures: bad?.figures.snapshot() ?? null,
      log: findings.map((finding) => finding.message).join('\n'),
    },
    clock,
  );
  await state.change((now) => rollBackTrial(now, slot, evidence));
  context.log(`slot ${slot} rolled back: ${evidence.code} ${evidence.message}`);
  await serveRunnable(context);
  // It may hang: a drain would wait for an answer that never comes.
  if (findings.some((finding) => finding.code === 'WATCHDOG_HANG')) await bad?.worker.kill();
  await noteFallback(context, evidence);
}

/** The station took the model back during its trial. */
export async function returnStep(context: SlotContext, slot: SlotName): Promise<void> {
  await context.state.change((now) => returnFromTrial(now, slot));
  await serveRunnable(context);
}

export async function stopStep(context: SlotContext): Promise<void> {
  await context.state.change(stopServing);
  context.host.switchTo(null);
}

export async function resumeStep(context: SlotContext): Promise<void> {
  await context.state.change(resumeServing);
  await serveRunnable(context);
}

/**
 * Brings the host to what the durable state says: at start and after every pointer change. A model that does not load any more gives way to
 * the pinned previous. Ends with a serving model, or with none when nothing on this disk can run.
 */
export async function serveRunnable(context: SlotContext): Promise<void> {
  const { state, host } = context;
  for (;;) {
    const runnable = runnableSlot(state.current);
    if (runnable === null || state.current.stopped) {
      host.switchTo(null);
      return;
    }
    const slot = state.current.slots[runnable.name];
    try {
      host.switchTo(
        await host.load(runnable.name, runnable.installed, { restarts: slot.at === 'trial' ? slot.restarts : 0 }),
      );
      return;
    } catch (error) {
      await giveWay(context, runnable.name, {
        code: 'SLOT_SMOKE_FAILED',
        message: `the model does not load: ${toAppError(error).message}`,
      });
    }
  }
}

/** The active slot cannot run: its trial is over, or its committed content is damaged. */
async function giveWay(context: SlotContext, slot: SlotName, fault: Fault): Promise<void> {
  const model = refOf(context.state.current.slots[slot]);
  invariant(model !== null, 'an active slot has a model');
  const evidence = evidenceOf(model, fault, context.clock);
  const isTrial = context.state.current.slots[slot].at === 'trial';
  await context.state.change((now) =>
    isTrial ? rollBackTrial(now, slot, evidence) : dropDamaged(now, slot, evidence),
  );
  context.log(`slot ${slot} gave way: ${fault.message}`);
  await noteFallback(context, evidence);
}

/**
 * First thing after a start. A trial that was cut off counts as a restart before its model is loaded again: a model that takes the
 * whole program down must not get the chance for ever.
 */
export async function recover(context: SlotContext): Promise<string> {
  const { state } = context;
  const runnable = runnableSlot(state.current);
  if (runnable === null) return 'nothing to serve';
  if (state.current.slots[runnable.name].at === 'trial') await recoverTrial(context, runnable.name);
  await serveRunnable(context);
  const now = runnableSlot(state.current);
  if (now === null) return 'no slot can run';
  return `slot ${now.name} ${state.current.slots[now.name].at} ${now.installed.ref.repository} ${now.installed.ref.version}`;
}

async function recoverTrial(context: SlotContext, slot: SlotName): Promise<void> {
  const { state } = context;
  await state.change((now) => countRestart(now, slot));
  const trial = state.current.slots[slot];
  const allowed = state.current.desired?.watchdog.maxRestarts ?? 0;
  if (trial.at !== 'trial' || trial.restarts <= allowed) return;
  const message = `at most ${String(allowed)} restarts are allowed during a trial, there were ${String(trial.restarts)}`;
  await giveWay(context, slot, { code: 'WATCHDOG_RESTARTS', message });
}

function installedIn(context: SlotContext, slot: SlotName): InstalledModel {
  const current = context.state.current.slots[slot];
  const installed = current.at === 'staged' || current.at === 'committed' ? current.installed : null;
  invariant(installed !== null, 'a slot that is swapped to is verified');
  return installed;
}
