/**
 * P6 and P9 for the gateway: idle memory, start to serving, and what the model server adds to `session.run` at 602,112 bytes.
 * Run: node test/bench/agent.bench.ts [path of a bundled gantry-agent.mjs]. Prints ratios; asserts nothing.
 */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nearestRank } from '#core/benchmark/index.ts';
import { encodeTensor, floatTensor, writeModel } from '#core/onnx/index.ts';
import { agentEntryFile } from '#agent/entry-file.ts';
import { startInferenceWorker } from '#native/onnx/index.ts';
import { createAgentSite, eventually } from '#test/support/agent-site.ts';
import { startAgentProcess } from '#test/support/agent-process.ts';
import { printResult } from '#scripts/benchmarks/bench-result.ts';
import { aBundleSpec, aSignedLayout, writeSpecFiles } from '#test/support/bundles.ts';

const SHAPE = [1, 3, 224, 224] as const;
const ELEMENTS = 3 * 224 * 224;
const REQUESTS = 400;

const entry = process.argv[2];
const layouts = await mkdtemp(join(tmpdir(), 'gantry-agent-bench-'));
const site = await createAgentSite();
try {
  const bundle = await site.mirror(await imageLayout(join(layouts, 'image')));
  const { directory, identity } = await site.enrolAgent();
  await site.desire(identity.device, { model: bundle.ref() });
  const first = startAgentProcess(directory, entry === undefined ? {} : { entry });
  await eventually('the first commit', () => site.heard.events.some(({ event }) => event.type === 'confirmed'), 60_000);
  await first.stop();

  const starts: number[] = [];
  for (let trial = 0; trial < 5; trial += 1) {
    const agent = startAgentProcess(directory, entry === undefined ? {} : { entry });
    const { url } = await agent.serving;
    await eventually('ready', async () => (await fetch(`${url}/v2/health/ready`)).status === 200);
    starts.push((await agent.serving).afterMs);
    if (trial < 4) await agent.stop();
    else {
      await new Promise((resolve) => setTimeout(resolve, 8000));
      const rss = rssOf(agent.process.pid ?? 0);
      printResult({
        id: 'P9',
        what: 'agent idle RSS, one model loaded',
        value: `${(rss / 1e6).toFixed(0)} MB`,
        goal: 'at most 120 MB',
        ofGoal: rss / 120e6,
      });
      await overhead(url, join(layouts, 'image', 'files', 'model.onnx'));
      await agent.stop();
    }
  }
  const median = nearestRank(
    starts.sort((a, b) => a - b),
    0.5,
  );
  printResult({
    id: 'P9',
    what: 'agent start to serving, median of 5',
    value: `${median.toFixed(0)} ms`,
    goal: 'at most 2000 ms',
    ofGoal: median / 2000,
  });
} finally {
  await site.close();
  await rm(layouts, { recursive: true, force: true });
}

async function overhead(url: string, modelPath: string): Promise<void> {
  const worker = await startInferenceWorker({
    entryFile: agentEntryFile(),
    path: modelPath,
    digest: null,
    providers: ['cpu'],
  });
  const agent = new Agent({ keepAlive: true });
  const head = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ name: 'x', shape: SHAPE, datatype: 'FP32', parameters: { binary_data_size: ELEMENTS * 4 } }],
    }).padEnd(256),
  );
  const body = Buffer.concat([
    head,
    new Uint8Array(Float32Array.from({ length: ELEMENTS }, (_, at) => at / ELEMENTS).buffer),
  ]);
  // A server that only sends the bytes back: what HTTP over loopback costs by itself.
  const echo = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('end', () => response.end(Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const echoUrl = `http://127.0.0.1:${String((echo.address() as AddressInfo).port)}/`;
  const computeMs: number[] = [];
  const httpMs: number[] = [];
  const echoMs: number[] = [];
  // Interleaved, so that a busy moment hits both.
  for (let turn = 0; turn < REQUESTS; turn += 1) {
    const { computeMs: inside } = await worker.run([
      { name: 'x', datatype: 'FP32', shape: SHAPE, data: new Float32Array(ELEMENTS).fill(turn) },
    ]);
    const from = performance.now();
    await post(agent, `${url}/v2/models/plant/scale/infer`, body, head.length);
    if (turn < 20) continue;
    computeMs.push(inside);
    httpMs.push(performance.now() - from);
    const echoFrom = performance.now();
    await post(agent, echoUrl, body, head.length);
    echoMs.push(performance.now() - echoFrom);
  }
  const [run, http, bare] = [computeMs, httpMs, echoMs].map((samples) =>
    nearestRank(
      samples.sort((a, b) => a - b),
      0.5,
    ),
  ) as [number, number, number];
  print('session.run in its thread, p50', `${run.toFixed(2)} ms`, '');
  print('binary request over HTTP, p50', `${http.toFixed(2)} ms`, '');
  printResult({
    id: 'P6',
    what: 'agent adds to session.run, p50',
    value: `${(http - run).toFixed(2)} ms`,
    goal: 'at most 0.3 ms',
    ofGoal: (http - run) / 0.3,
  });
  print(
    'bare HTTP echo of the bytes, p50',
    `${bare.toFixed(2)} ms`,
    `the agent takes ${(http / (bare + run)).toFixed(2)} times echo plus run`,
  );
  agent.destroy();
  echo.close();
  await worker.close();
}

function post(agent: Agent, url: string, body: Buffer, headerLength: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent,
        headers: { 'Content-Length': body.length, 'Inference-Header-Content-Length': headerLength },
      },
      (incoming) => {
        incoming.on('data', () => undefined);
        incoming.once('end', () => {
          if (incoming.statusCode === 200) resolve();
          else reject(new Error(`status ${String(incoming.statusCode)}`));
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** One multiplication of an image of 602,112 bytes: almost all time is the way in and out. */
async function imageLayout(dir: string): Promise<string> {
  const filesDir = join(dir, 'files');
  await mkdir(dir, { recursive: true });
  await writeSpecFiles(filesDir);
  const values = new Float32Array(ELEMENTS).fill(0.5);
  const value = (name: string) => ({ name, datatype: 'FP32' as const, shape: ['N', 3, 224, 224] });
  await writeFile(
    join(filesDir, 'model.onnx'),
    writeModel({
      producer: 'gantry-bench',
      opset: 17,
      graph: {
        name: 'g',
        nodes: [{ op: 'Mul', inputs: ['x', 'scale'], outputs: ['y'] }],
        inputs: [value('x')],
        outputs: [value('y')],
        initialisers: [floatTensor('scale', [], [2])],
      },
    }),
  );
  await writeFile(join(filesDir, 'input_0.pb'), encodeTensor(floatTensor('x', [...SHAPE], values)));
  await writeFile(
    join(filesDir, 'output_0.pb'),
    encodeTensor(
      floatTensor(
        'y',
        [...SHAPE],
        values.map((each) => each * 2),
      ),
    ),
  );
  const base = aBundleSpec();
  const tensor = (name: string) => [{ name, datatype: 'FP32' as const, shape: [-1, 3, 224, 224] }];
  const spec = {
    ...base,
    variants: base.variants.slice(0, 1),
    contract: { ...base.contract, inputs: tensor('x'), outputs: tensor('y') },
  };
  return (await aSignedLayout({ key: site.plantKey, spec, filesDir, outDir: dir })).dir;
}

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1] ?? '0') * 1024;
}

function print(what: string, value: string, ratio: string): void {
  process.stdout.write(`${what.padEnd(36)} ${value.padStart(10)}  ${ratio}\n`);
}
