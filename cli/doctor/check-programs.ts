import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { findBrowser, hasScreen } from '../app-window.ts';
import { findElectron } from '../electron-binary.ts';
import type { Check } from './check.ts';
import { runTool } from './run-tool.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LEAST_NODE = 24;

/** Compiling a session on a slow gateway takes seconds; a minute means that it hangs. */
const RUNTIME_TIMEOUT_MS = 60_000;

type Env = NodeJS.ProcessEnv;

/** The programs that Gantry runs in, or calls when they are there. */
export function programChecks(env: Env): Promise<Check>[] {
  return [
    Promise.resolve(nodeCheck()),
    Promise.resolve(electronCheck(env)),
    Promise.resolve(browserCheck(env)),
    runtimeCheck(),
    toolCheck('skopeo', ['--version'], 'comparing the mirror with another registry client'),
    toolCheck('openssl', ['version'], 'checking an audit export without Gantry'),
  ];
}

function nodeCheck(): Check {
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= LEAST_NODE;
  return {
    id: 'node',
    state: isNewEnough ? 'good' : 'bad',
    found: `${process.version} (${process.execPath})`,
    usedFor: 'everything',
    ...(isNewEnough ? {} : { next: `Install Node ${String(LEAST_NODE)} or newer.` }),
  };
}

function electronCheck(env: Env): Check {
  const binary = findElectron(ROOT, env, process.platform);
  const usedFor = 'the desktop window';
  if (binary !== null) return { id: 'electron', state: 'good', found: binary, usedFor };
  const next = 'Nothing: the same screens open in a browser. `npm start` fetches Electron where there is a network.';
  return { id: 'electron', state: 'limited', found: 'not on this machine', usedFor, next };
}

function browserCheck(env: Env): Check {
  const browser = findBrowser(env);
  const usedFor = 'the screens as an app window';
  if (browser === undefined) {
    const next = 'Install Chromium, Chrome or Edge, or open the printed link in the browser that you have.';
    return { id: 'browser', state: 'limited', found: 'no Chromium, Chrome or Edge', usedFor, next };
  }
  if (hasScreen(env, process.platform)) return { id: 'browser', state: 'good', found: browser, usedFor };
  return {
    id: 'browser',
    state: 'limited',
    found: `${browser}, but no screen`,
    usedFor,
    next: 'Open the link that `gantry serve` prints.',
  };
}

const RuntimeAnswer = z.object({ version: z.string(), provider: z.string(), isRight: z.boolean() });

async function runtimeCheck(): Promise<Check> {
  const child = fileURLToPath(new URL('./try-runtime.ts', import.meta.url));
  const answer = await runTool(process.execPath, [child], RUNTIME_TIMEOUT_MS);
  const about = { id: 'onnxruntime', usedFor: 'serving and measuring models on this machine' };
  const next = 'Install the packages again for this machine (`npm ci`); a station alone works without it.';
  if (!answer.ran) return { ...about, state: 'bad', found: answer.why, next };
  const { version, provider, isRight } = RuntimeAnswer.parse(JSON.parse(answer.output));
  if (!isRight) return { ...about, state: 'bad', found: `${version} computes wrongly`, next };
  return { ...about, state: 'good', found: `${version}, ${provider}, ran a model` };
}

async function toolCheck(tool: string, args: readonly string[], usedFor: string): Promise<Check> {
  const answer = await runTool(tool, args);
  if (answer.ran) return { id: tool, state: 'good', found: answer.output.trim().split('\n')[0] ?? '', usedFor };
  return { id: tool, state: 'limited', found: answer.why, usedFor, next: 'Nothing: Gantry does not need it.' };
}
