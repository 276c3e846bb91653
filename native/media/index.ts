export { volumeEjector } from './eject-volume.ts';
export { folderVolume, inboxVolumeSource, makeTargetFolder, nodeFolderOpener } from './folder-volumes.ts';
export { nodeMediaAccess } from './media-access.ts';
export { removableVolumes } from './removable-volumes.ts';
export { mediaTarget } from './media-target.ts';
export { writeMediaSet } from './write-media-set.ts';
export type { MediaTarget, WriteMediaSetInput } from './media-set-input.ts';
export { stickFolders, targetFolders } from './stick-folders.ts';
