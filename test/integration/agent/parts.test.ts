import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bufferedExporter } from '#native/otlp-client/buffered-exporter.ts';
import { createHttpsClient, createRegistryClient, type RegistryClient } from '#native/registry-client/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { runLimitedChild } from '#native/machine/index.ts';
import { pullBundle } from '#agent/convergence/pull-bundle.ts';
import { agentEntryFile } from '#agent/entry-file.ts';
import { enrol } from '#agent/identity/enrol.ts';
import type { SmokeAnswer } from '#agent/roles/smoke.ts';
import { createAgentSite, eventually, type AgentSite } from '#test/support/agent-site.ts';
import { aScaleLayout, endlessModel } from '#test/support/agent-bundles.ts';
import { startAgentProcess } from '#test/support/agent-process.ts';
import { describeWithShared } from '#test/support/shared-data.ts';

let site: AgentSite;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-agent-parts-'));
  site = await createAgentSite();
}, 30_000);

afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

describe('enrolment', () => {
  it('makes a key that only its owner can read, and pins the site', async () => {
    const { directory, identity } = await site.enrolAgent();

    expect((await stat(join(directory, 'device.key'))).mode & 0o777).toBe(0o600);
    expect(identity).toMatchObject({ site: 'plant', siteKeyPem: site.siteKey.publicKeyPem });
    expect(identity.caPem.replaceAll(/\s/g, '')).toBe(site.pki.ca.certificatePem.replaceAll(/\s/g, ''));
  });

  it('sends nothing to a machine that is not the station of the code', async () => {
    const other = await createAgentSite();
    const code = site.newCode();

    await expect(enrol({ stationUrl: other.url, code, directory: join(folder, 'wrong-site') })).rejects.toMatchObject({
      code: 'STATION_IDENTITY_WRONG',
    });
    // The code was not shown to the wrong machine and still works at the right one.
    await expect(enrol({ stationUrl: site.url, code, directory: join(folder, 'right-site') })).resolves.toMatchObject({
      site: 'plant',
    });
    await other.close();
  });

  it('refuses a used code, a code without fingerprint, and a used folder', async () => {
    const code = site.newCode();
    await enrol({ stationUrl: site.url, code, directory: join(folder, 'once') });

    await expect(enrol({ stationUrl: site.url, code, directory: join(folder, 'twice') })).rejects.toThrow();
    await expect(
      enrol({ stationUrl: site.url, code: 'abcd-efgh-jkmn-pqrs', directory: join(folder, 'thrice') }),
    ).rejects.toMatchObject({ code: 'ENROLMENT_CODE_INVALID' });
    await expect(
      enrol({ stationUrl: site.url, code: site.newCode(), directory: join(folder, 'once') }),
    ).rejects.toMatchObject({ code: 'AGENT_FOLDER_INVALID' });
  });

  it('says that nobody answers', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    const address = await new Promise<{ port: number }>((resolve) =>
      closed.once('listening', () => {
        resolve(closed.address() as { port: number });
      }),
    );
    closed.close();

    await expect(
      enrol({
        stationUrl: `https://127.0.0.1:${String(address.port)}`,
        code: site.newCode(),
        directory: join(folder, 'nobody'),
      }),
    ).rejects.toMatchObject({ code: 'STATION_UNREACHABLE' });
  });
});

describe('pullBundle', () => {
  it('goes on where a broken link stopped, and pulls nothing twice', { timeout: 30_000 }, async () => {
    const bundle = await site.mirror(
      await aScaleLayout({ key: site.plantKey, dir: join(folder, 'pull'), version: '7.0.0' }),
    );
    const { directory, identity } = await site.enrolAgent();
    const { readFile } = await import('node:fs/promises');
    const http = createHttpsClient({
      caPem: identity.caPem,
      client: {
        certificatePem: identity.certificatePem,
        privateKeyPem: await readFile(join(directory, 'device.key'), 'utf8'),
      },
    });
    const registry = createRegistryClient(http, site.url);
    const store = await folderBlobStore(join(folder, 'pull-store'));
    const asked: number[] = [];
    const flaky = breakEach(registry, asked);
    const target = { repository: bundle.repository, bundleDigest: bundle.digest };
    const ports = { registry: flaky, store, signal: new AbortController().signal, onProgress: () => undefined };

    let tries = 0;
    const pulled = await eventually(
      'a whole bundle',
      async () => {
        tries += 1;
        return pullBundle(target, ports).catch(() => undefined);
      },
      30_000,
    );

    expect(tries).toBeGreaterThan(3);
    expect(asked.some((from) => from > 0)).toBe(true);
    for (const digest of pulled.blobs) expect(await store.has(digest)).toBe(true);
    const before = asked.length;
    await pullBundle(target, ports);
    expect(asked.length).toBe(before);
    http.close();
  });
});

/** Breaks every transfer after its first 40 bytes. */
function breakEach(registry: RegistryClient, asked: number[]): RegistryClient {
  return {
    ...registry,
    async blob(repository, digest, range) {
      asked.push(range.from);
      const { start, body } = await registry.blob(repository, digest, range);
      return {
        start,
        body: (async function* () {
          for await (const chunk of body) {
            yield chunk.subarray(0, 40);
            if (chunk.length > 40) throw new Error('the link broke');
          }
        })(),
      };
    },
  };
}

describe('the smoke test', () => {
  it('ends a model that never ends', { timeout: 30_000 }, async () => {
    const path = join(folder, 'endless.onnx');
    await writeFile(path, endlessModel());
    const { encodeTensor, floatTensor } = await import('#core/onnx/index.ts');
    await writeFile(join(folder, 'x.pb'), encodeTensor(floatTensor('x', [1, 4], [1, 2, 3, 4])));
    const contract = {
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 4] }],
    };
    const job = {
      path,
      digest: null,
      providers: ['cpu'],
      golden: [{ inputs: [join(folder, 'x.pb')], outputs: [join(folder, 'x.pb')] }],
      tolerance: { rtol: 0, atol: 0 },
      contract,
    };

    const outcome = await runLimitedChild({
      entryFile: agentEntryFile(),
      role: 'smoke',
      job,
      timeLimitMs: 2500,
      memoryLimitBytes: null,
    });

    expect(outcome.ended).toBe('time-limit');
  });

  it('ends a child that takes more memory than it may', { timeout: 30_000 }, async () => {
    const outcome = await runLimitedChild({
      entryFile: agentEntryFile(),
      role: 'smoke',
      job: {},
      timeLimitMs: 20_000,
      memoryLimitBytes: 1_000_000,
    });

    expect(outcome.ended).toBe('memory-limit');
  });

  it('refuses weights that are not the ones that were verified', { timeout: 30_000 }, async () => {
    const path = join(folder, 'endless.onnx');
    const outcome = await runLimitedChild({
      entryFile: agentEntryFile(),
      role: 'smoke',
      job: {
        path,
        digest: `sha256:${'0'.repeat(64)}`,
        providers: ['cpu'],
        golden: [],
        tolerance: { rtol: 0, atol: 0 },
        contract: { inputs: [], outputs: [] },
      },
      timeLimitMs: 20_000,
      memoryLimitBytes: null,
    });

    expect(outcome).toMatchObject({ ended: 'crashed', log: expect.stringContaining('expected, file has') as string });
  });
});

describeWithShared('real models', 'data/pcb/pcb-defect-1.0.0.onnx', (model) => {
  const root = join(model, '..', '..');
  const smoke = (file: string, golden: string, input: string, output: string) =>
    runLimitedChild({
      entryFile: agentEntryFile(),
      role: 'smoke',
      timeLimitMs: 60_000,
      memoryLimitBytes: null,
      job: {
        path: join(root, file),
        digest: null,
        providers: ['cpu'],
        tolerance: { rtol: 1e-3, atol: 1e-4 },
        golden: [{ inputs: [join(root, golden, 'input_0.pb')], outputs: [join(root, golden, 'output_0.pb')] }],
        contract: {
          inputs: [{ name: input, datatype: 'FP32', shape: [-1] }],
          outputs: [{ name: output, datatype: 'FP32', shape: [-1] }],
        },
      },
    });

  it.each([
    ['pcb/pcb-defect-1.0.0.onnx', 'pcb/golden-1.0.0', 'pair', 'heatmap'],
    ['pcb/pcb-defect-2.0.0.onnx', 'pcb/golden-2.0.0', 'pair', 'heatmap'],
    ['ai4i/machine-failure-1.1.0.onnx', 'ai4i/golden-1.1.0', 'features', 'failure_probability'],
  ])('%s reproduces its golden outputs', { timeout: 60_000 }, async (...files) => {
    const outcome = await smoke(...files);

    expect(outcome.ended === 'answered' ? (outcome.answer as SmokeAnswer).problems : outcome).toEqual([]);
  });

  it('another model does not reproduce them', { timeout: 60_000 }, async () => {
    const outcome = await smoke('pcb/pcb-defect-2.0.0.onnx', 'pcb/golden-1.0.0', 'pair', 'heatmap');

    expect(outcome.ended === 'answered' ? (outcome.answer as SmokeAnswer).problems.length : 0).toBeGreaterThan(0);
  });
});

describe('telemetry through an outage', () => {
  it('keeps what was not taken and sends it in order, oldest first', async () => {
    const sent: (number | undefined)[] = [];
    const numbers = new Map<object, number>();
    let isDown = true;
    const exporter = bufferedExporter(
      {
        export(metrics, done) {
          if (!isDown) sent.push(numbers.get(metrics));
          // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enum lives in a package that the SDK does not re-export
          done({ code: isDown ? 1 : 0 });
        },
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
      () => undefined,
    );
    const push = (id: number): Promise<unknown> =>
      new Promise((resolve) => {
        const metrics: ResourceMetrics = { resource: resourceFromAttributes({}), scopeMetrics: [] };
        numbers.set(metrics, id);
        exporter.export(metrics, resolve);
      });

    await push(1);
    await push(2);
    isDown = false;
    await push(3);

    expect(sent).toEqual([1, 2, 3]);
  });
});

describe('the bundled agent', () => {
  it('starts, verifies and serves where only the runtime resolves', { timeout: 90_000 }, async () => {
    const home = join(folder, 'bundled');
    await mkdir(join(home, 'node_modules'), { recursive: true });
    await build({ configFile: 'vite.agent.config.ts', logLevel: 'error', build: { outDir: home, emptyOutDir: false } });
    for (const name of ['onnxruntime-node', 'onnxruntime-common'])
      await symlink(
        join(import.meta.dirname, '..', '..', '..', 'node_modules', name),
        join(home, 'node_modules', name),
      );
    const { directory, identity } = await site.enrolAgent();
    const bundle = await site.mirror(
      await aScaleLayout({ key: site.plantKey, dir: join(folder, 'for-bundled'), version: '8.0.0' }),
    );
    await site.desire(identity.device, { model: bundle.ref() });

    const agent = startAgentProcess(directory, { entry: join(home, 'gantry-agent.mjs') });
    const { url } = await agent.serving;
    await eventually('readiness', async () => (await fetch(`${url}/v2/health/ready`)).status === 200, 30_000);

    expect((await readdir(home)).filter((name) => name.endsWith('.mjs'))).toEqual(['gantry-agent.mjs']);
    expect(await (await fetch(`${url}/v2/models/plant/scale`)).json()).toMatchObject({
      name: 'plant/scale',
      versions: ['8.0.0'],
    });
    expect(await agent.stop()).toBe(0);
  });
});
