import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { derFromRawEcdsa } from '#core/keys/index.ts';

describe('derFromRawEcdsa', () => {
  it('gives signatures that OpenSSL verifies, whatever their leading bits are', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

    for (let at = 0; at < 64; at += 1) {
      const message = Buffer.from(`message ${String(at)}`);
      const raw = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(verify('sha256', message, publicKey, derFromRawEcdsa(raw))).toBe(true);
    }
  });

  it('writes small numbers in their shortest form', () => {
    const raw = new Uint8Array(64);
    raw[31] = 0x7f;
    raw[63] = 0x80;

    expect([...derFromRawEcdsa(raw)]).toEqual([0x30, 7, 2, 1, 0x7f, 2, 2, 0, 0x80]);
  });

  it('refuses another length', () => {
    expect(() => derFromRawEcdsa(new Uint8Array(96))).toThrow(expect.objectContaining({ code: 'KEY_FILE_INVALID' }));
  });
});
