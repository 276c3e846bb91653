import { link, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesAsSource, type ArtefactScan, type ByteSource } from '#core/artefacts/index.ts';
import {
  createModelScanner,
  dataFilesBeside,
  openFileSource,
  SCAN_LIMITS,
  scanInChild,
} from '#native/model-scan/index.ts';
import { artefactSamples } from '#test/support/artefact-samples.ts';
import { hostileModels } from '#test/support/hostile-models.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-scan-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const codesOf = (scan: ArtefactScan): string[] => scan.findings.map(({ code }) => code);

/** A child that does something else than scanning. */
async function childThat(does: string, limits = SCAN_LIMITS): Promise<ArtefactScan> {
  const entryFile = join(folder, `${String(does.length)}.mjs`);
  await writeFile(entryFile, `process.send({ type: 'started' }); process.on('message', () => { ${does} });`);
  return scanInChild({ entryFile, as: 'process' }, limits).scan(bytesAsSource(artefactSamples.onnx()), {});
}

describe('a scan in a child', () => {
  it('gives the verdict of the scanner', async () => {
    expect(
      await createModelScanner().scan(bytesAsSource(artefactSamples.onnx()), { runtime: 'onnxruntime' }),
    ).toMatchObject({
      kind: 'onnx',
      findings: [],
    });
    const bomb = hostileModels().find(({ rule }) => rule === 'ONNX_FUNCTION_EXPANSION');
    expect(codesOf(await createModelScanner().scan(bytesAsSource(bomb?.bytes ?? new Uint8Array()), {}))).toContain(
      'ONNX_FUNCTION_EXPANSION',
    );
  });

  it('does the same as a thread, where no process may be started', async () => {
    const entryFile = fileURLToPath(new URL('../../../native/model-scan/scan-child.ts', import.meta.url));
    const scanner = scanInChild({ entryFile, as: 'thread' });

    expect(await scanner.scan(bytesAsSource(artefactSamples.tflite()), {})).toMatchObject({
      kind: 'tflite',
      findings: [],
    });
  });

  it('jumps over weights: of 8 GiB it reads a few MiB', async () => {
    const weights = 2 ** 33;
    const head = largeHead(weights);
    let read = 0;
    const source: ByteSource = {
      sizeBytes: head.length + weights,
      read: (start, length) => {
        read += length;
        const bytes = new Uint8Array(length);
        bytes.set(head.subarray(start, start + length));
        return Promise.resolve(bytes);
      },
    };

    const scan = await createModelScanner().scan(source, { runtime: 'onnxruntime' });

    expect(scan.kind).toBe('onnx');
    expect(read).toBeLessThan(4 * 2 ** 20);
  });

  it('refuses when the child hangs, dies, or takes too much memory', async () => {
    expect(codesOf(await childThat('for (;;) {}', { ...SCAN_LIMITS, thinkMs: 300 }))).toEqual(['SCAN_TIME_LIMIT']);
    expect(codesOf(await childThat('process.exit(3);'))).toEqual(['SCAN_CRASHED']);
    expect(codesOf(await childThat('const a = []; for (;;) a.push(new Array(1e6).fill(a.length));'))).toEqual([
      'SCAN_MEMORY_LIMIT',
    ]);
  });

  it('tells a failed read as what it is, and ends when it is cancelled', async () => {
    const broken: ByteSource = { sizeBytes: 100, read: () => Promise.reject(new Error('pulled')) };
    await expect(createModelScanner().scan(broken, {})).rejects.toThrow('pulled');
    const stop = new AbortController();
    const endless: ByteSource = { sizeBytes: 100, read: () => new Promise(() => undefined) };
    const scan = createModelScanner().scan(endless, {}, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(scan).rejects.toThrow('stopped');
  });
});

describe('data files beside a model', () => {
  it('lists a plain file, and finds links of both kinds and other folders', async () => {
    const at = (name: string): string => join(folder, name);
    await writeFile(at('plain.bin'), new Uint8Array(8));
    await writeFile(at('secret'), new Uint8Array(8));
    await link(at('secret'), at('hard.bin'));
    await symlink(at('plain.bin'), at('soft.bin'));

    const { files, findings } = await dataFilesBeside(at('m.onnx'), ['plain.bin', 'hard.bin', 'soft.bin', '../x']);

    expect([...files]).toEqual([['plain.bin', 8]]);
    expect(findings.map(({ code, at: where }) => `${code} ${where}`)).toEqual([
      'ONNX_EXTERNAL_LINK hard.bin',
      'ONNX_EXTERNAL_LINK soft.bin',
      'ONNX_EXTERNAL_LINK ../x',
    ]);
    await expect(openFileSource(at('soft.bin'))).rejects.toMatchObject({ code: 'BUNDLE_LINK_REFUSED' });
  });
});

/** A model whose last field is one initialiser of this many raw bytes; the bytes themselves are not here. */
function largeHead(weights: number): Uint8Array {
  const varint = (value: number): number[] => {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
    return [...bytes, rest];
  };
  const name = [0x42, 1, 0x77];
  const rawHead = [...[0x08], ...varint(weights), 0x10, 2, ...name, 0x4a, ...varint(weights)];
  const tensorHead = [0x2a, ...varint(rawHead.length + weights), ...rawHead];
  const graphHead = [0x3a, ...varint(tensorHead.length + weights), ...tensorHead];
  return Uint8Array.from([0x08, 8, 0x42, 2, 0x10, 17, ...graphHead]);
}
