export { fsyncRenamed, removeDurably, renameDurably, removeLeftTemps, writeFileDurably } from './durable-file.ts';
export { fsyncDirectory } from './fsync-directory.ts';
export { makeFolderDurably } from './make-folder.ts';
export type { FileHasher, FollowedFile } from './file-hasher.ts';
export { folderBlobStore } from './folder-blob-store.ts';
export { isNotFound, osCode, toDiskError } from './os-codes.ts';
export { FAT_FILE_BYTES, fileSystemLimits } from './file-system-limits.ts';
