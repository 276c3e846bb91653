import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelRef } from '#contracts/device.ts';
import { AGENT_DEFAULTS, composeAgent } from '#agent/compose.ts';
import type { Agent } from '#agent/start-agent.ts';
import { adoptFolder } from '#cli/authoring/index.ts';
import { createAgentSite, eventually, type AgentSite } from '#test/support/agent-site.ts';
import { signModelFolder, writeModelFolder } from '#test/support/model-folder.ts';
import { aPolicy } from '#test/support/trust.ts';

const LIMIT_MS = 60_000;
let root: string;
let site: AgentSite;
let agent: Agent;
let device: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-agent-folder-'));
  site = await createAgentSite({ policy: () => aPolicy({ requireProvenance: false }) });
  const enrolled = await site.enrolAgent();
  device = enrolled.identity.device;
  const { directory } = enrolled;
  agent = await composeAgent({ ...AGENT_DEFAULTS, directory, port: 0, smokeLimitMs: 8000, log: () => undefined });
}, LIMIT_MS);

afterAll(async () => {
  await agent.stop();
  await site.close();
  await rm(root, { recursive: true, force: true });
}, LIMIT_MS);

/** The bundle of a model folder in the mirror of the site. */
async function mirrored(folder: string): Promise<ModelRef> {
  const { layout } = await adoptFolder(folder, `${folder}-layout`);
  return (await site.mirror(layout)).ref('onnx-fp32');
}

describe('a gateway that is given the bundle of a signed model folder', () => {
  it('verifies the signature of the folder itself and serves the model', { timeout: LIMIT_MS }, async () => {
    const folder = join(root, 'surface');
    await writeModelFolder(folder);
    await signModelFolder(folder, site.plantKey);
    const model = await mirrored(folder);

    await site.desire(device, { model });
    await eventually('the confirmation', () =>
      site.heard.events.find(
        ({ event }) => event.type === 'confirmed' && event.model.bundleDigest === model.bundleDigest,
      ),
    );

    const response = await fetch(`${agent.url}/v2/models/surface-check/infer`, {
      method: 'POST',
      body: JSON.stringify({ inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] }] }),
    });
    expect(await response.json()).toMatchObject({ model_version: '7', outputs: [{ data: [2, 4, 6, 8] }] });
  });

  it('does not load one whose folder holds a file that nobody signed', { timeout: LIMIT_MS }, async () => {
    const folder = join(root, 'more');
    await cp(join(root, 'surface'), folder, { recursive: true });
    await writeFile(join(folder, 'setup.py'), 'import os');
    const model = await mirrored(folder);

    await site.desire(device, { model });
    const evidence = await eventually('the refusal', () => {
      const found = site.heard.events.find(
        ({ event }) => event.type === 'fell-back' && event.evidence.model.bundleDigest === model.bundleDigest,
      );
      return found?.event.type === 'fell-back' ? found.event.evidence : undefined;
    });

    expect(evidence.findings.map(({ code }) => code)).toContain('MODEL_FILE_ADDED');
  });
});
