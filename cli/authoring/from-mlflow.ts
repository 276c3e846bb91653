import { dirname, join, resolve } from 'node:path';
import { BundleSpec } from '#contracts/bundle.ts';
import { MlModel, onnxFileOf, pinnedRequirements, tensorsOf } from '#core/adoption/index.ts';
import { AppError, isAppError, MIB } from '#core/base/index.ts';
import { isSafePath } from '#core/bundle/index.ts';
import { createOnnxScanner, type OnnxScan } from '#core/onnx/index.ts';
import { readPlainFile, streamPlainFile } from '#native/oci/index.ts';
import { parseYaml, readYamlText, type SpecOnDisk } from './read-spec.ts';

const REQUIREMENTS_LIMIT_BYTES = MIB;

/** What MLflow does not know and a specification beside it says: channel, sequence, golden vectors, tolerance, provenance. */
type Additions = Record<string, unknown>;

/**
 * Untrusted: an MLflow model folder as a specification. Model file, tensors, time and requirements come from the folder, everything else
 * from the specification, which goes before. Nothing in the folder is run or unpickled.
 */
export async function readMlflow(dir: string, specPath: string): Promise<SpecOnDisk> {
  const added = asRecord(parseYaml(await readYamlText(specPath), specPath), specPath);
  const modelPath = join(dir, 'MLmodel');
  const parsed = MlModel.safeParse(parseYaml(await readYamlText(modelPath), modelPath));
  if (!parsed.success) throw invalid(modelPath, parsed.error);
  const onnxName = onnxFileOf(parsed.data);
  if (!isSafePath(onnxName))
    throw new AppError('BUNDLE_PATH_ESCAPE', `MLmodel names ${JSON.stringify(onnxName)}`, { path: onnxName });
  const onnxPath = resolve(dir, onnxName);
  const scan = await scanOnnx(onnxPath);
  const contract = asRecord(added['contract'] ?? {}, specPath);
  const { signature } = parsed.data;
  const spec = BundleSpec.safeParse({
    createdAt: createdAt(parsed.data.utc_time_created),
    modelCard: resolve(modelPath),
    variants: [variantOf(onnxPath)],
    dependencies: await requirementsOf(dir),
    ...added,
    contract: {
      inputs: tensorsOf(signature?.inputs, scan.inputs, 'input'),
      outputs: tensorsOf(signature?.outputs, scan.outputs, 'output'),
      ...contract,
    },
  });
  if (!spec.success) throw invalid(specPath, spec.error);
  return { spec: spec.data, dir: dirname(resolve(specPath)) };
}

function variantOf(file: string): object {
  return {
    id: 'onnx-fp32',
    runtime: 'onnxruntime',
    runtimeVersion: '>=1.17',
    precision: 'fp32',
    providers: ['cpu'],
    os: 'any',
    architecture: 'any',
    file,
  };
}

async function scanOnnx(path: string): Promise<OnnxScan> {
  const scanner = createOnnxScanner();
  for await (const piece of streamPlainFile(path)) scanner.push(piece);
  const scan = scanner.finish();
  if (!scan.isOnnx) throw new AppError('ONNX_MALFORMED', `${path} is no ONNX model`, { path });
  return scan;
}

async function requirementsOf(dir: string): Promise<{ name: string; version: string }[]> {
  try {
    const bytes = await readPlainFile(join(dir, 'requirements.txt'), REQUIREMENTS_LIMIT_BYTES);
    return pinnedRequirements(new TextDecoder().decode(bytes));
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return [];
    throw error;
  }
}

/** MLflow writes `2024-05-01 12:00:00.123456`, in UTC. */
function createdAt(text: string | undefined): string | undefined {
  const at = text === undefined ? NaN : Date.parse(`${text.replace(' ', 'T').slice(0, 23)}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

function asRecord(value: unknown, path: string): Additions {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new AppError('BUNDLE_SPEC_INVALID', `${path} is no mapping`, { path });
}

function invalid(
  path: string,
  error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] },
): AppError {
  const fields = error.issues.map((issue) => `${issue.path.join('.') || 'document'}: ${issue.message}`);
  return new AppError('BUNDLE_SPEC_INVALID', `${path}: ${fields.join('; ')}`, { path, fields }, { cause: error });
}
