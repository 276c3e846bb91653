import { basename } from 'node:path';
import type { Command } from 'commander';
import { isBlocking, isAppError, AppError } from '#core/base/index.ts';
import { createOnnxScanner, type OnnxScan } from '#core/onnx/index.ts';
import { streamPlainFile } from '#native/oci/index.ts';
import { EXIT, type CliIo, type ExitCode } from '../output/index.ts';
import { printFindings } from '../output/print-findings.ts';

/** `gantry scan`. */
export function registerScan(program: Command, io: CliIo): void {
  program
    .command('scan')
    .description(
      'Look at the structure of an ONNX file without loading it. Exit 0 clean, 3 hostile, 2 not an ONNX file',
    )
    .argument('<model>', 'ONNX file')
    .option('--json', 'print one JSON document')
    .action(async (model: string, options: { json?: true }) => {
      process.exitCode = await scanFile(model, options.json === true, io);
    });
}

async function scanFile(path: string, asJson: boolean, io: CliIo): Promise<ExitCode> {
  const scanner = createOnnxScanner();
  try {
    for await (const piece of streamPlainFile(path)) scanner.push(piece);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND'))
      throw new AppError('USAGE_INVALID', `there is no file ${path}`, { path }, { cause: error });
    throw error;
  }
  const scan = scanner.finish();
  const result = resultOf(scan);
  if (asJson) io.json({ file: basename(path), result, ...scan });
  else print(path, scan, io);
  return result === 'clean' ? EXIT.done : result === 'hostile' ? EXIT.refused : EXIT.usage;
}

function resultOf(scan: OnnxScan): 'clean' | 'hostile' | 'not-onnx' {
  if (!scan.isOnnx) return 'not-onnx';
  return isBlocking(scan.findings) ? 'hostile' : 'clean';
}

function print(path: string, scan: OnnxScan, io: CliIo): void {
  const result = resultOf(scan);
  io.out(`${path}: ${{ clean: 'nothing hostile found', hostile: 'HOSTILE', 'not-onnx': 'NOT an ONNX model' }[result]}`);
  if (scan.isOnnx)
    io.out(
      `${String(scan.counts.nodes)} nodes, ${String(scan.counts.initialisers)} initialisers, ${String(scan.counts.functions)} functions`,
    );
  printFindings(scan.findings, io);
}
