import { keepOnnxRuntimeSilent } from '#native/quiet-runtime/index.ts';
import { createProgram } from './program.ts';
import { processIo, progressStyle } from './output/process-io.ts';
import { reportError } from './output/report-error.ts';

keepOnnxRuntimeSilent(process.env);

const args = process.argv.slice(2);
const io = processIo(progressStyle(args, process.stderr.isTTY));

// A reader such as `head` may close the pipe early; that is no failure of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  const program = await createProgram(args, io);
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  process.exitCode = reportError(error, io, args.includes('--json'));
}
