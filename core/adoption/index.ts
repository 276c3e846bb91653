export { adoptMlflow, MLFLOW_FORM, modelFileOf, type PackedAdoption } from './adopt-mlflow.ts';
export { MLMODEL_FILE, readDocuments } from './documents.ts';
export { MlModel, onnxFileOf, pinnedRequirements, tensorsOf } from './mlflow-model.ts';
export type { YamlParser } from './stated.ts';
