export {
  startInferenceWorker,
  type Answer,
  type InferenceWorker,
  type InferenceWorkerOptions,
} from './inference-worker.ts';
export { serveInferenceThread, type InferenceThreadData } from './inference-thread.ts';
export { openOnnxSession, type OnnxSession } from './session.ts';
export { onnxRuntimeVersion, providerFor, SUPPORTED_PROVIDERS } from './runtime.ts';
