import { defineErrors } from './catalogue.ts';

export const modelFolderErrors = defineErrors({
  MODEL_FOLDER_INVALID: {
    retry: 'after-operator',
    what: 'The model folder cannot be turned into a bundle.',
    unchanged: 'Nothing was stored; the folder is as it was.',
    next: 'Log the model again with the named part, or write a specification and use `gantry bundle create --from-mlflow`.',
  },
  MODEL_FOLDER_NOT_ITS_FILES: {
    retry: 'never',
    what: 'The bundle is not what its original files give.',
    unchanged: 'Nothing was added to the store.',
    next: 'Do not use this bundle; adopt the original folder again, with the same version of Gantry.',
  },
  MODEL_SIGNATURE_INVALID: {
    retry: 'never',
    what: 'The signature of the model folder is malformed or contradicts itself.',
    unchanged: 'Nothing was added to the store.',
    next: 'Ask the publisher to sign the folder again.',
  },
  MODEL_SIGNATURE_FORM_UNSUPPORTED: {
    retry: 'never',
    what: 'The signature of the model folder covers shards, or uses a hash other than SHA-256.',
    unchanged: 'Nothing was added to the store.',
    next: 'Ask the publisher to sign whole files with SHA-256, which is the default of `model_signing sign`.',
  },
  MODEL_FILE_MISSING: {
    retry: 'after-operator',
    what: 'A file that the signature of the model folder covers is not here.',
    unchanged: 'Nothing was added to the store.',
    next: 'Copy the whole folder again.',
  },
  MODEL_FILE_ADDED: {
    retry: 'never',
    what: 'A file lies in the model folder that its signature does not cover.',
    unchanged: 'Nothing was added to the store.',
    next: 'Remove the file if you know where it comes from; otherwise tell the publisher and security.',
  },
  MODEL_FILE_CHANGED: {
    retry: 'never',
    what: 'A file of the model folder is not the one that was signed.',
    unchanged: 'Nothing was added to the store.',
    next: 'Copy the folder again; if it repeats, do not use it and tell the publisher.',
  },
  MODEL_FILE_RENAMED: {
    retry: 'never',
    what: 'A file of the model folder has another name than when it was signed.',
    unchanged: 'Nothing was added to the store.',
    next: 'Copy the folder again, with the names that the publisher gave.',
  },
  MODEL_FILE_TWICE: {
    retry: 'never',
    what: 'Two files of the model folder have one name, or names that some systems take for one.',
    unchanged: 'Nothing was added to the store.',
    next: 'Do not use this folder; ask the publisher for a clean one.',
  },
});
