import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createAgeIdentity,
  identityFromFile,
  openAge,
  openAgeReader,
  recipientOf,
  sealAge,
} from '#native/age/index.ts';
import { checkRecipient } from '#native/age/index.ts';
import { bytesOf, inBlocks } from '../../../support/byte-streams.ts';

const site = await createAgeIdentity();
const stranger = await createAgeIdentity();
const CHUNK = 64 * 1024;

const patterned = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + 7) & 0xff);
const sealed = (plain: Uint8Array): Promise<Buffer> => bytesOf(sealAge([plain], { recipients: [site.recipient] }));
const opened = (bytes: Uint8Array): Promise<Buffer> => bytesOf(openAge([bytes], { identity: site.identity }));
const readerOf = (bytes: Uint8Array) =>
  openAgeReader(
    { sizeBytes: bytes.length, read: (start, length) => Promise.resolve(bytes.subarray(start, start + length)) },
    { identity: site.identity },
  );

describe('an age file', () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])('gives back exactly %i bytes', async (size) => {
    const plain = patterned(size);

    expect(Buffer.compare(await opened(await sealed(plain)), plain)).toBe(0);
  });

  it('does not depend on how the bytes arrive', async () => {
    const plain = patterned(CHUNK + 100);

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1000, max: 70_000 }), async (a, b) => {
        const file = await bytesOf(sealAge(inBlocks(plain, a), { recipients: [site.recipient] }));
        const back = await bytesOf(openAge(inBlocks(file, b), { identity: site.identity }));
        expect(Buffer.compare(back, plain)).toBe(0);
      }),
      { numRuns: 15, seed: 3 },
    );
  });

  it('opens for each of its recipients and for nobody else', async () => {
    const file = await bytesOf(sealAge([patterned(9)], { recipients: [stranger.recipient, site.recipient] }));

    expect(await bytesOf(openAge([file], { identity: stranger.identity }))).toHaveLength(9);
    expect(await opened(file)).toHaveLength(9);
    const third = await createAgeIdentity();
    await expect(bytesOf(openAge([file], { identity: third.identity }))).rejects.toMatchObject({
      code: 'AGE_RECIPIENT_WRONG',
      details: { readers: 2 },
    });
  });

  it('opens with its passphrase only', async () => {
    const file = await bytesOf(sealAge([patterned(9)], { passphrase: 'correct horse' }));

    expect(await bytesOf(openAge([file], { passphrase: 'correct horse' }))).toHaveLength(9);
    await expect(bytesOf(openAge([file], { passphrase: 'wrong' }))).rejects.toMatchObject({
      code: 'AGE_PASSPHRASE_WRONG',
    });
    await expect(opened(file)).rejects.toMatchObject({ code: 'AGE_RECIPIENT_WRONG' });
  });
});

describe('an age file that was changed', () => {
  it('is refused as truncated at every length, and gives no wrong byte before', async () => {
    const plain = patterned(CHUNK + 50);
    const file = await sealed(plain);

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 30, max: file.length - 1 }), async (length) => {
        await expect(opened(file.subarray(0, length))).rejects.toMatchObject({ code: 'AGE_TRUNCATED' });
        await expect(readerOf(file.subarray(0, length))).rejects.toMatchObject({ code: 'AGE_TRUNCATED' });
      }),
      { numRuns: 60, seed: 4, examples: [[file.length - 1], [file.length - 66], [200]] },
    );
  });

  it('is refused for every flipped bit, with a code of its own', async () => {
    const file = await sealed(patterned(CHUNK + 50));

    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: file.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        async (at, bit) => {
          const damaged = Uint8Array.from(file);
          damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
          await expect(opened(damaged)).rejects.toMatchObject({ code: expect.stringMatching(/^AGE_/) as string });
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });

  it('names a damaged chunk, a changed header and appended bytes', async () => {
    const file = await sealed(patterned(2 * CHUNK + 50));
    const flip = (at: number): Buffer => {
      const copy = Buffer.from(file);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    const mac = file.indexOf('--- ') + 10;

    await expect(opened(flip(file.length - CHUNK - 100))).rejects.toMatchObject({ code: 'AGE_DAMAGED' });
    await expect(opened(flip(mac))).rejects.toMatchObject({ code: 'AGE_HEADER_INVALID' });
    await expect(opened(Buffer.concat([file, Buffer.alloc(CHUNK)]))).rejects.toMatchObject({ code: 'AGE_DAMAGED' });
    await expect(opened(Buffer.from('hello, world'))).rejects.toMatchObject({ code: 'AGE_NOT_ENCRYPTED' });
  });

  it('is refused when its header has no end, before memory fills', async () => {
    function* endless(): Iterable<Uint8Array> {
      yield Buffer.from('age-encryption.org/v1\n');
      for (;;) yield Buffer.from(`-> X25519 ${'A'.repeat(43)}\n${'B'.repeat(43)}\n`);
    }

    await expect(bytesOf(openAge(endless(), { identity: site.identity }))).rejects.toMatchObject({
      code: 'AGE_HEADER_INVALID',
    });
  });

  it('is refused when it asks for more work than a station gives', async () => {
    const hostile = [
      'age-encryption.org/v1',
      `-> scrypt ${'A'.repeat(22)} 30`,
      'B'.repeat(43),
      `--- ${'C'.repeat(43)}`,
      'payload',
    ].join('\n');

    await expect(bytesOf(openAge([Buffer.from(hostile)], { passphrase: 'x' }))).rejects.toMatchObject({
      code: 'AGE_HEADER_INVALID',
    });
  });
});

describe('an age file read at places', () => {
  it('gives any range without the rest', async () => {
    const plain = patterned(3 * CHUNK + 17);
    const reader = await readerOf(await sealed(plain));

    expect(reader.plainBytes).toBe(plain.length);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: plain.length }), fc.nat({ max: plain.length }), async (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        expect(Buffer.compare(await bytesOf(reader.stream({ start, end })), plain.subarray(start, end))).toBe(0);
      }),
      { numRuns: 40, seed: 6 },
    );
  });
});

describe('recipients and identities', () => {
  it('refuses typing errors, other kinds and nobody', async () => {
    const typo = site.recipient.slice(0, -1) + (site.recipient.endsWith('q') ? 'p' : 'q');
    for (const wrong of [typo, 'age1', 'ssh-ed25519 AAAA', ''])
      await expect(checkRecipient(wrong)).rejects.toMatchObject({ code: 'AGE_RECIPIENT_INVALID' });
    await expect(bytesOf(sealAge([], { recipients: [] }))).rejects.toMatchObject({ code: 'AGE_RECIPIENT_INVALID' });
  });

  it('never repeats a private identity that stands in the wrong place', async () => {
    const refusal = await checkRecipient(site.identity).catch(
      (error: unknown) => String(error) + JSON.stringify(error),
    );

    expect(refusal).not.toContain(site.identity.slice(16));
  });

  it('reads an identity file as age-keygen writes it', async () => {
    const text = `# created: 2024-01-01T00:00:00Z\n# public key: ${site.recipient}\n${site.identity}\n`;

    expect(await recipientOf(await identityFromFile(text))).toBe(site.recipient);
    await expect(identityFromFile('nothing')).rejects.toMatchObject({ code: 'AGE_IDENTITY_INVALID' });
  });
});
