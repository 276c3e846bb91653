import { readFileSync } from 'node:fs';
import { arch, cpus, hostname, loadavg, platform, release, totalmem } from 'node:os';
import type { EnvironmentFingerprint } from '#contracts/benchmark.ts';

/** What an agent says about its machine. */
export function machineFacts(): {
  os: string;
  architecture: string;
  hostname: string;
  cpu: string;
  cores: number;
  memoryBytes: number;
} {
  const cores = cpus();
  return {
    os: `${platform()} ${release()}`,
    architecture: arch(),
    hostname: hostname(),
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    memoryBytes: totalmem(),
  };
}

/** The facts that a benchmark result carries. */
export function environmentFacts(runtimeVersion: string): Omit<EnvironmentFingerprint, 'digest'> {
  const { cpu, cores, memoryBytes, architecture } = machineFacts();
  return {
    cpu,
    cores,
    memoryBytes,
    os: platform(),
    kernel: release(),
    architecture,
    node: process.version,
    governor: readLine('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    cgroupCpuLimit: cgroupLimit(),
    loadAverage: loadavg()[0] ?? 0,
    runtimeVersion,
  };
}

/** CPU time of the whole machine and of this process, in milliseconds since start. */
export interface CpuSample {
  readonly busyMs: number;
  readonly totalMs: number;
  readonly frequencyMhz: number | null;
}

export function sampleCpu(): CpuSample {
  const cores = cpus();
  const sums = cores.reduce(
    (sum, { times }) => ({
      idle: sum.idle + times.idle,
      total: sum.total + times.user + times.nice + times.sys + times.idle + times.irq,
    }),
    { idle: 0, total: 0 },
  );
  const frequency = cores.reduce((sum, core) => sum + core.speed, 0) / Math.max(1, cores.length);
  return { busyMs: sums.total - sums.idle, totalMs: sums.total, frequencyMhz: frequency > 0 ? frequency : null };
}

/** Share of the machine that others used between two samples, when `ownMs` of CPU time were ours. */
export function shareOfOthers(before: CpuSample, after: CpuSample, ownMs: number): number | null {
  const total = after.totalMs - before.totalMs;
  return total <= 0 ? null : Math.max(0, (after.busyMs - before.busyMs - ownMs) / total);
}

/** cgroup v2 `cpu.max`: quota and period, or `max`. */
function cgroupLimit(): string | null {
  const [quota, period] = (readLine('/sys/fs/cgroup/cpu.max') ?? 'max').split(' ');
  if (quota === undefined || quota === 'max' || period === undefined) return null;
  return `${(Number(quota) / Number(period)).toFixed(2)} cores`;
}

function readLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Absent in containers and on other systems: the fact is then not known.
    return null;
  }
}
