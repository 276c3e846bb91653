import { z } from 'zod';
import { AppError } from '#core/base/index.ts';

/** 256 bits: the key of ChaCha20-Poly1305 or AES-256. */
export const CONTENT_KEY_BYTES = 32;

/** A wrapped key takes some 400 bytes. */
const WRAPPED_LIMIT_BYTES = 4096;

/** What is sealed for one device. The device stands inside the seal, so that a wrapped key cannot be passed to another one. */
const WrappedContent = z.object({
  v: z.literal(1),
  device: z.string(),
  key: z.string().regex(/^[0-9a-f]{64}$/),
});

type Bytes = AsyncIterable<Uint8Array>;

/** Wraps the key of content at rest for one device; only that device can open it. `seal` encrypts to the recipient of the device. */
export async function wrapContentKey(
  wish: { readonly device: string; readonly key: Uint8Array },
  seal: (content: Iterable<Uint8Array>) => Bytes,
): Promise<Uint8Array> {
  if (wish.key.length !== CONTENT_KEY_BYTES) throw invalid(`a content key has ${String(CONTENT_KEY_BYTES)} bytes`);
  const key = [...wish.key].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const text = JSON.stringify({ v: 1, device: wish.device, key });
  return whole(seal([new TextEncoder().encode(text)]));
}

/** Opens a key that was wrapped for this device. Untrusted: the wrapped key. CONTENT_KEY_INVALID, or what `unseal` refuses. */
export async function unwrapContentKey(
  wrapped: Uint8Array,
  device: string,
  unseal: (content: Iterable<Uint8Array>) => Bytes,
): Promise<Uint8Array> {
  if (wrapped.length > WRAPPED_LIMIT_BYTES) throw invalid('it is too large');
  const text = new TextDecoder().decode(await whole(unseal([wrapped])));
  let content: z.infer<typeof WrappedContent>;
  try {
    content = WrappedContent.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid('it holds no content key', cause);
  }
  if (content.device !== device) throw invalid(`it is for ${content.device}, not for ${device}`);
  return Uint8Array.from(content.key.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

async function whole(stream: Bytes): Promise<Uint8Array> {
  const bytes: number[] = [];
  for await (const block of stream) {
    bytes.push(...block);
    if (bytes.length > WRAPPED_LIMIT_BYTES) throw invalid('it is too large');
  }
  return Uint8Array.from(bytes);
}

function invalid(why: string, cause?: unknown): AppError {
  return new AppError('CONTENT_KEY_INVALID', `the wrapped key cannot be used: ${why}`, { why }, { cause });
}
