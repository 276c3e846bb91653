import { readFileSync } from 'node:fs';

/** Memory of a process in bytes; null where the kernel does not tell. */
export interface ProcessMemory {
  readonly rssBytes: number | null;
  /** Peak resident size (VmHWM). Never VmPeak, which counts address space. */
  readonly peakRssBytes: number | null;
  /** Proportional set size: shared pages counted by their share. */
  readonly pssBytes: number | null;
}

export function processMemory(pid: number | 'self', options: { withPss?: boolean } = {}): ProcessMemory {
  const status = readProc(`/proc/${String(pid)}/status`);
  return {
    rssBytes: kilobytes(status, 'VmRSS'),
    peakRssBytes: kilobytes(status, 'VmHWM'),
    pssBytes: options.withPss === true ? kilobytes(readProc(`/proc/${String(pid)}/smaps_rollup`), 'Pss') : null,
  };
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not Linux, or the process has ended: the figure is then not known, which the result says.
    return '';
  }
}

function kilobytes(text: string, field: string): number | null {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text);
  return match?.[1] === undefined ? null : Number(match[1]) * 1024;
}
