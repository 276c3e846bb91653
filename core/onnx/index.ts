export { ONNX_LIMITS } from './limits.ts';
export { createOnnxScanner, scanOnnx, type OnnxScan, type OnnxScanner } from './scan.ts';
export type { TensorSignature } from './signature.ts';
export { decodeTensor, encodeTensor, floatsOf, floatTensor, type Tensor } from './tensor.ts';
export { writeModel, type FunctionSpec, type GraphSpec, type ModelSpec, type NodeSpec } from './write-model.ts';
