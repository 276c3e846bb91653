import { ANNOTATIONS, type BundleSpec, type Descriptor } from '#contracts/bundle.ts';
import { AppError, type Digest } from '#core/base/index.ts';

/** What a bundle consists of, whoever states it. */
export type ContentSpec = Omit<BundleSpec, 'provenance' | 'dependencies'>;

/** A file of the specification, already hashed. */
export interface SpecFile {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** By the path that the specification gives. */
export type SpecFiles = ReadonlyMap<string, SpecFile>;

/** Every path that a specification names, once. */
export function pathsOf(spec: BundleSpec): string[] {
  return [
    ...new Set([
      ...spec.variants.flatMap(({ file, data }) => (data === undefined ? [file] : [file, data])),
      ...spec.golden.flatMap((golden) => [...golden.inputs, ...golden.outputs]),
      spec.modelCard,
    ]),
  ];
}

/** The descriptor of a file under its own name; the folder it came from stays at home. */
export function fileDescriptor(files: SpecFiles, path: string, mediaType: string): Descriptor {
  const file = files.get(path);
  if (file === undefined)
    throw new AppError('BUNDLE_SPEC_INVALID', `the specification names ${path}, which was not given`, { path });
  const name = path.split(/[/\\]/).at(-1) ?? path;
  return { mediaType, digest: file.digest, size: file.sizeBytes, annotations: { [ANNOTATIONS.filepath]: name } };
}
