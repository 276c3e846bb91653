import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DeviceRequest, PAYLOAD_TYPES, type DeviceResponse } from '#contracts/device.ts';
import { Id } from '#contracts/primitives.ts';
import { isAppError, toAppError, type Clock, type Json } from '#core/base/index.ts';
import type { SignatureVerifier, SigningKey } from '#core/keys/ports.ts';
import { openDocument, sealDocument } from '#core/signing/index.ts';
import { writeFileDurably } from '#native/fs/index.ts';
import type { BenchmarkOrder, BenchmarkRun } from '#agent/benchmark/run-benchmark.ts';
import type { AgentIdentity } from '#agent/identity/identity-file.ts';
import type { StationLink } from './station-link.ts';

export interface RequestDeps {
  readonly clock: Clock;
  readonly identity: AgentIdentity;
  readonly key: SigningKey;
  readonly verifier: SignatureVerifier;
  readonly handledFile: string;
  readonly link: () => StationLink | null;
  readonly benchmark: (order: BenchmarkOrder, run: BenchmarkRun) => Promise<object>;
  readonly log: (message: string) => void;
}

/** Answers questions of the station. INVARIANTS: each request id is worked on at most once; one benchmark at a time. */
export interface RequestAnswerer {
  receive(envelope: unknown): Promise<void>;
  stop(): Promise<void>;
}

const REMEMBERED = 256;
const PROGRESS_MS = 1000;
/** A finished measurement is worth waiting for a station that restarts. */
const ANSWER_TRIES = 60;
const ANSWER_EVERY_MS = 2000;

export function createRequestAnswerer(deps: RequestDeps): RequestAnswerer {
  const abort = new AbortController();
  let benchmarks: Promise<void> = Promise.resolve();
  let handled: string[] | null = null;

  const isNew = async (id: string): Promise<boolean> => {
    handled ??= await readHandled(deps.handledFile);
    if (handled.includes(id)) return false;
    handled = [...handled, id].slice(-REMEMBERED);
    // Before the work: a request that takes the machine down must not come back with the session.
    await writeFileDurably(deps.handledFile, JSON.stringify(handled));
    return true;
  };
  const respond = async (id: string, outcome: DeviceResponse['outcome']): Promise<void> => {
    const link = deps.link();
    if (link === null) return;
    const response: DeviceResponse = {
      v: 1,
      id,
      device: deps.identity.device,
      at: Math.round(deps.clock.now()),
      outcome,
    };
    await link.publish('response', await sealDocument(PAYLOAD_TYPES.response, toJson(response), deps.key));
  };
  const conclude = async (id: string, outcome: DeviceResponse['outcome']): Promise<void> => {
    for (let attempt = 0; attempt < ANSWER_TRIES && !abort.signal.aborted; attempt += 1) {
      try {
        await respond(id, outcome);
        return;
      } catch (error) {
        if (!isAppError(error, 'STATION_UNREACHABLE')) throw error;
        await deps.clock.sleep(ANSWER_EVERY_MS, abort.signal).catch(() => undefined);
      }
    }
  };
  const measure = async (id: string, order: BenchmarkOrder): Promise<void> => {
    let toldAt = Number.NEGATIVE_INFINITY;
    const onProgress: BenchmarkRun['onProgress'] = (progress) => {
      if (deps.clock.monotonicMs() - toldAt < PROGRESS_MS) return;
      toldAt = deps.clock.monotonicMs();
      respond(id, { status: 'progress', ...progress }).catch((error: unknown) => {
        deps.log(`progress not sent: ${toAppError(error).message}`);
      });
    };
    try {
      await conclude(id, { status: 'done', result: await deps.benchmark(order, { signal: abort.signal, onProgress }) });
    } catch (error) {
      const failure = toAppError(error);
      deps.log(`benchmark failed: ${failure.code} ${failure.message}`);
      await conclude(id, {
        status: 'failed',
        code: failure.code === 'INTERNAL' ? 'BENCHMARK_FAILED' : failure.code,
        message: failure.message,
      });
    }
  };
  return {
    async receive(envelope) {
      const request = openRequest(envelope, deps);
      if (request === null || !(await isNew(request.id))) return;
      const { request: question } = request;
      if (question.type === 'ping') await conclude(request.id, { status: 'done', result: {} });
      else benchmarks = benchmarks.then(() => measure(request.id, question));
    },
    async stop() {
      abort.abort(new Error('the agent stops'));
      await benchmarks;
    },
  };
}

/** A result is any plain value; what goes out is what JSON makes of it. */
function toJson(response: DeviceResponse): Json {
  return JSON.parse(JSON.stringify(response)) as Json;
}

function openRequest(envelope: unknown, deps: RequestDeps): DeviceRequest | null {
  try {
    const request = openDocument(envelope, {
      payloadType: PAYLOAD_TYPES.request,
      schema: DeviceRequest,
      publicKeyPem: deps.identity.siteKeyPem,
      verifier: deps.verifier,
    });
    if (request.device === deps.identity.device && deps.clock.now() <= request.expiresAt) return request;
    deps.log('request refused: DOCUMENT_STALE for another device, or expired');
    return null;
  } catch (error) {
    if (!isAppError(error)) throw error;
    deps.log(`request refused: ${error.code} ${error.message}`);
    return null;
  }
}

async function readHandled(path: string): Promise<string[]> {
  try {
    return z.array(Id).parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Absent on the first request. A damaged list must not stop the device; expiry still bounds what can be repeated.
    return [];
  }
}
