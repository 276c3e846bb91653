export { openAgeReader } from './age-reader.ts';
export { createAgeIdentity, identityFromFile, recipientOf } from './identity.ts';
export { openAge } from './open.ts';
export { checkRecipient, sealAge, type AgeReaders } from './seal.ts';
export { ageContentCipher } from './content-cipher.ts';
export { type AgeSecret } from './unlock.ts';
