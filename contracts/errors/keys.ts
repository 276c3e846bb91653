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
  PKCS11_URI_INVALID: {
    retry: 'after-operator',
    what: 'The address of a key in a token cannot be used.',
    unchanged: 'No token was asked.',
    next: 'Write it as pkcs11:token=LABEL;object=KEY?module-path=FILE&pin-source=file:FILE.',
  },
  PKCS11_NOT_INSTALLED: {
    retry: 'after-operator',
    what: 'The part that talks to security tokens is not built on this machine.',
    unchanged: 'No token was asked, no key was changed.',
    next: 'Run `npm rebuild pkcs11js --ignore-scripts=false` where Gantry is installed; it needs a C++ compiler.',
  },
  PKCS11_MODULE_INVALID: {
    retry: 'after-operator',
    what: 'The PKCS#11 library of the token cannot be loaded.',
    unchanged: 'No token was asked.',
    next: 'Give the path of the library that came with the token, for this operating system and processor.',
  },
  PKCS11_TOKEN_NOT_FOUND: {
    retry: 'after-operator',
    what: 'No token, or more than one, has this label or serial number.',
    unchanged: 'No PIN was tried.',
    next: 'Plug the token in; name it by serial when two have one label.',
  },
  PKCS11_PIN_MISSING: {
    retry: 'after-operator',
    what: 'The token asks for a PIN and none was given.',
    unchanged: 'No PIN was tried.',
    next: 'Give --pin-file FILE, set GANTRY_PIN_FILE, or name the file as pin-source in the address of the key.',
  },
  PKCS11_PIN_WRONG: {
    retry: 'after-operator',
    what: 'The token refuses the PIN.',
    unchanged: 'No key was used. The token counts wrong tries; Gantry does not try again by itself.',
    next: 'Correct the PIN file, then start again. Too many tries lock the token.',
  },
  PKCS11_PIN_LOCKED: {
    retry: 'after-operator',
    what: 'The token is locked, because a wrong PIN was given too often or the PIN has ended.',
    unchanged: 'The keys in the token are still there.',
    next: 'Let its security officer unlock it with the SO PIN.',
  },
  PKCS11_KEY_NOT_FOUND: {
    retry: 'after-operator',
    what: 'The token holds no usable key pair with this name.',
    unchanged: 'The token was not changed.',
    next: 'List it with `pkcs11-tool -O`; a key needs its private and its public object under one label.',
  },
  PKCS11_KEY_EXISTS: {
    retry: 'after-operator',
    what: 'The token already holds a key with this name.',
    unchanged: 'The standing key is untouched.',
    next: 'Choose another name; a key is never replaced.',
  },
  PKCS11_UNSUPPORTED: {
    retry: 'never',
    what: 'The token cannot make or use this kind of key.',
    unchanged: 'The token was not changed.',
    next: 'Use ECDSA P-256, or keep this key in a file.',
  },
  PKCS11_TOKEN_GONE: {
    retry: 'later',
    what: 'The token was removed or lost its connection.',
    unchanged: 'Nothing was signed.',
    next: 'Plug the token in again and repeat.',
  },
  PKCS11_FAILED: {
    retry: 'later',
    what: 'The token reports a failure.',
    unchanged: 'Nothing was signed.',
    next: 'Repeat once; then look up the CKR code of the details in the manual of the token.',
  },
});
