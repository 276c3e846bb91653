import { defineErrors } from './catalogue.ts';

export const keyErrors = defineErrors({
  AGE_NOT_ENCRYPTED: {
    retry: 'never',
    what: 'The content is not encrypted with age.',
    unchanged: 'Nothing was stored.',
    next: 'Use the command for plain content, or ask the sender for the encrypted file.',
  },
  AGE_HEADER_INVALID: {
    retry: 'never',
    what: 'The header of the encrypted file is malformed or was changed.',
    unchanged: 'Nothing was decrypted.',
    next: 'Copy the file again; if it repeats, do not use it and tell the sender.',
  },
  AGE_RECIPIENT_WRONG: {
    retry: 'after-operator',
    what: 'The content is encrypted for others, not for this site or identity.',
    unchanged: 'Nothing was decrypted or stored.',
    next: 'Send the sender the recipient that the Keys page shows, and ask for the content again.',
  },
  AGE_PASSPHRASE_WRONG: {
    retry: 'after-operator',
    what: 'The passphrase does not open this file.',
    unchanged: 'Nothing was decrypted or stored.',
    next: 'Try the right passphrase.',
  },
  AGE_RECIPIENT_INVALID: {
    retry: 'after-operator',
    what: 'A recipient is not valid: age1 and 58 letters and digits are expected.',
    unchanged: 'Nothing was written.',
    next: 'Copy the recipient again from its owner; a typing error is found by its checksum.',
  },
  AGE_IDENTITY_INVALID: {
    retry: 'after-operator',
    what: 'The file holds no age identity.',
    unchanged: 'Nothing was decrypted.',
    next: 'Give an identity file as `age-keygen` writes it.',
  },
  AGE_TRUNCATED: {
    retry: 'after-operator',
    what: 'The encrypted file ends too early, or its end is damaged.',
    unchanged: 'Nothing of it was put into use.',
    next: 'Copy the file again; if it repeats, ask the sender for it again.',
  },
  AGE_DAMAGED: {
    retry: 'after-operator',
    what: 'A part of the encrypted file is not as it was written.',
    unchanged: 'Nothing of it was put into use.',
    next: 'Copy the file again; if it repeats, the medium or the sender is at fault.',
  },
});
