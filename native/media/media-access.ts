import type { MediaAccess } from '#core/media/ports.ts';
import { createVolumeReader } from './volume-reader.ts';
import { createVolumeWriter } from './volume-writer.ts';

/** Media through the file system of this machine. */
export const nodeMediaAccess: MediaAccess = { reader: createVolumeReader, writer: createVolumeWriter };
