export { BAD_TUNING, detectorBad, detectorFp32, detectorInt8, referenceHeatmap, TUNINGS } from './detector.ts';
export { generateSamples, type SampleFrame, type SampleOptions, type Samples } from './generate-samples.ts';
export { sensorSeries, toCsv, type SensorRow } from './sensor-series.ts';
export { SAMPLE_BUILDER, SAMPLE_MODEL, SAMPLE_SOURCE } from './specification.ts';
export { surfaceImage, toPgm, type Defect, type SurfaceImage } from './surface-image.ts';
