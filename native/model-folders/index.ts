export { foldersOn, modelFolderOpener, withModelFolders } from './folder-media.ts';
