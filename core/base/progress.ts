import type { Progress } from '#contracts/jobs.ts';

/** Four reports a second: smooth to the eye, cheap on the wire. */
export const PROGRESS_INTERVAL_MS = 250;

export type ReportProgress = (progress: Progress) => void;
