import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { AgeRecipient } from '#contracts/keys.ts';
import { AppError } from '#core/base/index.ts';
import { checkRecipient } from './seal.ts';

/** The text form of an age identity, as `age-keygen` writes it. It is a secret. */
const IDENTITY_LINE = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/m;

/** A fresh X25519 identity: the secret half for a vault, the recipient for everybody. */
export async function createAgeIdentity(): Promise<{ identity: string; recipient: AgeRecipient }> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await recipientOf(identity) };
}

/** The recipient that belongs to an identity. AGE_IDENTITY_INVALID. */
export async function recipientOf(identity: string): Promise<AgeRecipient> {
  try {
    return await checkRecipient(await identityToRecipient(identity));
  } catch (cause) {
    throw new AppError('AGE_IDENTITY_INVALID', 'the text is no age identity', {}, { cause });
  }
}

/** The first identity of an identity file as `age-keygen` writes it. AGE_IDENTITY_INVALID; the text itself is never told. */
export async function identityFromFile(text: string): Promise<string> {
  const identity = IDENTITY_LINE.exec(text)?.[0];
  if (identity === undefined)
    throw new AppError('AGE_IDENTITY_INVALID', 'the file holds no age identity (AGE-SECRET-KEY-1…)', {});
  await recipientOf(identity);
  return identity;
}
