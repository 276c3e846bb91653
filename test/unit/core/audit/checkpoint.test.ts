import { describe, expect, it } from 'vitest';
import { openCheckpoint, signCheckpoint } from '#core/audit/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createKeyPair, nodeSignatureVerifier, signingKeyFromPem } from '#native/keys/index.ts';

const ports = { verifier: nodeSignatureVerifier, hasher: nodeHasher };
const key = signingKeyFromPem(createKeyPair('ed25519').privateKeyPem);
const root = Uint8Array.from({ length: 32 }, (_, at) => at);
const note = await signCheckpoint({ origin: 'gantry.invalid/plant', size: 7, root }, key, nodeHasher);

describe('signCheckpoint', () => {
  it('writes the text of a C2SP signed note', () => {
    expect(note).toMatch(
      /^gantry\.invalid\/plant\n7\n[A-Za-z0-9+/]{43}=\n\n\u2014 gantry\.invalid\/plant [A-Za-z0-9+/=]+\n$/,
    );
  });
});

describe('openCheckpoint', () => {
  it('reads what was signed', () => {
    expect(openCheckpoint(note, key.publicKeyPem, ports)).toEqual({ origin: 'gantry.invalid/plant', size: 7, root });
  });

  it('passes over signatures of other keys', async () => {
    const witness = signingKeyFromPem(createKeyPair('ed25519').privateKeyPem);
    const theirs =
      (await signCheckpoint({ origin: 'gantry.invalid/plant', size: 7, root }, witness, nodeHasher)).split('\n\n')[1] ??
      '';
    const both = note.replace('\n\n', `\n\n\u2014 someone.example AAAA\n${theirs}`);

    expect(openCheckpoint(both, key.publicKeyPem, ports)).toMatchObject({ size: 7 });
    expect(openCheckpoint(both, witness.publicKeyPem, ports)).toMatchObject({ size: 7 });
  });

  it('refuses another key, even one of the same kind', () => {
    expect(openCheckpoint(note, createKeyPair('ed25519').publicKeyPem, ports)).toBeUndefined();
    expect(openCheckpoint(note, createKeyPair('ecdsa-p256').publicKeyPem, ports)).toBeUndefined();
  });

  it('tells an unusable key from a bad signature', () => {
    expect(() => openCheckpoint(note, 'no key at all', ports)).toThrow(
      expect.objectContaining({ code: 'KEY_FILE_INVALID' }),
    );
  });

  it('refuses a change of any single character', () => {
    const accepted = Array.from(
      note,
      (_, at) => `${note.slice(0, at)}${note[at] === 'x' ? 'y' : 'x'}${note.slice(at + 1)}`,
    ).filter((changed) => openCheckpoint(changed, key.publicKeyPem, ports) !== undefined);

    expect(accepted).toEqual([]);
  });

  it.each(['', '\n\n', 'a\n\nb', 'origin\n1\nAAAA\n\n\u2014 origin AAAA\n', `${note}x`])('refuses %j', (text) => {
    expect(openCheckpoint(text, key.publicKeyPem, ports)).toBeUndefined();
  });
});
