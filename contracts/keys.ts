import { z } from 'zod';

/**
 * A reader that content can be encrypted to: an X25519 recipient of age, in Bech32. Only this kind: the hybrid kinds of newer releases
 * cannot be read by the `age` that plants have. The checksum is checked where the recipient is used.
 */
export const AgeRecipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/);
export type AgeRecipient = z.infer<typeof AgeRecipient>;

/** A recipient that people know by a name. */
export const NamedRecipient = z.object({ name: z.string().min(1).max(64), recipient: AgeRecipient });
export type NamedRecipient = z.infer<typeof NamedRecipient>;

/** Ends the name of every file that is encrypted. */
export const AGE_FILE_ENDING = '.age';

/** Where a key of the site lives. A token is named by its PKCS#11 URI, which never holds a PIN. */
export const KeyPlace = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file') }),
  z.object({ kind: z.literal('pkcs11'), uri: z.string().max(2048) }),
]);
export type KeyPlace = z.infer<typeof KeyPlace>;

/** `keys/key-store.json`: where the signing keys of a site live. Without the file, in files. */
export const KeyStore = z.object({ v: z.literal(1), site: KeyPlace, audit: KeyPlace });
export type KeyStore = z.infer<typeof KeyStore>;
