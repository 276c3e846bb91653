import type { DeviceView } from '#contracts/device.ts';
import type { LineTile, Person, SiteOverview } from '#contracts/site.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { populate } from './populate.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;

/** Overview and the demonstration, in memory. */
export function createSite(world: World, person: Person): StationServices['site'] {
  return {
    name: () => 'North plant',
    overview: () => Promise.resolve(overviewOf(world, person)),
    startDemo(by) {
      world.demo = 'running';
      const job = world.newJob('demo', 'Demonstration', 'demo');
      world.record(by, { stream: 'demo', type: 'demo.started', subject: 'demo' });
      void world
        .runJob(job, 4000, (share) => ({ done: Math.round(share * 9), total: 9, unit: 'steps' }))
        .then(() => {
          populate(world, person, 0);
          world.demo = 'done';
          world.touch('demo', 'demo');
        });
      return { jobId: job.id };
    },
    async *changes(after, signal) {
      for await (const { sequence, value } of world.changes.after(after, signal)) yield { ...value, seq: sequence };
    },
  };
}

function overviewOf(world: World, person: Person): SiteOverview {
  const now = world.clock.now();
  const devices = [...world.devices.values()];
  const lines = [...new Set(devices.map((device) => device.line))].map((line) =>
    tileOf(
      line,
      devices.filter((device) => device.line === line),
    ),
  );
  const troubled = devices.filter(
    (device) => device.ne107 !== 'N' && device.ne107 !== 'unknown' && device.ne107 !== 'C',
  );
  return {
    site: { v: 1, id: 'north-plant', name: 'North plant', createdAt: now - 42 * DAY, administrator: person },
    mode: 'offline',
    now,
    lines,
    counts: {
      devices: devices.length,
      online: devices.filter((device) => device.online).length,
      bundles: world.bundles.size,
      openImports: [...world.imports.values()].filter((one) =>
        ['copying', 'waiting-for-media', 'verifying', 'awaiting-decision'].includes(one.state),
      ).length,
      openRollouts: [...world.rollouts.values()].filter((one) => ['running', 'paused', 'held'].includes(one.state))
        .length,
      waitingSamples: [...world.samples.values()].filter((one) => one.state === 'waiting').length,
    },
    alarms: troubled.map((device) => ({
      about: 'device' as const,
      at: device.lastSeenAt ?? now,
      priority: device.ne107 === 'F' ? 'high' : device.ne107 === 'S' ? 'middle' : 'low',
      text: `${device.name}: ${device.ne107Reason}`,
      subject: device.id,
    })),
    isEmpty: devices.length === 0 && world.bundles.size === 0,
    demo: world.demo,
  };
}

function tileOf(line: string, devices: DeviceView[]): LineTile {
  const counts: Record<string, number> = {};
  for (const device of devices) counts[device.ne107] = (counts[device.ne107] ?? 0) + 1;
  const seen = devices.flatMap((device) => (device.lastSeenAt === null ? [] : [device.lastSeenAt]));
  const models = devices.flatMap((device) => {
    const reported = device.reported;
    const model = reported?.active == null ? null : reported.slots[reported.active].model;
    return model === null ? [] : [`${model.repository} ${model.version}`];
  });
  return {
    line,
    worst:
      (['F', 'C', 'S', 'M', 'unknown', 'N'] as const).find((state) =>
        devices.some((device) => device.ne107 === state),
      ) ?? 'unknown',
    counts,
    devices: devices.length,
    models: [...new Set(models)],
    oldestSeenAt: seen.length === 0 ? null : Math.min(...seen),
  };
}
