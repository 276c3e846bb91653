/** Target D1: every single-bit flip and every misplaced part of a signed set over three sticks is named, and none is accepted. */
import { cp, open, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isBlocking, type Finding } from '#core/base/index.ts';
import { checkMediaSet } from '#core/media/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { aSigningKey, aTrustedKey } from '../../support/trust.ts';
import { aLastingFolder, aTarget, listing, someContent, writeSet } from './folders.ts';

const SEED = 20_260_301;
const IS_FULL = process.env['GANTRY_FAULTS'] === 'full';
const FLIPS = IS_FULL ? 200 : 24;
const MISPLACED = IS_FULL ? 50 : 15;
const SIZES = [900, 40_000, 700_000, 5_000_000, 9_000_000];
const PART_BYTES = 2_500_000;

/** Numerical Recipes' LCG: seeded, so that a failing round can be run again. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

const key = aSigningKey('ed25519');
const trust = { keys: [aTrustedKey(key)], verifier: nodeSignatureVerifier };
let sticks: string[];
let older: string[];

beforeAll(async () => {
  sticks = [await aLastingFolder(), await aLastingFolder(), await aLastingFolder()];
  older = [await aLastingFolder(), await aLastingFolder(), await aLastingFolder()];
  await writeSet(someContent(SIZES), sticks, PART_BYTES, key);
  await writeSet(someContent(SIZES.map((size) => size + 7)), older, PART_BYTES, key);
});

const check = async (): Promise<readonly Finding[]> =>
  (
    await checkMediaSet(
      sticks.map((folder, index) => ({ name: `stick ${String(index + 1)}`, reader: aTarget(folder).reader })),
      { hasher: nodeHasher, trust },
    )
  ).findings;

/** Every file of the set as `[stick, path]`, sorted. */
async function files(of: readonly string[]): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for (const [index, folder] of of.entries())
    for (const path of Object.keys(await listing(folder)).sort()) found.push([index, path]);
  return found;
}

const isPart = (path: string): boolean => path.includes('/parts/');

async function flip(path: string, bit: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, Math.floor(bit / 8));
  await file.write(Buffer.of((byte[0] ?? 0) ^ (1 << (bit % 8))), 0, 1, Math.floor(bit / 8));
  await file.close();
}

/** Runs the check and makes sure that it wrote nothing. */
async function checkWithoutWriting(): Promise<readonly Finding[]> {
  const before = await Promise.all(sticks.map(listing));
  const findings = await check();
  expect(await Promise.all(sticks.map(listing))).toEqual(before);
  return findings;
}

describe('media set on three sticks', () => {
  it('is whole and signed by a trusted key', async () => {
    expect(await check()).toEqual([]);
    expect((await files(sticks)).filter(([, path]) => isPart(path)).length).toBeGreaterThanOrEqual(6);
  });

  it(`names each of ${String(FLIPS)} single-bit flips (seed ${String(SEED)})`, async () => {
    const roll = dice(SEED);
    const all = await files(sticks);
    for (let round = 0; round < FLIPS; round += 1) {
      const [stick, path] = all[roll(all.length)] ?? [0, ''];
      const full = join(sticks[stick] ?? '', path);
      const bit = roll((await stat(full)).size * 8);
      await flip(full, bit);

      const findings = await checkWithoutWriting();

      const where = `round ${String(round)}: ${path} on stick ${String(stick + 1)}, bit ${String(bit)}`;
      expect(isBlocking(findings), where).toBe(true);
      if (isPart(path)) {
        const [finding] = findings;
        const [, name, of, from, to] = /^(\S+) \(stick (\d)\) bytes (\d+) to (\d+)$/.exec(finding?.at ?? '') ?? [];
        expect([findings.length, finding?.code, `gantry/parts/${String(name)}`, Number(of)], where).toEqual([
          1,
          'MEDIA_PART_DAMAGED',
          path,
          stick + 1,
        ]);
        expect(Number(from) <= bit / 8 && bit / 8 < Number(to) + 1, where).toBe(true);
      } else {
        expect(
          findings.some(({ severity, at }) => severity === 'block' && at.startsWith(`stick ${String(stick + 1)}`)),
          where,
        ).toBe(true);
      }
      await flip(full, bit);
    }
    expect(await check()).toEqual([]);
  });

  it(`names each of ${String(MISPLACED)} removed, duplicated, renamed, stale and swapped parts`, async () => {
    const roll = dice(SEED + 1);
    const parts = (await files(sticks)).filter(([, path]) => isPart(path));
    for (let round = 0; round < MISPLACED; round += 1) {
      const [stick, path] = parts[roll(parts.length)] ?? [0, ''];
      const [otherStick, otherPath] = parts.filter((part) => part[1] !== path)[roll(parts.length - 1)] ?? [0, ''];
      const full = join(sticks[stick] ?? '', path);
      const other = join(sticks[otherStick] ?? '', otherPath);
      const spare = await aLastingFolder();
      await cp(full, join(spare, 'part'));
      await cp(other, join(spare, 'other'));
      const named = (findings: readonly Finding[], of: string, code?: string): boolean =>
        findings.some(
          (finding) =>
            (code === undefined || finding.code === code) &&
            (finding.at.includes(of.split('/').at(-1) ?? '') || finding.message.includes(of.split('/').at(-1) ?? '')),
        );
      const where = `round ${String(round)}: ${path}`;

      switch (round % 5) {
        case 0: {
          await unlink(full);
          const findings = await checkWithoutWriting();
          expect([isBlocking(findings), named(findings, path, 'MEDIA_PART_MISSING')], where).toEqual([true, true]);
          break;
        }
        case 1: {
          // Under its own name on another stick, and under a new name on its own.
          const target = sticks[(stick + 1) % 3] ?? '';
          await cp(full, join(target, path));
          await cp(full, `${full}.copy`);
          const findings = await checkWithoutWriting();
          expect([named(findings, path, 'MEDIA_PART_TWICE'), named(findings, `${path}.copy`)], where).toEqual([
            true,
            true,
          ]);
          await unlink(join(target, path));
          await unlink(`${full}.copy`);
          break;
        }
        case 2: {
          await rename(full, full.replace('part-', 'part-9'));
          const findings = await checkWithoutWriting();
          expect([isBlocking(findings), named(findings, path, 'MEDIA_PART_MISSING')], where).toEqual([true, true]);
          await unlink(full.replace('part-', 'part-9'));
          break;
        }
        case 3: {
          await cp(await find(older, path), full);
          const findings = await checkWithoutWriting();
          expect([isBlocking(findings), named(findings, path, 'MEDIA_PART_DAMAGED')], where).toEqual([true, true]);
          break;
        }
        default: {
          await cp(join(spare, 'other'), full);
          await cp(join(spare, 'part'), other);
          const findings = await checkWithoutWriting();
          expect([isBlocking(findings), named(findings, path), named(findings, otherPath)], where).toEqual([
            true,
            true,
            true,
          ]);
        }
      }
      await cp(join(spare, 'part'), full);
      await cp(join(spare, 'other'), other);
    }
    expect(await check()).toEqual([]);
  });

  it('names the stick of an older set, and the stick whose signature was taken away', async () => {
    const [first = ''] = sticks;
    const index = join(first, 'gantry/media-set.json');
    const spare = await aLastingFolder();
    await cp(join(first, 'gantry'), spare, { recursive: true });

    await cp(join(older[0] ?? '', 'gantry/media-set.json'), index);
    const mixed = await checkWithoutWriting();
    await cp(join(older[0] ?? '', 'gantry/media-set.sigstore.json'), join(first, 'gantry/media-set.sigstore.json'));
    const stale = await checkWithoutWriting();
    await cp(join(spare, 'media-set.json'), index);
    await rm(join(first, 'gantry/media-set.sigstore.json'));
    const stripped = await checkWithoutWriting();
    await writeFile(join(first, 'gantry/media-set.sigstore.json'), '{}');
    const replaced = await checkWithoutWriting();
    await cp(spare, join(first, 'gantry'), { recursive: true });

    const blocking = (findings: readonly Finding[]): string[] =>
      findings.filter(({ severity }) => severity === 'block').map(({ code, at }) => `${code} ${at}`);
    expect(blocking(mixed)).toContain('MEDIA_INDEX_SIGNATURE_INVALID stick 1: gantry/media-set.sigstore.json');
    expect(blocking(stale).some((line) => /^MEDIA_STICKS_DISAGREE stick [123]$/.test(line))).toBe(true);
    expect(blocking(stripped)).toContain('MEDIA_STICKS_DISAGREE stick 1');
    expect(blocking(replaced)).toContain('MEDIA_INDEX_SIGNATURE_INVALID stick 1: gantry/media-set.sigstore.json');
    expect(await check()).toEqual([]);
  });
});

async function find(folders: readonly string[], path: string): Promise<string> {
  for (const folder of folders) {
    const names = await readdir(join(folder, 'gantry/parts'));
    if (names.some((name) => path.endsWith(name))) return join(folder, path);
  }
  throw new Error(`no ${path}`);
}
