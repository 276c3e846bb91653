import { z } from 'zod';
import type { TensorContract, TensorDatatype } from '#contracts/bundle.ts';
import { AppError } from '#core/base/index.ts';

/** A flavour that is read; the others are only named. */
const Onnx = z.object({ data: z.string().max(256), onnx_version: z.union([z.string(), z.number()]).optional() });

/** `MLmodel` as MLflow writes it (MLflow model format): the members that are used here. */
export const MlModel = z.object({
  flavors: z.record(z.string().max(64), z.unknown()),
  mlflow_version: z.union([z.string(), z.number()]).optional(),
  model_uuid: z.string().max(64).optional(),
  run_id: z.string().max(64).nullish(),
  utc_time_created: z.string().max(64).optional(),
  metadata: z.record(z.string().max(256), z.unknown()).nullish(),
  signature: z.object({ inputs: z.string().nullish(), outputs: z.string().nullish() }).nullish(),
});
export type MlModel = z.infer<typeof MlModel>;

const TensorSpec = z.object({
  type: z.literal('tensor'),
  name: z.string().optional(),
  'tensor-spec': z.object({ dtype: z.string(), shape: z.array(z.number().int().min(-1)).max(8) }),
});
const ColumnSpec = z.object({ type: z.string(), name: z.string().optional() });
const Specs = z.union([z.array(TensorSpec).min(1).max(64), z.array(ColumnSpec).min(1).max(4096)]);

/** Names of numpy and of MLflow's columns. */
const DATATYPES = new Map<string, TensorDatatype>([
  ['bool', 'BOOL'],
  ['boolean', 'BOOL'],
  ['uint8', 'UINT8'],
  ['uint16', 'UINT16'],
  ['uint32', 'UINT32'],
  ['uint64', 'UINT64'],
  ['int8', 'INT8'],
  ['int16', 'INT16'],
  ['int32', 'INT32'],
  ['integer', 'INT32'],
  ['int64', 'INT64'],
  ['long', 'INT64'],
  ['float16', 'FP16'],
  ['float32', 'FP32'],
  ['float', 'FP32'],
  ['float64', 'FP64'],
  ['double', 'FP64'],
]);

/** What a tensor is called and holds, as the ONNX file itself declares it. */
export interface DeclaredTensor {
  readonly name: string;
  readonly datatype: TensorDatatype | null;
  readonly shape: readonly number[] | null;
}

/** The ONNX file of a model. ARTEFACT_PICKLE_REFUSED when the model has only flavours that run code when they are loaded. */
export function onnxFileOf(model: MlModel): string {
  const { onnx, ...others } = model.flavors;
  const parsed = Onnx.safeParse(onnx);
  if (parsed.success) return parsed.data.data;
  const names = Object.keys(others);
  throw new AppError(
    'ARTEFACT_PICKLE_REFUSED',
    `the MLflow model has the flavours ${names.slice(0, 8).join(', ')}, which Python loads by running code. ` +
      'Log it with mlflow.onnx.log_model after an export (skl2onnx for sklearn, torch.onnx.export for pytorch, tf2onnx for tensorflow)',
    { flavors: names.slice(0, 8) },
  );
}

/**
 * The contract of one side. The names are those of the ONNX file, because a gateway feeds that; MLflow's signature adds feature names,
 * and must agree with the file where both speak.
 */
export function tensorsOf(
  text: string | null | undefined,
  declared: readonly DeclaredTensor[],
  side: string,
): TensorContract[] {
  const fromFile = declared.map(({ name, datatype, shape }): TensorContract => {
    if (datatype === null || shape === null)
      throw invalid(`${side} ${JSON.stringify(name)} of the ONNX file is no tensor that a contract can describe`);
    return { name, datatype, shape: [...shape] };
  });
  if (text === null || text === undefined) return fromFile;
  const parsed = Specs.safeParse(parseSignature(text, side));
  if (!parsed.success) throw invalid(`the signature of the ${side}s is of no known form`);
  const tensors = z.array(TensorSpec).safeParse(parsed.data);
  if (tensors.success)
    return tensors.data.map((spec, at) => agreed(spec, { fromFile, at, isOnly: tensors.data.length === 1, side }));
  return withFeatures(parsed.data, fromFile, side);
}

function agreed(
  spec: z.infer<typeof TensorSpec>,
  { fromFile, at, isOnly, side }: { fromFile: readonly TensorContract[]; at: number; isOnly: boolean; side: string },
): TensorContract {
  const { dtype, shape } = spec['tensor-spec'];
  const tensor =
    fromFile.find(({ name }) => name === spec.name) ?? (isOnly && fromFile.length === 1 ? fromFile[0] : undefined);
  const isSame =
    tensor !== undefined &&
    tensor.datatype === DATATYPES.get(dtype) &&
    tensor.shape.length === shape.length &&
    tensor.shape.every((size, place) => size === shape[place] || size === -1 || shape[place] === -1);
  if (isSame) return tensor;
  throw invalid(
    `${side} ${JSON.stringify(spec.name ?? String(at))}: the signature of MLflow says ${dtype} [${shape.join(', ')}], the ONNX file says otherwise`,
  );
}

/** Columns become the features of the one tensor that takes them all, or a tensor each. */
function withFeatures(
  columns: readonly z.infer<typeof ColumnSpec>[],
  fromFile: readonly TensorContract[],
  side: string,
): TensorContract[] {
  const [only] = fromFile;
  const isEach = columns.every(({ name }) => fromFile.some((tensor) => tensor.name === name));
  if (isEach && columns.length === fromFile.length) return [...fromFile];
  const width = only?.shape.at(-1);
  if (only === undefined || fromFile.length > 1 || (width !== -1 && width !== columns.length))
    throw invalid(
      `the signature of MLflow names ${String(columns.length)} columns as ${side}s, the ONNX file takes something else`,
    );
  return [{ ...only, features: columns.map(({ name }, at) => ({ name: name ?? String(at), unit: '' })) }];
}

function parseSignature(text: string, side: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`the signature of the ${side}s is not JSON`, cause);
  }
}

function invalid(what: string, cause?: unknown): AppError {
  return new AppError('BUNDLE_SPEC_INVALID', what, {}, cause === undefined ? undefined : { cause });
}

/** One line of requirements.txt that names a version; everything else says nothing exact. */
const PINNED = /^([A-Za-z0-9][A-Za-z0-9._-]{0,127})(?:\[[^\]]*\])?\s*==\s*([A-Za-z0-9.!+_-]{1,64})\s*(?:;.*)?$/;

/** Untrusted: the pinned packages of a requirements.txt, for the parts list. Nothing is installed. */
export function pinnedRequirements(text: string): { name: string; version: string }[] {
  const found = text.split(/\r?\n/).flatMap((line) => {
    const [, name, version] = PINNED.exec(line.replace(/\s+#.*$/, '').trim()) ?? [];
    return name === undefined || version === undefined
      ? []
      : [{ name: name.toLowerCase().replace(/[._]+/g, '-'), version }];
  });
  return [...new Map(found.map((item) => [item.name, item])).values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, 2000);
}
