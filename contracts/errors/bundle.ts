import { defineErrors } from './catalogue.ts';

export const bundleErrors = defineErrors({
  BUNDLE_SPEC_INVALID: {
    retry: 'after-operator',
    what: 'The bundle specification is not valid.',
    unchanged: 'Nothing was written.',
    next: 'Correct the listed fields.',
  },
  BUNDLE_LAYOUT_INVALID: {
    retry: 'never',
    what: 'The input is not a whole OCI image layout.',
    unchanged: 'Nothing was stored.',
    next: 'Write the layout again at its source.',
  },
  BUNDLE_LAYOUT_FOREIGN: {
    retry: 'never',
    what: 'The input holds container images or other artefacts, and no model bundle.',
    unchanged: 'Nothing was stored.',
    next: 'Make a bundle of the model with `gantry bundle create`, or of its MLflow folder with `gantry bundle adopt`.',
  },
  BUNDLE_REWRITTEN: {
    retry: 'never',
    what: 'Another tool wrote the index of the bundle anew, so that it is not what was signed.',
    unchanged: 'Nothing was stored.',
    next: 'Hand over the layout folder itself or a tar of it; `skopeo copy` changes the index and leaves signatures behind.',
  },
  BUNDLE_MANIFEST_INVALID: {
    retry: 'never',
    what: 'A manifest of the bundle is malformed.',
    unchanged: 'Nothing was stored.',
    next: 'Ask the publisher for a corrected bundle.',
  },
  BUNDLE_BLOB_MISSING: {
    retry: 'after-operator',
    what: 'A blob that the bundle names is missing.',
    unchanged: 'Nothing was stored.',
    next: 'Copy the bundle again.',
  },
  BUNDLE_DIGEST_MISMATCH: {
    retry: 'never',
    what: 'The content does not have the digest that its manifest states.',
    unchanged: 'Nothing was stored.',
    next: 'Copy the bundle again; if it repeats, the medium or the sender is at fault.',
  },
  BUNDLE_PATH_ESCAPE: {
    retry: 'never',
    what: 'A file name of the bundle points outside the bundle.',
    unchanged: 'Nothing outside the store was touched.',
    next: 'Do not use this medium; tell the publisher and security.',
  },
  BUNDLE_LINK_REFUSED: {
    retry: 'never',
    what: 'The bundle contains a link or special file.',
    unchanged: 'The link was not followed.',
    next: 'Do not use this medium; tell the publisher and security.',
  },
  BUNDLE_UNSIGNED: {
    retry: 'never',
    what: 'The bundle carries no signature.',
    unchanged: 'Nothing was added to the store.',
    next: 'Ask the publisher for a signed bundle.',
  },
  BUNDLE_SIGNATURE_INVALID: {
    retry: 'never',
    what: 'The signature does not belong to this content.',
    unchanged: 'Nothing was added to the store.',
    next: 'Do not use this bundle; tell the publisher.',
  },
  BUNDLE_SIGNER_UNTRUSTED: {
    retry: 'never',
    what: 'The bundle is signed by a key that this site does not trust.',
    unchanged: 'Nothing was added to the store.',
    next: 'Compare the key fingerprint with the publisher; trust it in the Trust screen only if it matches.',
  },
  KEY_FILE_INVALID: {
    retry: 'after-operator',
    what: 'The key file cannot be read as a key.',
    unchanged: 'Nothing was written.',
    next: 'Give a key made with `gantry keys create`.',
  },
  KEY_PASSPHRASE_WRONG: {
    retry: 'after-operator',
    what: 'The passphrase does not open the key.',
    unchanged: 'Nothing was written.',
    next: 'Try the right passphrase.',
  },
  KEY_FILE_EXISTS: {
    retry: 'after-operator',
    what: 'A file with this name exists already.',
    unchanged: 'The existing key file is untouched.',
    next: 'Choose another folder; a key is never replaced.',
  },
});
