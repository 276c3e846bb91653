import { PNG } from 'pngjs';
import type { SampleState, SampleView } from '#contracts/review.ts';
import { AppError } from '#core/base/index.ts';
import type { ReviewService } from '#station/review/service.ts';
import { modelRef } from './devices-data.ts';
import { digestOf } from './digests.ts';
import type { World } from './world.ts';

const SIZE = 640;
const CLASSES = ['open', 'short', 'mousebite', 'spur', 'copper', 'pin-hole'];
const MINUTE = 60_000;

/** Traces, pads and one short circuit, drawn from the sample's number: the same picture on every run. */
function boardPicture(seed: number): Uint8Array {
  const png = new PNG({ width: SIZE, height: SIZE, colorType: 0 });
  const isCopper = (x: number, y: number): boolean => {
    const trace = (y + seed * 13) % 64 < 18 && (x + seed * 29) % 320 > 40;
    const pad = ((x + seed * 41) % 128) - 64;
    const padY = ((y + seed * 7) % 160) - 80;
    const short = Math.abs(x - 120 - ((seed * 97) % 380)) < 7 && Math.abs(y - 150 - ((seed * 53) % 330)) < 42;
    return trace || pad * pad + padY * padY < 420 || short;
  };
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const grey = (isCopper(x, y) ? 205 : 52) + ((x * 31 + y * 17 + seed) % 23) - 11;
      const at = (y * SIZE + x) * 4;
      png.data[at] = grey;
      png.data[at + 1] = grey;
      png.data[at + 2] = grey;
      png.data[at + 3] = 255;
    }
  }
  return PNG.sync.write(png, { colorType: 0 });
}

/** Doubtful samples: board pictures, and every fifth a row of machine figures. */
export function sampleQueue(now: number, count: number): SampleView[] {
  return Array.from({ length: count }, (_, index): SampleView => {
    const isImage = index % 5 !== 4;
    return {
      id: `smp-${String(index + 1).padStart(3, '0')}`,
      device: isImage ? 'aoi-4-01' : 'saw-1-01',
      line: isImage ? 'Line 4' : 'Depaneling',
      takenAt: now - (count - index) * 3 * MINUTE,
      receivedAt: now - (count - index) * 3 * MINUTE + 4000,
      model: modelRef('1.0.0'),
      reason: index % 7 === 3 ? 'random-control' : 'low-confidence',
      score: 0.28 + (index % 9) * 0.017,
      kind: isImage ? 'image' : 'features',
      contentDigest: digestOf(`sample ${index}`),
      width: isImage ? SIZE : null,
      height: isImage ? SIZE : null,
      features: isImage
        ? null
        : [
            { name: 'air temperature [K]', value: 300.9 },
            { name: 'process temperature [K]', value: 311.4 },
            { name: 'rotational speed [rpm]', value: 1284 },
            { name: 'torque [Nm]', value: 61.2 },
            { name: 'tool wear [min]', value: 208 },
          ],
      classes: isImage ? CLASSES : ['ok', 'failure'],
      state: 'waiting',
      label: null,
      labelledBy: null,
      labelledAt: null,
      revision: 0,
    };
  });
}

/** Labels in memory, with the revision check and the per-person undo of the real queue. */
export function createReview(world: World): ReviewService {
  const undoStack: SampleView[] = [];
  const require = (id: string): SampleView => {
    const sample = world.samples.get(id);
    if (sample === undefined) throw new AppError('SAMPLE_UNKNOWN', `no sample ${id}`, { id });
    return sample;
  };
  const change = (id: string, revision: number, next: Partial<SampleView>, by: string): SampleView => {
    const before = require(id);
    if (before.revision !== revision)
      throw new AppError('CONFLICT', 'somebody else changed this sample', { id, revision: before.revision });
    undoStack.push(before);
    const after = { ...before, ...next, labelledBy: by, labelledAt: world.clock.now(), revision: revision + 1 };
    world.samples.set(id, after);
    world.touch('review', id);
    return after;
  };
  return {
    receive: () => Promise.reject(new AppError('NOT_FOUND', 'the interface station has no devices', {})),
    queue({ state, limit }) {
      const all = [...world.samples.values()];
      const counts: Record<SampleState, number> = { waiting: 0, 'in-work': 0, accepted: 0, rejected: 0 };
      for (const sample of all) counts[sample.state] += 1;
      return { samples: all.filter((sample) => state === undefined || sample.state === state).slice(0, limit), counts };
    },
    get: require,
    image: (id) => Promise.resolve({ mediaType: 'image/png', bytes: boardPicture(Number(require(id).id.slice(4))) }),
    label: ({ sampleId, label, revision }, person) =>
      change(sampleId, revision, { label, state: 'in-work' }, person.name),
    decide: ({ sampleId, state, revision }, person) => change(sampleId, revision, { state }, person.name),
    undo() {
      const before = undoStack.pop();
      if (before === undefined) throw new AppError('NOTHING_TO_UNDO', 'nothing to undo', {});
      const restored = { ...before, revision: require(before.id).revision + 1 };
      world.samples.set(before.id, restored);
      world.touch('review', before.id);
      return restored;
    },
    export(_input, person) {
      const job = world.newJob('review-export', 'Export labels (COCO)', 'review');
      world.record(person, { stream: 'review', type: 'review.exported', subject: 'coco' });
      void world.runJob(job, 1500, (share) => ({ done: Math.round(share * 12), total: 12, unit: 'items' }));
      return Promise.resolve({ jobId: job.id });
    },
  };
}
