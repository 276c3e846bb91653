import { basename } from 'node:path';
import type { Command } from 'commander';
import { isAppError, isBlocking, AppError, type Finding } from '#core/base/index.ts';
import type { ArtefactScan } from '#core/artefacts/index.ts';
import { createModelScanner, dataFilesBeside, openFileSource } from '#native/model-scan/index.ts';
import { EXIT, type CliIo, type ExitCode } from '../output/index.ts';
import { printFindings } from '../output/print-findings.ts';

interface ScanOptions {
  readonly data?: readonly string[];
  readonly json?: true;
}

/** `gantry scan`. */
export function registerScan(program: Command, io: CliIo): void {
  program
    .command('scan')
    .description(
      'Look at the structure of a model file without loading it. Exit 0 clean, 3 hostile, 2 no model that is known',
    )
    .argument('<model>', 'ONNX, TFLite, OpenVINO IR, GGUF, ExecuTorch, TensorRT engine or safetensors; told by content')
    .option('--data <name...>', 'files beside the model that its external data may lie in')
    .option('--json', 'print one JSON document')
    .action(async (model: string, options: ScanOptions) => {
      process.exitCode = await scanFile(model, options, io);
    });
}

async function scanFile(path: string, options: ScanOptions, io: CliIo): Promise<ExitCode> {
  const { scan, findings } = await scanAt(path, options.data ?? []).catch((error: unknown) => {
    if (isAppError(error, 'NOT_FOUND'))
      throw new AppError('USAGE_INVALID', error.message, error.details, { cause: error });
    throw error;
  });
  const result = resultOf(scan, findings);
  if (options.json === true) {
    const { onnx, kind, scanner, summary } = scan;
    const { inputs = [], outputs = [], counts = null, producer = '' } = onnx ?? {};
    const isOnnx = onnx?.isOnnx === true;
    io.json({
      file: basename(path),
      result,
      kind,
      scanner,
      summary,
      isOnnx,
      findings,
      inputs,
      outputs,
      counts,
      producer,
    });
  } else print(path, { result, scan, findings }, io);
  return result === 'clean' ? EXIT.done : result === 'hostile' ? EXIT.refused : EXIT.usage;
}

async function scanAt(path: string, data: readonly string[]): Promise<{ scan: ArtefactScan; findings: Finding[] }> {
  const source = await openFileSource(path);
  try {
    const beside = await dataFilesBeside(path, data);
    const scan = await createModelScanner().scan(source, { name: basename(path), files: beside.files });
    return { scan, findings: [...beside.findings, ...scan.findings] };
  } finally {
    await source.close();
  }
}

type Result = 'clean' | 'hostile' | 'not-onnx';

/** `not-onnx` is the name that scripts know for "of no known kind". */
function resultOf(scan: ArtefactScan, findings: readonly Finding[]): Result {
  const isNoModel = scan.kind === 'unknown' && findings.every((finding) => !finding.code.startsWith('SCAN_'));
  return isNoModel ? 'not-onnx' : isBlocking(findings) ? 'hostile' : 'clean';
}

function print(
  path: string,
  found: { result: Result; scan: ArtefactScan; findings: readonly Finding[] },
  io: CliIo,
): void {
  const { result, scan, findings } = found;
  io.out(`${path}: ${{ clean: 'nothing hostile found', hostile: 'HOSTILE', 'not-onnx': 'NOT a known model' }[result]}`);
  if (result !== 'not-onnx') io.out(`${scan.kind}: ${scan.summary} (scanner ${scan.scanner})`);
  printFindings(findings, io);
}
