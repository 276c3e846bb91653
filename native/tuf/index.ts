export { downloadTargets, initFolderClient, readRootFile, refreshFolderClient } from './folder-client.ts';
export { tufClient } from './tuf-client.ts';
export { urlRepositoryFiles } from './url-files.ts';
export { draftRoot, publishTargets, signRoot, type RepositoryKey, type RootDraft } from './author.ts';
