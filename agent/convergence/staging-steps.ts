import type { ModelRef, SlotName } from '#contracts/device.ts';
import { isAppError, invariant, toAppError, type AppError } from '#core/base/index.ts';
import {
  beginStaging,
  failSlot,
  markProved,
  markPulled,
  markVerified,
  noteProgress,
  refOf,
} from '#core/slots/index.ts';
import { evidenceOf, type Fault } from './evidence.ts';
import { installedFrom, refusalOf, verifyByItself } from './install.ts';
import { pullBundle } from './pull-bundle.ts';
import { noteFallback, type SlotContext } from './slot-context.ts';

/** A pull that should be tried again later, not a fault of the model. */
export interface PullPostponed {
  readonly postponed: AppError;
}

/** Transfers that end in other bytes than the manifest states are tried this often before the bundle is blamed. */
const CORRUPT_TRIES = 3;

/** Fills the idle slot. Returns why it should be tried later, or null when it is done or failed for good. */
export async function pullStep(
  context: SlotContext,
  step: { slot: SlotName; ref: ModelRef },
  signal: AbortSignal,
  corruptTries: number,
): Promise<PullPostponed | null> {
  const { state } = context;
  const { slot, ref } = step;
  const current = state.current.slots[slot];
  const isResumed =
    current.at === 'staging' &&
    refOf(current)?.bundleDigest === ref.bundleDigest &&
    refOf(current)?.variantDigest === ref.variantDigest;
  if (!isResumed) await state.change((now) => beginStaging(now, slot, ref));
  const mirrorUrl = state.current.desired?.mirror.url ?? '';
  try {
    const pulled = await pullBundle(ref, {
      registry: context.registry(mirrorUrl),
      store: context.store,
      signal,
      onProgress: (done, total) => {
        state.note((now) => noteProgress(now, slot, done, total));
        context.onProgress();
      },
    });
    await state.change((now) => markPulled(now, slot, pulled.referrers));
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    const failure = toAppError(error);
    if (!isFatal(failure, corruptTries)) return { postponed: failure };
    await fail(context, slot, {
      code: 'SLOT_VERIFICATION_FAILED',
      message: `the bundle cannot be pulled: ${failure.message}`,
    });
    return null;
  }
}

function isFatal(error: AppError, corruptTries: number): boolean {
  if (isAppError(error, 'BUNDLE_DIGEST_MISMATCH')) return corruptTries + 1 >= CORRUPT_TRIES;
  return (
    isAppError(error, 'BUNDLE_MANIFEST_INVALID') ||
    isAppError(error, 'INPUT_MALFORMED') ||
    isAppError(error, 'INPUT_TOO_LARGE')
  );
}

/** Verifies what was pulled, by this device and against what it pinned. */
export async function verifyStep(context: SlotContext, slot: SlotName): Promise<void> {
  const { state, clock, identity } = context;
  const staged = state.current.slots[slot];
  invariant(staged.at === 'staged', 'only a staged slot is verified');
  try {
    const now = Math.max(Math.round(clock.now()), state.current.timeFloor);
    const verification = await verifyByItself(context.verify, identity, {
      bundleDigest: staged.ref.bundleDigest,
      referrers: staged.referrers,
      now,
      newest: state.current.trust,
    });
    if (!verification.ok) {
      await fail(context, slot, {
        code: 'SLOT_VERIFICATION_FAILED',
        message: refusalOf(verification.verdict),
        findings: verification.verdict.findings,
      });
      return;
    }
    const installed = installedFrom(staged.ref, verification);
    await state.change((now) => markVerified(now, slot, installed));
  } catch (error) {
    await fail(context, slot, { code: 'SLOT_VERIFICATION_FAILED', message: toAppError(error).message });
  }
}

/** Reproduces the golden outputs in a child that can be killed. */
export async function smokeStep(context: SlotContext, slot: SlotName, signal: AbortSignal): Promise<void> {
  const { state } = context;
  const staged = state.current.slots[slot];
  invariant(staged.at === 'staged' && staged.installed !== null, 'only a verified slot is smoke-tested');
  const outcome = await context.smoke(staged.installed, signal);
  if (signal.aborted) return;
  if (!outcome.ok) {
    await fail(context, slot, { code: 'SLOT_SMOKE_FAILED', message: outcome.message, log: outcome.log });
    return;
  }
  const { problems } = outcome.answer;
  if (problems.length > 0) {
    await fail(context, slot, {
      code: 'SLOT_SMOKE_FAILED',
      message: problems[0] ?? 'the golden outputs were not reproduced',
      log: problems.join('\n'),
    });
    return;
  }
  await state.change((now) => markProved(now, slot));
}

/** The slot failed before its trial; the active model was not touched. */
export async function fail(context: SlotContext, slot: SlotName, fault: Fault): Promise<void> {
  const model = refOf(context.state.current.slots[slot]);
  invariant(model !== null, 'an empty slot cannot fail');
  const evidence = evidenceOf(model, fault, context.clock);
  await context.state.change((now) => failSlot(now, slot, evidence));
  context.log(`slot ${slot} failed: ${fault.code} ${fault.message}`);
  await noteFallback(context, evidence);
}
