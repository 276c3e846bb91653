import { PAYLOAD_TYPES, type DeviceRequest, type DeviceResponse } from '#contracts/device.ts';
import { isErrorCode } from '#contracts/errors/index.ts';
import { AppError, assertNever } from '#core/base/index.ts';
import { sealDocument } from '#core/signing/index.ts';
import type { FleetDeps } from './deps.ts';
import type { DeviceRegister } from './device-register.ts';
import type { FleetService } from './service.ts';

type AskOptions = Parameters<FleetService['ask']>[2];

export interface Questions {
  ask: FleetService['ask'];
  /** A verified answer; one that nobody waits for is dropped. */
  answered(device: string, response: DeviceResponse): void;
}

/** Requests and their answers, matched by id. An answer counts only from the device that was asked. */
export function createQuestions(deps: FleetDeps, register: DeviceRegister): Questions {
  const waiting = new Map<string, { device: string; tell: (outcome: DeviceResponse['outcome']) => void }>();
  return {
    async ask(deviceId, request, options) {
      register.require(deviceId);
      options.signal.throwIfAborted();
      const id = deps.ids.next();
      const answer = Promise.withResolvers<unknown>();
      // A refusal may arrive before the race below listens; it is not unhandled for that.
      answer.promise.catch(() => undefined);
      const heard = { at: deps.clock.monotonicMs() };
      waiting.set(id, {
        device: deviceId,
        tell: (outcome) => {
          heard.at = deps.clock.monotonicMs();
          settle(outcome, { deviceId, options, answer });
        },
      });
      const ended = new AbortController();
      try {
        await deps.bus.publishRequest(
          deviceId,
          await seal(deps, { id, deviceId, request, timeoutMs: options.timeoutMs }),
        );
        const silence = untilSilent(
          { deps, heard, deviceId, timeoutMs: options.timeoutMs },
          AbortSignal.any([options.signal, ended.signal]),
        );
        return await Promise.race([answer.promise, silence]);
      } finally {
        waiting.delete(id);
        ended.abort();
      }
    },
    answered(device, response) {
      const question = waiting.get(response.id);
      if (question?.device === device) question.tell(response.outcome);
    },
  };
}

function seal(
  deps: FleetDeps,
  {
    id,
    deviceId,
    request,
    timeoutMs,
  }: { id: string; deviceId: string; request: DeviceRequest['request']; timeoutMs: number },
) {
  const now = deps.clock.now();
  const document: DeviceRequest = { v: 1, id, device: deviceId, issuedAt: now, expiresAt: now + timeoutMs, request };
  return sealDocument(PAYLOAD_TYPES.request, document, deps.siteKey);
}

function settle(
  outcome: DeviceResponse['outcome'],
  to: { deviceId: string; options: AskOptions; answer: PromiseWithResolvers<unknown> },
): void {
  switch (outcome.status) {
    case 'progress':
      to.options.onProgress?.(outcome.done, outcome.total, outcome.step);
      return;
    case 'done':
      to.answer.resolve(outcome.result);
      return;
    case 'failed':
      to.answer.reject(
        new AppError(isErrorCode(outcome.code) ? outcome.code : 'INTERNAL', outcome.message, {
          device: to.deviceId,
          code: outcome.code,
        }),
      );
      return;
    default:
      assertNever(outcome, 'outcome of a request');
  }
}

/** Rejects after `timeoutMs` without a word; every word of progress starts the time again. */
async function untilSilent(
  watch: { deps: FleetDeps; heard: { at: number }; deviceId: string; timeoutMs: number },
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    const left = watch.heard.at + watch.timeoutMs - watch.deps.clock.monotonicMs();
    if (left <= 0) {
      throw new AppError(
        'DEVICE_UNREACHABLE',
        `${watch.deviceId} did not answer within ${String(watch.timeoutMs)} ms`,
        { device: watch.deviceId, timeoutMs: watch.timeoutMs },
      );
    }
    await watch.deps.clock.sleep(left, signal);
  }
}
