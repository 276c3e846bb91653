import { keepOnnxRuntimeSilent } from '#native/quiet-runtime/index.ts';
import { currentRole, playRole } from './roles/role.ts';

keepOnnxRuntimeSilent(process.env);

// Threads and children start this very file: one bundled program, one role a process.
const role = currentRole(process.argv);
if (role === 'program') {
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2));
} else {
  await playRole(role);
}
