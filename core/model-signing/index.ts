export { compareFiles } from './compare-files.ts';
export { isIgnoredPath, MODEL_SIGNATURE_FILE } from './ignored-paths.ts';
export { readSignedFolder, type SignedFolder } from './signed-folder.ts';
