import type { AuditRecord } from '#contracts/audit.ts';
import { AUDIT_GENESIS } from '#contracts/audit.ts';
import type { BenchmarkResult } from '#contracts/benchmark.ts';
import type { DeviceView } from '#contracts/device.ts';
import type { JobView, Progress } from '#contracts/jobs.ts';
import type { ImportView, VolumeView } from '#contracts/media.ts';
import type { SampleView } from '#contracts/review.ts';
import type { RolloutView } from '#contracts/rollout.ts';
import type { Person } from '#contracts/site.ts';
import { SiteTrust, type TrustException } from '#contracts/trust.ts';
import { VerificationPolicy } from '#contracts/verdict.ts';
import type { Clock, IdSource } from '#core/base/index.ts';
import type { BundleDetail } from '#station/bundles/service.ts';
import type { StoresAlarm } from '#station/trust/floor-keeper.ts';
import type { SiteChange } from '#station/site/service.ts';
import { digestOf } from './digests.ts';
import { Feed } from './feed.ts';

/** Everything that the in-memory station knows; services read and change it, and tell the page through the feeds. */
export class World {
  holdsCopies = false;
  readonly volumes = new Map<string, VolumeView>();
  readonly imports = new Map<string, ImportView>();
  readonly bundles = new Map<string, BundleDetail>();
  readonly devices = new Map<string, DeviceView>();
  readonly rollouts = new Map<string, RolloutView>();
  readonly samples = new Map<string, SampleView>();
  readonly jobs = new Map<string, JobView>();
  readonly benchmarks: BenchmarkResult[] = [];
  trust: SiteTrust = SiteTrust.parse({ keys: [] });
  readonly audit: AuditRecord[] = [];
  readonly changes = new Feed<SiteChange>();
  readonly jobChanges = new Feed<JobView>();
  readonly volumeChanges = new Feed<VolumeView[]>();
  policy: VerificationPolicy = VerificationPolicy.parse({
    v: 1,
    version: 3,
    channels: {
      staging: {
        material: 'key',
        requireProvenance: true,
        builders: [],
        sources: [],
        requireSbom: true,
        logThreshold: 0,
        timestampThreshold: 0,
        maxAgeDays: null,
        runtimes: ['onnxruntime'],
      },
      production: {
        material: 'key',
        requireProvenance: true,
        builders: ['https://ci.acme.example/builders/train@v3'],
        sources: ['git+https://git.acme.example/vision/pcb-defect'],
        requireSbom: true,
        logThreshold: 0,
        timestampThreshold: 0,
        maxAgeDays: 365,
        runtimes: ['onnxruntime'],
      },
    },
  });
  /** Whether the trust repository of every medium has an expired timestamp. */
  isRepositoryExpired = false;
  readonly exceptions: TrustException[] = [];
  /** The alarm of a restored copy, while a test wants it. */
  storesAlarm: StoresAlarm | null = null;
  demo: 'offered' | 'running' | 'done' | 'unavailable' = 'unavailable';

  readonly clock: Clock;
  readonly ids: IdSource;

  constructor(clock: Clock, ids: IdSource) {
    this.clock = clock;
    this.ids = ids;
  }

  /** Appends a chained record and tells every page that something of this stream changed. */
  record(
    person: Person | null,
    event: {
      stream: string;
      type: string;
      subject: string;
      ticket?: string | null;
      at?: number;
      payload?: Record<string, unknown>;
    },
  ): void {
    const previous = this.audit.at(-1)?.hash ?? AUDIT_GENESIS;
    const bare = {
      seq: this.audit.length + 1,
      id: this.ids.next(),
      at: event.at ?? this.clock.now(),
      actor:
        person === null
          ? { kind: 'station' as const, id: 'station', name: 'Station' }
          : { kind: 'person' as const, id: person.id, name: person.name },
      stream: event.stream,
      type: event.type,
      subject: event.subject,
      ticket: event.ticket ?? null,
      payload: event.payload ?? {},
      previous,
    };
    this.audit.push({ ...bare, hash: digestOf(JSON.stringify(bare)) });
    this.touch(event.stream, event.subject);
  }

  touch(stream: string, subject: string): void {
    this.changes.push({ seq: this.audit.length, stream, subject });
  }

  putJob(job: JobView): void {
    const known = { ...job, updatedAt: this.clock.now() };
    this.jobs.set(job.id, known);
    this.jobChanges.push(known);
  }

  newJob(kind: string, title: string, subject: string): JobView {
    const now = this.clock.now();
    const job: JobView = {
      id: this.ids.next(),
      kind,
      title,
      state: 'running',
      subject,
      createdAt: now,
      updatedAt: now,
    };
    this.putJob(job);
    return job;
  }

  /** Runs a job over `ms` in small steps, reporting as the real ones do; stops when it was cancelled or blocked. */
  async runJob(job: JobView, ms: number, progress: (share: number) => Progress): Promise<'done' | 'stopped'> {
    const steps = Math.max(1, Math.round(ms / 200));
    for (let step = 1; step <= steps; step += 1) {
      await this.clock.sleep(ms / steps);
      if (this.jobs.get(job.id)?.state !== 'running') return 'stopped';
      this.putJob({ ...job, progress: progress(step / steps) });
    }
    this.putJob({ ...job, state: 'done', progress: progress(1) });
    return 'done';
  }
}
