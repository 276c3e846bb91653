export { readPlainFile, streamPlainFile } from './layout-files.ts';
export { openLayout, type LayoutReader } from './layout-reader.ts';
export { createLayoutWriter, type LayoutWriter } from './layout-writer.ts';
export { packLayout } from './pack-layout.ts';
