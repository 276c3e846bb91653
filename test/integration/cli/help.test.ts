import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { processIo } from '#cli/output/process-io.ts';
import { createProgram, createWholeProgram } from '#cli/program.ts';
import { gantry } from './gantry.ts';

const AT_ONCE = 2;

let paths: string[][];

beforeAll(async () => {
  paths = pathsOf(await createWholeProgram(processIo('none')), []);
});

function pathsOf(command: Command, path: string[]): string[][] {
  return [path, ...command.commands.flatMap((child) => pathsOf(child, [...path, child.name()]))];
}

/** The same program in this process: what comes after the verb is the same code, and processes are dear. */
async function helpHere(path: readonly string[]): Promise<string> {
  let out = '';
  const io = { ...processIo('none'), out: (text: string) => (out += text) };
  const program = await createProgram(path, io);
  await expect(program.parseAsync([...path, '--help'], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 });
  return out;
}

describe('gantry --help', () => {
  it('answers for the program and every verb, on standard output', async () => {
    const verbs = paths.filter((path) => path.length < 2);
    expect(verbs.length).toBeGreaterThan(15);

    for (let at = 0; at < verbs.length; at += AT_ONCE) {
      const asked = verbs.slice(at, at + AT_ONCE);
      const answers = await Promise.all(asked.map((path) => gantry(...path, '--help')));
      for (const [index, { status, out, err }] of answers.entries()) {
        const name = ['gantry', ...(asked[index] ?? [])].join(' ');
        expect({ name, status, err }).toEqual({ name, status: 0, err: '' });
        expect(out).toContain(`Usage: ${name}`);
      }
    }
  });

  it('answers for every part of a verb', async () => {
    const parts = paths.filter((path) => path.length > 1);
    expect(parts.length).toBeGreaterThan(25);

    for (const path of parts) expect(await helpHere(path)).toContain(`Usage: gantry ${path.join(' ')}`);
  });

  it('lists no verb that this version does not have', () => {
    const verbs = paths.filter((path) => path.length === 1).map(([verb]) => verb);

    for (const later of ['drift', 'labels']) expect(verbs).not.toContain(later);
  });

  it('finds the verb behind an option of the program', async () => {
    expect((await gantry('--progress', 'json', 'trust', '--help')).out).toContain('A fresh site refuses every bundle');
  });
});
