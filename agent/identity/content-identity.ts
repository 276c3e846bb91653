import { createHash } from 'node:crypto';
import type { EnrolmentResponse } from '#contracts/device.ts';
import { AppError } from '#core/base/index.ts';
import { unwrapContentKey } from '#core/device/index.ts';
import { openAge } from '#native/age/index.ts';

/**
 * Proves at enrolment that what the station wraps for this device opens here. Content at rest is not encrypted yet; the identity and this
 * proof are what it will build on. CONTENT_KEY_INVALID when the key is another one than the station says.
 */
export async function proveContentKey(answer: EnrolmentResponse, identity: string): Promise<void> {
  // A station of an earlier release wraps nothing.
  if (answer.contentKey === undefined) return;
  const wrapped = Buffer.from(answer.contentKey.wrapped, 'base64');
  const key = await unwrapContentKey(wrapped, answer.device, (content) => openAge(content, { identity }));
  const digest = `sha256:${createHash('sha256').update(key).digest('hex')}`;
  if (digest !== answer.contentKey.digest)
    throw new AppError('CONTENT_KEY_INVALID', 'the wrapped key is not the one that the station names', {
      why: 'digest',
    });
}
