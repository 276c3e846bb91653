import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '#core/benchmark/index.ts';
import { AgentState, runnableSlot } from '#core/slots/index.ts';
import { createAgentSite, eventually, type AgentSite, type MirroredBundle } from '#test/support/agent-site.ts';
import { aScaleLayout } from '#test/support/agent-bundles.ts';
import { startAgentProcess } from '#test/support/agent-process.ts';

const ROUNDS = 20;

describe('a gateway whose power is cut', () => {
  let site: AgentSite;
  let layouts: string;
  const bundles: MirroredBundle[] = [];

  beforeAll(async () => {
    layouts = await mkdtemp(join(tmpdir(), 'gantry-kill-'));
    site = await createAgentSite();
    for (const version of ['1.0.0', '2.0.0', '3.0.0'])
      bundles.push(
        await site.mirror(
          await aScaleLayout({ key: site.plantKey, dir: join(layouts, version), version, scale: Number(version[0]) }),
        ),
      );
  }, 30_000);

  afterAll(async () => {
    await site.close();
    await rm(layouts, { recursive: true, force: true });
  });

  const answers = async (url: string): Promise<string | undefined> => {
    const response = await fetch(`${url}/v2/models/plant/scale/infer`, {
      method: 'POST',
      body: JSON.stringify({ inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP32', data: [1, 1, 1, 1] }] }),
    });
    const body = (await response.json()) as { model_version?: string; outputs?: { data: number[] }[] };
    // The version that answers is also the model that answers: version n multiplies by n.
    return response.status === 200 && body.outputs?.[0]?.data[0] === Number(body.model_version?.[0])
      ? body.model_version
      : undefined;
  };

  it(
    `has exactly one verified runnable slot and serves again, ${String(ROUNDS)} times at random points`,
    { timeout: 240_000 },
    async () => {
      const { directory, identity } = await site.enrolAgent();
      const random = seededRandom(20_260_301);
      const stateFile = join(directory, 'state.json');
      const bundle = (index: number): MirroredBundle =>
        bundles[index % bundles.length] ?? (bundles[0] as MirroredBundle);
      await site.desire(identity.device, { model: bundle(0).ref() });
      let agent = startAgentProcess(directory);
      await eventually(
        'the first commit',
        () => site.heard.events.some(({ event }) => event.type === 'confirmed'),
        30_000,
      );

      for (let round = 1; round <= ROUNDS; round += 1) {
        await site.desire(identity.device, { model: bundle(round).ref() });
        await new Promise((resolve) => setTimeout(resolve, random() * 1100));
        await agent.kill();

        const state = AgentState.parse(JSON.parse(await readFile(stateFile, 'utf8')));
        const runnable = runnableSlot(state);
        expect(runnable, `round ${String(round)}: ${JSON.stringify(state.slots)}`).not.toBeNull();
        const weights = runnable?.installed.weights.digest ?? '';
        const onDisk = await readFile(await findBlob(directory, weights.slice(7)));
        expect(`sha256:${createHash('sha256').update(onDisk).digest('hex')}`).toBe(weights);

        agent = startAgentProcess(directory);
        const { url, afterMs } = await agent.serving;
        expect(afterMs).toBeLessThan(10_000);
        await eventually('an answer', () => answers(url), 10_000);
      }
      await agent.kill();
    },
  );

  it('serves within ten seconds with no station at all', { timeout: 60_000 }, async () => {
    const { directory, identity } = await site.enrolAgent();
    await site.desire(identity.device, { model: bundles[0]?.ref() ?? null });
    const first = startAgentProcess(directory);
    await eventually(
      'the commit',
      () => site.heard.events.some((heard) => heard.device === identity.device && heard.event.type === 'confirmed'),
      30_000,
    );
    await first.kill();
    const identityFile = join(directory, 'identity.json');
    const { writeFile } = await import('node:fs/promises');
    // Nobody listens there.
    await writeFile(
      identityFile,
      (await readFile(identityFile, 'utf8')).replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:9'),
    );

    const alone = startAgentProcess(directory);
    const { url } = await alone.serving;

    expect(await eventually('an answer', () => answers(url), 10_000)).toBe('1.0.0');
    await alone.kill();
  });
});

async function findBlob(directory: string, hex: string): Promise<string> {
  const { readdir } = await import('node:fs/promises');
  const names = await readdir(join(directory, 'store'), { recursive: true });
  const name = names.find((candidate) => candidate.endsWith(hex));
  if (name === undefined) throw new Error(`the weights ${hex} are not on the disk`);
  return join(directory, 'store', name);
}
