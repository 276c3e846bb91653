import { AppError, isAppError, KIB, MIB } from '#core/base/index.ts';
import type { AdoptedFile } from '#core/bundle/index.ts';
import { MlModel, pinnedRequirements } from './mlflow-model.ts';
import { RegisteredModel, type YamlParser } from './stated.ts';

/** The documents of an MLflow model folder that a conversion reads. */
export interface FolderDocuments {
  readonly model: MlModel;
  /** Null when the model did not come out of a registry. */
  readonly registered: RegisteredModel | null;
  /** Packages that the model was made with, as far as requirements.txt pins them. */
  readonly dependencies: readonly { readonly name: string; readonly version: string }[];
}

/** The file that makes a folder a model folder of MLflow. */
export const MLMODEL_FILE = 'MLmodel';
const REGISTERED_FILE = 'registered_model_meta';

const REQUIREMENTS_FILE = 'requirements.txt';

const LIMITS = { [MLMODEL_FILE]: MIB, [REGISTERED_FILE]: 64 * KIB } as const;

/** Content of a file of the folder, within its limit. */
type ReadFile = (file: AdoptedFile, limitBytes: number) => Promise<Uint8Array>;

/** Untrusted: the documents of a model folder. MODEL_FOLDER_INVALID when one cannot be read as what it is. */
export async function readDocuments(
  files: readonly AdoptedFile[],
  read: ReadFile,
  parseYaml: YamlParser,
): Promise<FolderDocuments> {
  const documentOf = async (name: keyof typeof LIMITS): Promise<unknown> => {
    const file = files.find((candidate) => candidate.name === name);
    if (file === undefined) return undefined;
    return parsed(name, await within(read, file, LIMITS[name]), parseYaml);
  };
  const model = MlModel.safeParse(await documentOf(MLMODEL_FILE));
  if (!model.success) throw invalid(MLMODEL_FILE, model.error.issues[0]?.message ?? 'it is missing');
  const registered = RegisteredModel.nullable().safeParse((await documentOf(REGISTERED_FILE)) ?? null);
  if (!registered.success) throw invalid(REGISTERED_FILE, registered.error.issues[0]?.message ?? '');
  const requirements = files.find(({ name }) => name === REQUIREMENTS_FILE);
  const text = requirements === undefined ? new Uint8Array() : await within(read, requirements, MIB);
  return {
    model: model.data,
    registered: registered.data,
    dependencies: pinnedRequirements(new TextDecoder().decode(text)),
  };
}

async function within(read: ReadFile, file: AdoptedFile, limitBytes: number): Promise<Uint8Array> {
  if (file.sizeBytes > limitBytes) throw invalid(file.name, `it has more than ${String(limitBytes)} bytes`);
  return read(file, limitBytes);
}

function parsed(name: string, bytes: Uint8Array, parseYaml: YamlParser): unknown {
  try {
    return parseYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    if (isAppError(cause) && cause.code !== 'INPUT_MALFORMED') throw cause;
    throw invalid(name, cause instanceof Error ? cause.message : 'it is not YAML');
  }
}

function invalid(name: string, why: string): AppError {
  return new AppError('MODEL_FOLDER_INVALID', `${name}: ${why.slice(0, 300)}`, { file: name });
}
