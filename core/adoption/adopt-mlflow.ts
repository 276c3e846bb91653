import { VersionTag } from '#contracts/primitives.ts';
import { AppError } from '#core/base/index.ts';
import { isSafePath, packContent, type Adopted, type AdoptedFile, type ContentSpec } from '#core/bundle/index.ts';
import type { OnnxScan } from '#core/onnx/index.ts';
import type { Hasher } from '#core/storage/ports.ts';
import type { FolderDocuments } from './documents.ts';
import { onnxFileOf, tensorsOf } from './mlflow-model.ts';
import { ASSUMED, assumedContract, StatedByTeam } from './stated.ts';

/**
 * The conversion of an MLflow model folder, by its number. Gateways repeat it and compare the result, so what it makes of the
 * same files never changes: another result is another number.
 */
export const MLFLOW_FORM = 'mlflow/1';

/** A model folder as far as a conversion needs it. */
export interface ModelFolder {
  /** What the model is called when nothing in the folder says so. */
  readonly name: string;
  readonly files: readonly AdoptedFile[];
  readonly documents: FolderDocuments;
  /** Tensors that the ONNX file declares. */
  readonly onnx: Pick<OnnxScan, 'inputs' | 'outputs'>;
}

export type PackedAdoption = ReturnType<typeof packContent> & { readonly spec: ContentSpec };

/** The bundle of a model folder: a pure function of its files. MODEL_FOLDER_INVALID or ARTEFACT_PICKLE_REFUSED when they give none. */
export function adoptMlflow(folder: ModelFolder, hasher: Hasher): PackedAdoption {
  const spec = specOf(folder);
  const files = new Map(folder.files.map(({ name, digest, sizeBytes }) => [name, { digest, sizeBytes }]));
  const adopted: Adopted = { form: MLFLOW_FORM, files: folder.files };
  return { ...packContent(spec, { files, hasher, adopted }), spec };
}

/** The ONNX file that `MLmodel` names, as a file of the folder. */
export function modelFileOf({ files, documents }: Pick<ModelFolder, 'files' | 'documents'>): AdoptedFile {
  const name = onnxFileOf(documents.model);
  if (!isSafePath(name))
    throw new AppError('BUNDLE_PATH_ESCAPE', `MLmodel names ${JSON.stringify(name)}`, { path: name });
  const file = files.find((candidate) => candidate.name === name);
  if (file === undefined) throw invalid(`MLmodel names ${JSON.stringify(name)}, which is not in the folder`);
  return file;
}

function specOf(folder: ModelFolder): ContentSpec {
  const { model, registered } = folder.documents;
  const file = modelFileOf(folder);
  const stated = statedBy(model.metadata?.['gantry']);
  const createdAt = stated.createdAt ?? loggedAt(model.utc_time_created);
  const name = stated.model ?? nameFrom(registered?.model_name ?? folder.name);
  const spec: ContentSpec = {
    model: name,
    version: stated.version ?? versionFrom(registered?.model_version, createdAt),
    // Seconds grow with every run of a training, as a sequence must.
    sequence: stated.sequence ?? Math.floor(Date.parse(createdAt) / 1000),
    channel: stated.channel ?? ASSUMED.channel,
    title: stated.title ?? name,
    createdAt,
    contract: contractOf(folder, stated, file.sizeBytes),
    variants: [
      {
        id: `onnx-${stated.precision ?? ASSUMED.precision}`,
        runtime: 'onnxruntime',
        runtimeVersion: '>=1.17',
        precision: stated.precision ?? ASSUMED.precision,
        providers: ['cpu'],
        os: 'any',
        architecture: 'any',
        file: file.name,
      },
    ],
    golden: stated.golden ?? [],
    modelCard: stated.modelCard ?? ASSUMED.modelCard,
    ...(stated.evaluation === undefined ? {} : { evaluation: stated.evaluation }),
    licence: stated.licence ?? ASSUMED.licence,
  };
  refuseUnknownPaths(spec, folder.files);
  return spec;
}

function contractOf(
  { documents: { model }, onnx }: ModelFolder,
  { contract = {} }: StatedByTeam,
  modelBytes: number,
): ContentSpec['contract'] {
  const stated = Object.fromEntries(Object.entries(contract).filter(([, value]) => value !== undefined));
  return {
    ...assumedContract(modelBytes),
    ...stated,
    inputs: tensorsOf(model.signature?.inputs, onnx.inputs, 'input'),
    outputs: tensorsOf(model.signature?.outputs, onnx.outputs, 'output'),
  };
}

function statedBy(value: unknown): StatedByTeam {
  if (value === undefined || value === null) return {};
  const parsed = StatedByTeam.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw invalid(`metadata.gantry of MLmodel: ${fields.join('; ')}`);
}

/** MLflow writes `2024-05-01 12:00:00.123456`, in UTC. */
function loggedAt(text: string | undefined): string {
  const at = text === undefined ? NaN : Date.parse(`${text.replace(' ', 'T').slice(0, 23)}Z`);
  if (Number.isNaN(at)) throw invalid('MLmodel does not say when it was logged (utc_time_created)');
  return new Date(at).toISOString();
}

/** A name of MLflow as the name of a repository: small letters, digits and single dashes. */
function nameFrom(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 128)
    .replace(/-+$/, '');
  if (name === '') throw invalid(`${JSON.stringify(text.slice(0, 64))} gives no name for the model`);
  return name;
}

function versionFrom(registered: string | number | undefined, createdAt: string): string {
  const version =
    registered === undefined ? createdAt.replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '') : String(registered);
  if (!VersionTag.safeParse(version).success) throw invalid(`${JSON.stringify(version)} is no version`);
  return version;
}

function refuseUnknownPaths(spec: ContentSpec, files: readonly AdoptedFile[]): void {
  const known = new Set(files.map(({ name }) => name));
  const named = [spec.modelCard, ...spec.golden.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])];
  const absent = named.find((name) => !known.has(name));
  if (absent !== undefined)
    throw invalid(`metadata.gantry names ${JSON.stringify(absent)}, which is not in the folder`);
}

function invalid(why: string): AppError {
  return new AppError('MODEL_FOLDER_INVALID', why, {});
}
