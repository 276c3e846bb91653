export type { DevicePlace } from './blast-radius.ts';
export { abort, pause, previewAbort, resume, type AbortMode } from './decisions.ts';
export { nextSteps, type RolloutStep } from './next-steps.ts';
export { planDigestOf, planRollout, runningModel } from './plan.ts';
export { isClosed, RolloutRecord, type Transition } from './record.ts';
export { startRecord } from './start.ts';
export { applyEvent, applyReport, applyStep, notePublished, wantedModel } from './transitions.ts';
export type { MeasuredP99 } from './variant.ts';
export { viewOf } from './view.ts';
