export {
  assembleMeasurement,
  OFFICIAL_SECONDS,
  type Measured,
  type MeasuredVariant,
  type RawMeasurement,
} from './assemble.ts';
export { createLatencySketch, type LatencySketch } from './latency-sketch.ts';
export { disturbancesOf, fingerprintOf, type Conditions, type EnvironmentFacts } from './environment.ts';
export { earlyStoppingMinimum, nearestRank, rankInterval, statePercentiles } from './percentiles.ts';
export { seededRandom, type RandomStream } from './random.ts';
export { poissonSchedule, runClosedLoop, runOpenLoop, type LoadTarget } from './schedule.ts';
export { judgeStability, windowOf, type Stability, type Window } from './stability.ts';
