import { ANNOTATIONS, type Descriptor } from '#contracts/bundle.ts';
import type { Finding } from '#core/base/index.ts';
import { findingOf } from './finding.ts';

/** Names that some file system treats as a device, with or without an ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;

/** Whether a file name could leave the folder it is unpacked into on any platform, or hide what it is. */
export function isSafePath(path: string): boolean {
  if (path.length === 0 || path.length > 1024 || path.startsWith('/') || /[\\:\p{Cc}\p{Cf}]/u.test(path)) return false;
  return path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/[. ]$/.test(part) && !RESERVED.test(part));
}

/** Gantry never uses these names as paths; other tools that unpack the bundle do. */
export function checkNames(layers: readonly Descriptor[]): Finding[] {
  return layers.flatMap((layer) => {
    const path = layer.annotations?.[ANNOTATIONS.filepath];
    return path === undefined || isSafePath(path)
      ? []
      : [findingOf('BUNDLE_PATH_ESCAPE', layer.digest.slice(7, 19), JSON.stringify(path))];
  });
}

/** `model.xml` and `model.bin`: OpenVINO finds the numbers by the name of the structure. */
export function isIrPair(structure: string, numbers: string): boolean {
  return /\.xml$/i.test(structure) && /\.bin$/i.test(numbers) && structure.slice(0, -4) === numbers.slice(0, -4);
}
