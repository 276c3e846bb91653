export { checkLabel } from './check-label.ts';
export { cocoDocument, isLabelledImage, type LabelledImage } from './coco.ts';
export { planCocoExport, REVIEW_EXPORT_TYPE, type ExportFile, type ReviewExport } from './export-manifest.ts';
export { SampleRecord, SampleWork, toSampleView, workOf } from './sample-record.ts';
export { evolveSample, type SampleEvent } from './transitions.ts';
