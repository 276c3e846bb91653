import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT_DEFAULTS, composeAgent } from '#agent/compose.ts';
import type { Agent } from '#agent/start-agent.ts';
import { createAgentSite, eventually, type AgentSite, type MirroredBundle } from '#test/support/agent-site.ts';
import { aScaleLayout, type LayoutOptions } from '#test/support/agent-bundles.ts';

const LIMIT_MS = 60_000;

describe('a gateway', () => {
  let site: AgentSite;
  let agent: Agent;
  let device: string;
  let directory: string;
  let layouts: string;
  const logs: string[] = [];
  const good = {} as Record<'1' | '2', MirroredBundle>;

  const offer = async (version: string, options: Partial<LayoutOptions> = {}): Promise<MirroredBundle> =>
    site.mirror(await aScaleLayout({ key: site.plantKey, dir: join(layouts, version), version, ...options }));
  const ask = async (
    values: number[],
  ): Promise<{ status: number; body: { model_version?: string; outputs?: { data: number[] }[]; code?: string } }> => {
    const response = await fetch(`${agent.url}/v2/models/plant/scale/infer`, {
      method: 'POST',
      body: JSON.stringify({ inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP32', data: values }] }),
    });
    return { status: response.status, body: (await response.json()) as never };
  };
  const start = async (): Promise<Agent> =>
    composeAgent({
      ...AGENT_DEFAULTS,
      directory,
      port: 0,
      metricsIntervalMs: 500,
      smokeLimitMs: 4000,
      log: (line) => logs.push(line),
    });
  const confirmed = (bundle: MirroredBundle): Promise<unknown> =>
    eventually(`confirmation of ${bundle.ref().version}; log: ${logs.slice(-5).join(' | ')}`, () =>
      site.heard.events.find(({ event }) => event.type === 'confirmed' && event.model.bundleDigest === bundle.digest),
    );
  const fallback = (bundle: MirroredBundle) =>
    eventually(`fallback of ${bundle.ref().version}`, () => {
      const found = site.heard.events.find(
        ({ event }) => event.type === 'fell-back' && event.evidence.model.bundleDigest === bundle.digest,
      );
      return found?.event.type === 'fell-back' ? found.event.evidence : undefined;
    });

  beforeAll(async () => {
    layouts = await mkdtemp(join(tmpdir(), 'gantry-agent-layouts-'));
    site = await createAgentSite();
    good['1'] = await offer('1.0.0');
    good['2'] = await offer('2.0.0', { scale: 3 });
    const enrolled = await site.enrolAgent();
    directory = enrolled.directory;
    device = enrolled.identity.device;
    agent = await start();
  }, LIMIT_MS);

  afterAll(async () => {
    await agent.stop();
    await site.close();
    await rm(layouts, { recursive: true, force: true });
  }, LIMIT_MS);

  it('says that nothing serves before a model was rolled out', async () => {
    expect((await ask([1, 2, 3, 4])).status).toBe(503);
    expect((await fetch(`${agent.url}/v2/health/live`)).status).toBe(200);
    expect((await fetch(`${agent.url}/v2/health/ready`)).status).toBe(503);
  });

  it('pulls, verifies, proves, serves and confirms a first model', { timeout: LIMIT_MS }, async () => {
    await site.desire(device, { model: good['1'].ref() });
    await confirmed(good['1']);

    const states = site.heard.events.flatMap(({ event }) => (event.type === 'state' ? [event.state] : []));
    expect(states).toEqual(expect.arrayContaining(['queued', 'staged', 'smoke', 'swapping', 'soaking', 'confirmed']));
    expect((await ask([1, 2, 3, 4])).body).toMatchObject({ model_version: '1.0.0', outputs: [{ data: [2, 4, 6, 8] }] });
    await eventually('the report', () => site.lastReport(device)?.state === 'confirmed');
    expect(site.lastReport(device)).toMatchObject({ active: 'a', slots: { a: { state: 'committed' } } });
  });

  it('stops at armed when the phase is stage, and serves the old model meanwhile', { timeout: LIMIT_MS }, async () => {
    await site.desire(device, { model: good['2'].ref(), phase: 'stage', rolloutId: 'r-two' });
    await eventually('armed', () => site.lastReport(device)?.state === 'armed');

    expect((await ask([1, 1, 1, 1])).body).toMatchObject({ model_version: '1.0.0' });
    expect(site.lastReport(device)).toMatchObject({
      active: 'a',
      slots: { a: { state: 'committed' }, b: { state: 'staged' } },
    });
  });

  it('swaps under load without one failed request', { timeout: LIMIT_MS }, async () => {
    const results: { status: number; version: string | undefined }[] = [];
    let running = true;
    const client = async (): Promise<void> => {
      while (running) {
        const { status, body } = await ask([1, 2, 3, 4]);
        results.push({ status, version: body.model_version });
      }
    };
    const clients = Array.from({ length: 100 }, client);
    await eventually('traffic', () => results.length > 100);

    await site.desire(device, { model: good['2'].ref(), rolloutId: 'r-two' });
    await confirmed(good['2']);
    running = false;
    await Promise.all(clients);

    expect(results.filter((result) => result.status !== 200)).toEqual([]);
    expect(new Set(results.map((result) => result.version))).toEqual(new Set(['1.0.0', '2.0.0']));
    await eventually('the report', () => site.lastReport(device)?.state === 'confirmed');
    expect(site.lastReport(device)).toMatchObject({ active: 'b', previous: 'a' });
  });

  it('keeps the old model and says why when the golden outputs are not reproduced', { timeout: LIMIT_MS }, async () => {
    const bad = await offer('3.0.0', { wrongGolden: true });
    await site.desire(device, { model: bad.ref() });

    expect(await fallback(bad)).toMatchObject({
      code: 'SLOT_SMOKE_FAILED',
      message: expect.stringContaining('expected') as string,
    });
    expect((await ask([1, 1, 1, 1])).body).toMatchObject({ model_version: '2.0.0' });
    expect((await readdir(join(directory, 'evidence'))).length).toBeGreaterThan(0);
    await eventually(
      'report',
      () =>
        site.lastReport(device)?.state === 'fell-back' &&
        site.lastReport(device)?.fallback?.code === 'SLOT_SMOKE_FAILED',
    );
  });

  it('never loads what it cannot verify', { timeout: LIMIT_MS }, async () => {
    const { aSigningKey } = await import('#test/support/trust.ts');
    const foreign = await offer('4.0.0', { key: aSigningKey() });
    await site.desire(device, { model: foreign.ref() });

    expect(await fallback(foreign)).toMatchObject({
      code: 'SLOT_VERIFICATION_FAILED',
      findings: expect.arrayContaining([expect.objectContaining({ code: 'BUNDLE_SIGNER_UNTRUSTED' })]) as unknown,
    });
    expect((await ask([1, 1, 1, 1])).body).toMatchObject({ model_version: '2.0.0' });
  });

  it('kills a model that never ends, or refuses it before it runs', { timeout: LIMIT_MS }, async () => {
    const endless = await offer('5.0.0', { hangs: true });
    await site.desire(device, { model: endless.ref() });

    const evidence = await fallback(endless);
    expect(['SLOT_SMOKE_FAILED', 'SLOT_VERIFICATION_FAILED']).toContain(evidence.code);
    expect((await ask([1, 1, 1, 1])).body).toMatchObject({ model_version: '2.0.0' });
  });

  it(
    'rolls back by itself when the watchdog finds too many doubtful answers, and keeps the samples',
    { timeout: LIMIT_MS },
    async () => {
      const doubtful = await offer('6.0.0', {
        contract: {
          doubt: { output: 'y', reduce: 'first', threshold: 2, band: 0.5 },
          review: { kind: 'features', input: 'x' },
        },
      });
      await site.desire(device, {
        model: doubtful.ref(),
        watchdog: {
          windowSeconds: 30,
          maxErrorRate: 0.1,
          maxP99Ms: 5000,
          maxDoubtfulShare: 0.2,
          maxRestarts: 0,
          minRequests: 10,
        },
      });
      await eventually('the trial', async () => (await ask([1, 2, 3, 4])).body.model_version === '6.0.0');
      for (let turn = 0; turn < 12; turn += 1) await ask([1, 2, 3, 4]);

      expect(await fallback(doubtful)).toMatchObject({
        code: 'WATCHDOG_DOUBTFUL',
        figures: { requests: expect.any(Number) as number },
      });
      await eventually('the old model', async () => (await ask([1, 1, 1, 1])).body.model_version === '2.0.0');
      const sample = await eventually('a sample', () => site.heard.samples[0]);
      expect(sample).toMatchObject({
        reason: 'low-confidence',
        content: { kind: 'features', values: [1, 2, 3, 4] },
        model: { version: '6.0.0' },
      });
    },
  );

  it('refuses documents that are stale, forged or for another device', { timeout: LIMIT_MS }, async () => {
    const before = site.lastReport(device)?.generation;
    await site.desire(device, { model: null, generation: 1 });
    await site.desire(device, { model: null, device: 'gw-99' });
    await eventually(
      'both refusals',
      () =>
        logs.some((line) => line.includes('DOCUMENT_STALE')) &&
        logs.some((line) => line.includes('DOCUMENT_SIGNATURE_INVALID')),
    );

    expect(site.lastReport(device)?.generation).toBe(before);
    expect((await ask([1, 1, 1, 1])).status).toBe(200);
  });

  it('serves again from its own disk after a restart, before it hears the station', { timeout: LIMIT_MS }, async () => {
    await agent.stop();
    agent = await start();

    expect((await ask([1, 1, 1, 1])).body).toMatchObject({ model_version: '2.0.0' });
    await eventually('started event', () =>
      site.heard.events.some(({ event }) => event.type === 'started' && event.recovered.includes('2.0.0')),
    );
  });

  it('measures variants when the station asks', { timeout: LIMIT_MS }, async () => {
    const bundle = good['1'];
    const id = await site.ask(device, {
      type: 'benchmark',
      model: { repository: bundle.repository, version: '1.0.0', bundleDigest: bundle.digest },
      variantDigests: [bundle.ref().variantDigest],
      seconds: 2,
      coldStarts: 2,
      seed: 7,
      mirrorUrl: site.url,
    });

    const done = await eventually(
      'the result',
      () => site.heard.responses.find((response) => response.id === id && response.outcome.status !== 'progress'),
      LIMIT_MS,
    );
    expect(done.outcome).toMatchObject({
      status: 'done',
      result: {
        quick: true,
        variants: [{ goldenPassed: true, coldStart: { trials: 2 }, samples: expect.any(Number) as number }],
      },
    });
  });

  it('sends delta metrics with the names of the contract', { timeout: LIMIT_MS }, async () => {
    const { decodeMetrics } = await import('#native/otlp/index.ts');
    for (let turn = 0; turn < 5; turn += 1) await ask([1, 1, 1, 1]);
    const names = await eventually('metrics', () => {
      const points = site.heard.metrics.flatMap(({ contentType, body }) => decodeMetrics(contentType, body));
      const found = new Set(points.map((point) => point.metric));
      return found.has('gantry.inference.duration') ? found : undefined;
    });

    expect(names).toContain('gantry.inference.requests');
    expect(names).toContain('process.memory.usage');
  });

  it('stops serving when the station wants no model', { timeout: LIMIT_MS }, async () => {
    await site.desire(device, { model: null });
    await eventually('stop', async () => (await ask([1, 1, 1, 1])).status === 503);

    await eventually('report', () => site.lastReport(device)?.active === null);
  });
});
