export { generateSamples, type SampleFrame, type SampleOptions, type Samples } from './generate-samples.ts';
export { type SensorRow } from './sensor-series.ts';
export { SAMPLE_BUILDER, SAMPLE_SOURCE } from './specification.ts';
export { type Defect, type SurfaceImage } from './surface-image.ts';
