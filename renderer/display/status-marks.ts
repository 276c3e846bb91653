import type { IconName } from '#renderer/ui/icons.ts';

/** Colour families of a status; the colour is never the only sign. */
export type Tone = 'f' | 'c' | 's' | 'm' | 'n' | 'unknown' | 'ok' | 'warn' | 'bad';

interface Mark {
  readonly tone: Tone;
  readonly icon: IconName;
}

export type Ne107 = 'N' | 'F' | 'C' | 'S' | 'M' | 'unknown';

interface Ne107Mark extends Mark {
  /** The letter that NE 107 (2017) gives the state. */
  readonly letter: string;
}

/** NE 107: normal is calm grey here (ISA-101), and unknown never looks like normal. */
export const NE107_MARKS: Readonly<Record<Ne107, Ne107Mark>> = {
  F: { tone: 'f', icon: 'ne107-f', letter: 'F' },
  C: { tone: 'c', icon: 'ne107-c', letter: 'C' },
  S: { tone: 's', icon: 'ne107-s', letter: 'S' },
  M: { tone: 'm', icon: 'ne107-m', letter: 'M' },
  N: { tone: 'n', icon: 'ne107-n', letter: 'N' },
  unknown: { tone: 'unknown', icon: 'ne107-unknown', letter: '?' },
};

/** Worst first, as NAMUR ranks them; not knowing ranks above normal. */
export const NE107_ORDER: readonly Ne107[] = ['F', 'C', 'S', 'M', 'unknown', 'N'];

/** A result with a letter, as NE 107 has them: F is a failure there too, and `?` is not known. The same letters stand on paper. */
interface LetteredMark extends Mark {
  readonly letter: string;
}

/** Results of one aspect of a verdict. */
export type AspectResult = 'established' | 'not-established' | 'unknown';

export const ASPECT_MARKS: Readonly<Record<AspectResult, LetteredMark>> = {
  established: { tone: 'ok', icon: 'shield-ok', letter: 'E' },
  'not-established': { tone: 'bad', icon: 'shield-bad', letter: 'F' },
  unknown: { tone: 'unknown', icon: 'question', letter: '?' },
};

/** Results of one statement of a verdict. */
export const FACT_MARKS: Readonly<Record<AspectResult | 'not-demanded', LetteredMark>> = {
  ...ASPECT_MARKS,
  'not-demanded': { tone: 'n', icon: 'open', letter: '–' },
};

/** Where a device is on its way to a model (design 5.6): faults that need hands never look like faults that healed. */
export const DEVICE_STATE_MARKS = {
  idle: { tone: 'n', icon: 'open' },
  queued: { tone: 'n', icon: 'clock' },
  staging: { tone: 'm', icon: 'import' },
  staged: { tone: 'm', icon: 'bundle' },
  verified: { tone: 'm', icon: 'shield-ok' },
  armed: { tone: 'm', icon: 'clock' },
  swapping: { tone: 'c', icon: 'refresh' },
  smoke: { tone: 'c', icon: 'benchmark' },
  soaking: { tone: 'c', icon: 'clock' },
  confirmed: { tone: 'ok', icon: 'success' },
  'fell-back': { tone: 'warn', icon: 'undo' },
  stuck: { tone: 'f', icon: 'error' },
} as const satisfies Record<string, Mark>;

export const ROLLOUT_STATE_MARKS = {
  draft: { tone: 'n', icon: 'open' },
  'awaiting-approval': { tone: 'n', icon: 'user' },
  scheduled: { tone: 'n', icon: 'clock' },
  running: { tone: 'm', icon: 'play' },
  paused: { tone: 'warn', icon: 'pause' },
  finished: { tone: 'ok', icon: 'success' },
  aborted: { tone: 'warn', icon: 'stop' },
  'rolled-back': { tone: 'warn', icon: 'undo' },
  held: { tone: 'f', icon: 'warning' },
} as const satisfies Record<string, Mark>;

export const COHORT_STATE_MARKS = {
  waiting: { tone: 'n', icon: 'open' },
  running: { tone: 'm', icon: 'play' },
  soaking: { tone: 'c', icon: 'clock' },
  gate: { tone: 'c', icon: 'benchmark' },
  passed: { tone: 'ok', icon: 'success' },
  held: { tone: 'f', icon: 'warning' },
} as const satisfies Record<string, Mark>;

export const IMPORT_STATE_MARKS = {
  planned: { tone: 'n', icon: 'open' },
  copying: { tone: 'm', icon: 'import' },
  'waiting-for-media': { tone: 'warn', icon: 'stick' },
  verifying: { tone: 'm', icon: 'shield' },
  'awaiting-decision': { tone: 'c', icon: 'user' },
  accepted: { tone: 'ok', icon: 'success' },
  rejected: { tone: 'warn', icon: 'close' },
  refused: { tone: 'bad', icon: 'shield-bad' },
  failed: { tone: 'bad', icon: 'error' },
} as const satisfies Record<string, Mark>;

export const JOB_STATE_MARKS = {
  queued: { tone: 'n', icon: 'clock' },
  running: { tone: 'm', icon: 'play' },
  blocked: { tone: 'warn', icon: 'pause' },
  done: { tone: 'ok', icon: 'success' },
  failed: { tone: 'bad', icon: 'error' },
  cancelled: { tone: 'n', icon: 'stop' },
} as const satisfies Record<string, Mark>;

export const SAMPLE_STATE_MARKS = {
  waiting: { tone: 'n', icon: 'open' },
  'in-work': { tone: 'm', icon: 'review' },
  accepted: { tone: 'ok', icon: 'success' },
  rejected: { tone: 'warn', icon: 'close' },
} as const satisfies Record<string, Mark>;

export const SLOT_STATE_MARKS = {
  empty: { tone: 'n', icon: 'open' },
  staging: { tone: 'm', icon: 'import' },
  staged: { tone: 'm', icon: 'bundle' },
  trial: { tone: 'c', icon: 'clock' },
  committed: { tone: 'ok', icon: 'success' },
  'rolled-back': { tone: 'warn', icon: 'undo' },
  failed: { tone: 'bad', icon: 'error' },
} as const satisfies Record<string, Mark>;
