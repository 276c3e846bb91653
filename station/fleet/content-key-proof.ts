import type { EnrolmentResponse } from '#contracts/device.ts';
import type { AgeRecipient } from '#contracts/keys.ts';
import { CONTENT_KEY_BYTES, wrapContentKey } from '#core/device/index.ts';
import { toBase64 } from '#core/signing/index.ts';
import type { FleetDeps } from './deps.ts';

/** A fresh key, wrapped for a device that names a recipient: the device proves with it that it can open what is wrapped for it. */
export async function contentKeyProof(
  { cipher, ids, hasher }: Pick<FleetDeps, 'cipher' | 'ids' | 'hasher'>,
  device: string,
  recipient: AgeRecipient | undefined,
): Promise<Pick<EnrolmentResponse, 'contentKey'>> {
  if (recipient === undefined || cipher === undefined) return {};
  const key = ids.random(CONTENT_KEY_BYTES);
  const wrapped = await wrapContentKey({ device, key }, (content) => cipher.seal(content, { recipients: [recipient] }));
  return { contentKey: { wrapped: toBase64(wrapped), digest: hasher.sha256(key) } };
}
