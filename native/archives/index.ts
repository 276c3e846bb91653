export { archiveOpener, isArchiveName, withArchives, archivesOn } from './archive-media.ts';
