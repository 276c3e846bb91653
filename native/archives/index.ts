export { archiveOpener, isArchiveName, withArchives, withContainedVolumes } from './archive-media.ts';
