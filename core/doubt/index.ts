export { judgeDoubt, type Doubt, type NumericOutput } from './judge-doubt.ts';
export { createSampleCap, type SampleCap } from './sample-cap.ts';
