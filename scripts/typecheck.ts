import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readSources, REPOSITORY_ROOT } from './source-graph/read-sources.ts';

/** One type check per runtime. `forbidden` names type packages that must not even be loaded there. */
const PROJECTS: readonly { readonly folder: string; readonly forbidden: RegExp | null }[] = [
  { folder: 'contracts', forbidden: /@types\/node\/|\/lib\.dom\./ },
  { folder: 'core', forbidden: /@types\/node\/|\/lib\.dom\./ },
  { folder: 'station', forbidden: /@types\/node\/|\/lib\.dom\./ },
  { folder: 'renderer', forbidden: /@types\/node\// },
  { folder: 'electron/preload', forbidden: null },
  { folder: '.', forbidden: null },
  { folder: 'test/unit/renderer', forbidden: null },
  { folder: 'test/e2e', forbidden: null },
];

const COMPILER = join(REPOSITORY_ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');

async function runCompiler(args: readonly string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [COMPILER, ...args], {
    cwd: REPOSITORY_ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code: code ?? 1, output });
    });
  });
}

async function checkProject(folder: string, forbidden: RegExp | null): Promise<boolean> {
  const { code, output } = await runCompiler(['-p', join(folder, 'tsconfig.json'), '--listFiles', '--pretty', 'false']);
  const lines = output.split('\n').filter((line) => line !== '');
  const isFile = (line: string): boolean =>
    /^(\/|[A-Za-z]:[\\/]).*\.[cm]?[jt]sx?$/.test(line) || line.endsWith('.json');
  for (const line of lines) if (!isFile(line)) console.error(line);
  const leaked = forbidden === null ? [] : lines.filter((line) => isFile(line) && forbidden.test(line));
  for (const file of leaked.slice(0, 3))
    console.error(`${folder} must not see ${file}: something it imports brings it in`);
  console.log(
    `types of ${folder === '.' ? 'the Node side' : folder}: ${code === 0 && leaked.length === 0 ? 'good' : 'FAILED'}`,
  );
  return code === 0 && leaked.length === 0;
}

const paths = (await readSources(REPOSITORY_ROOT)).map(({ path }) => path);
let failures = 0;
for (const { folder, forbidden } of PROJECTS) {
  const isEmpty = folder !== '.' && !paths.some((path) => path.startsWith(`${folder}/`));
  if (isEmpty) console.log(`types of ${folder}: no source there yet`);
  else if (!(await checkProject(folder, forbidden))) failures += 1;
}
process.exitCode = failures === 0 ? 0 : 1;
