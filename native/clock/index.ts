export { systemClock } from './system-clock.ts';
export { randomIds } from './random-ids.ts';
