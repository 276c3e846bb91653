import { describe, expect, it } from 'vitest';
import { CONTENT_KEY_BYTES, unwrapContentKey, wrapContentKey } from '#core/device/index.ts';
import { createAgeIdentity, openAge, sealAge } from '#native/age/index.ts';
import { bytesOf } from '../../../support/byte-streams.ts';

const gateway = await createAgeIdentity();
const key = Uint8Array.from({ length: CONTENT_KEY_BYTES }, (_, at) => at * 7);
const seal = (content: Iterable<Uint8Array>) => sealAge(content, { recipients: [gateway.recipient] });
const unseal = (content: Iterable<Uint8Array>) => openAge(content, { identity: gateway.identity });

describe('a wrapped content key', () => {
  it('opens on its device only, and only with the identity of that device', async () => {
    const wrapped = await wrapContentKey({ device: 'aoi-4-01', key }, seal);

    expect(await unwrapContentKey(wrapped, 'aoi-4-01', unseal)).toEqual(key);
    await expect(unwrapContentKey(wrapped, 'aoi-4-02', unseal)).rejects.toMatchObject({ code: 'CONTENT_KEY_INVALID' });
    const stranger = await createAgeIdentity();
    await expect(
      unwrapContentKey(wrapped, 'aoi-4-01', (content) => openAge(content, { identity: stranger.identity })),
    ).rejects.toMatchObject({ code: 'AGE_RECIPIENT_WRONG' });
  });

  it('does not show the key', async () => {
    const wrapped = Buffer.from(await wrapContentKey({ device: 'aoi-4-01', key }, seal));

    expect(wrapped.includes(Buffer.from(key))).toBe(false);
    expect(wrapped.includes(Buffer.from(key).toString('hex'))).toBe(false);
  });

  it('refuses a key of another length, other content, and what is too large', async () => {
    await expect(wrapContentKey({ device: 'd', key: key.subarray(1) }, seal)).rejects.toMatchObject({
      code: 'CONTENT_KEY_INVALID',
    });
    const other = await bytesOf(seal([Buffer.from('{"v":1}')]));
    await expect(unwrapContentKey(other, 'd', unseal)).rejects.toMatchObject({ code: 'CONTENT_KEY_INVALID' });
    await expect(unwrapContentKey(new Uint8Array(5000), 'd', unseal)).rejects.toMatchObject({
      code: 'CONTENT_KEY_INVALID',
    });
  });
});
