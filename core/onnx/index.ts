export { ONNX_LIMITS } from './limits.ts';
export { createOnnxScanner, type OnnxScan, type OnnxScanner } from './scan.ts';
export { linkedDataFinding, type ExternalFiles } from './rules/external-data.ts';
export type { TensorSignature } from './signature.ts';
export { writeModel, type FunctionSpec, type GraphSpec, type ModelSpec, type NodeSpec } from './write-model.ts';
export { encodeTensor, floatTensor } from './write-tensor.ts';
