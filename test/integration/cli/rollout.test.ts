import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStation } from '#cli/compose.ts';
import { startAgentProcess, type AgentProcess } from '#test/support/agent-process.ts';
import { TEST_BUILDER, TEST_SOURCE } from '#test/support/trust.ts';
import { gantry, giveFreePorts, writeSpec } from './gantry.ts';

// The command is the station while it runs: a real gateway process meets it again each time.

const TICKET = 'CHG-7';

let work: string;
let site: string;
let agent: AgentProcess | null = null;
const at = (...parts: string[]): string => join(work, ...parts);

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-rollout-'));
  site = at('site');
  await writeSpec(at('spec'));
  const trusted = ['trust', 'policy', '--site', site, '--channel', 'production', '--builder', TEST_BUILDER];
  await mustDo('keys', 'create', '--out', at('keys'), '--no-passphrase');
  await mustDo('bundle', 'create', '--spec', at('spec', 'spec.yaml'), '--out', at('layout'));
  await mustDo('bundle', 'sign', at('layout'), '--key', at('keys', 'plant.key.pem'));
  await mustDo('init', '--site', site, '--name', 'Plant');
  await giveFreePorts(site);
  await mustDo(
    'trust',
    'add-key',
    '--site',
    site,
    '--name',
    'Plant',
    '--channel',
    'production',
    '--key',
    at('keys', 'plant.pub.pem'),
  );
  await mustDo(...trusted, '--source', TEST_SOURCE);
  await mustDo('import', at('layout'), '--site', site, '--accept', '--reason', 'test');
  await enrolGateway();
}, 120_000);
afterAll(async () => {
  await agent?.stop();
  await rm(work, { recursive: true });
});

async function mustDo(...args: string[]): Promise<void> {
  const { status, err } = await gantry(...args);
  expect({ args, status, err }).toEqual({ args, status: 0, err: '' });
}

/** Enrols a gateway as a person would, at a station that runs meanwhile, and lets it report once. */
async function enrolGateway(): Promise<void> {
  const station = await openStation({ siteDir: site }, { env: {} });
  try {
    const { fleet } = station.services;
    const wish = { name: 'Press 1', line: 'press', cell: '', redundancyGroup: null, safety: false, validMinutes: 5 };
    const { code, command } = fleet.createCode(wish, station.person);
    const url = /--station (\S+)/.exec(command)?.[1] ?? '';
    await mustDo('agent', 'enrol', '--station', url, '--code', code, '--dir', at('gateway'));
    agent = startAgentProcess(at('gateway'));
    await vi.waitFor(
      () => {
        expect(fleet.list()[0]?.reported?.agent.version).toBeDefined();
      },
      { timeout: 30_000, interval: 100 },
    );
  } finally {
    await station.close();
  }
}

const wish = (...more: string[]): string[] => [
  '--site',
  site,
  '--bundle',
  'plant/scale:1.0.0',
  '--ticket',
  TICKET,
  '--soak-seconds',
  '1',
  '--json',
  ...more,
];

describe('gantry rollout', () => {
  it('plans the same bytes from the same inputs, and simulates the order of steps', async () => {
    const [first, second] = [await gantry('rollout', 'plan', ...wish()), await gantry('rollout', 'plan', ...wish())];

    expect(first.status).toBe(0);
    expect(second.out).toBe(first.out);
    const simulated = await gantry('rollout', 'simulate', ...wish());
    expect((simulated.json()['steps'] as { do: string }[]).map((step) => step.do)).toEqual([
      'start-cohort',
      'stage',
      'activate',
      'pass-cohort',
      'conclude',
    ]);
    expect(simulated.json()).toMatchObject({ state: 'finished', durationMs: 1000 });
  });

  it('refuses to start a plan that is not the one that was seen', async () => {
    const ran = await gantry('rollout', 'start', ...wish('--plan-digest', `sha256:${'0'.repeat(64)}`));

    expect(ran.status).toBe(3);
    expect(ran.json()['error']).toMatchObject({ code: 'CONFLICT' });
    expect(await openRollouts()).toEqual([]);
  });

  it('starts, tells every transition, and ends when the gateway has confirmed', async () => {
    const { planDigest } = (await gantry('rollout', 'plan', ...wish('--min-requests', '0'))).json();

    const ran = await gantry('rollout', 'start', ...wish('--min-requests', '0', '--plan-digest', String(planDigest)));

    expect({ status: ran.status, err: ran.err }).toMatchObject({ status: 0 });
    expect(ran.json()).toMatchObject({ state: 'finished', followed: 'settled', planDigest });
    for (const transition of ['started', 'device-staging', 'device-activating', 'device-confirmed', 'finished'])
      expect(ran.err).toMatch(new RegExp(`  ${transition} `));
  }, 60_000);

  it('does not roll back before the ticket is typed, and says the counts', async () => {
    const [{ id }] = await allRollouts();

    const ran = await gantry(
      'rollout',
      'rollback',
      id,
      '--site',
      site,
      '--reason',
      'test',
      '--confirm',
      'yes',
      '--json',
    );

    expect(ran.status).toBe(5);
    expect(ran.json()['error']).toMatchObject({
      code: 'ROLLOUT_NOT_CONFIRMED',
      details: { ticket: TICKET, keep: [], neverStart: [] },
    });
    expect(ran.err).toContain('1 go back to what they ran before');
    expect((await allRollouts())[0].state).toBe('finished');
  });

  it('rolls back when it is, and waits until the gateway has returned', async () => {
    const [{ id }] = await allRollouts();

    const ran = await gantry(
      'rollout',
      'rollback',
      id,
      '--site',
      site,
      '--reason',
      'test',
      '--confirm',
      TICKET,
      '--json',
      '--follow-seconds',
      '40',
    );

    expect({ status: ran.status, err: ran.err }).toMatchObject({ status: 0 });
    expect(ran.json()).toMatchObject({ state: 'rolled-back', followed: 'settled' });
    expect(ran.err).toContain('device-returned');
  }, 60_000);

  it('ends with 3 when the gate holds, and keeps the rollout for a person', async () => {
    const held = await gantry('rollout', 'start', ...wish('--min-requests', '100000', '--follow-seconds', '20'));

    expect({ status: held.status, err: held.err }).toMatchObject({ status: 3 });
    expect(held.json()).toMatchObject({ state: 'held' });
    expect(await openRollouts()).toHaveLength(1);
    const passed = await gantry('rollout', 'resume', '--site', site, '--json');
    expect(passed.status).toBe(0);
    expect(passed.json()).toMatchObject({ state: 'finished' });
  }, 60_000);
});

async function allRollouts(): Promise<[{ id: string; state: string }]> {
  return (await gantry('rollout', 'status', '--site', site, '--json')).json()['rollouts'] as [
    { id: string; state: string },
  ];
}

async function openRollouts(): Promise<{ id: string; state: string }[]> {
  return (await allRollouts()).filter(({ state }) => ['running', 'paused', 'held'].includes(state));
}
