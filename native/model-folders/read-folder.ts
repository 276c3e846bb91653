import { MODEL_SIGNATURE_PREDICATE, type Descriptor } from '#contracts/bundle.ts';
import { adoptMlflow, modelFileOf, readDocuments, type YamlParser } from '#core/adoption/index.ts';
import type { ByteSource, ScanQuestion } from '#core/artefacts/index.ts';
import type { ArtefactScanner } from '#core/artefacts/ports.ts';
import { AppError, digestHex, isAppError, type Digest } from '#core/base/index.ts';
import {
  BUNDLE_LIMITS,
  LAYOUT_MARKER,
  layoutIndexText,
  packReferrer,
  type AdoptedFile,
  type MadeBlob,
} from '#core/bundle/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import { MODEL_SIGNATURE_FILE } from '#core/model-signing/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { listFiles, type ListedFile } from './list-files.ts';
import { claimsOf } from './signature-claims.ts';

/** What reading a model folder needs beside the folder. */
export interface ModelFolderParts {
  readonly parseYaml: YamlParser;
  /** Scans the model file in a process of its own. */
  readonly scanner: ArtefactScanner;
}

/** A model folder as an OCI layout: some files of it were made, the others lie in the folder as they are. */
export interface FolderLayout {
  readonly bundle: Descriptor;
  readonly made: ReadonlyMap<string, Uint8Array>;
  /** Files of the layout by the path that they have in the folder. */
  readonly kept: ReadonlyMap<string, ListedFile>;
}

const text = new TextEncoder();
const blobPath = (digest: Digest): string => `blobs/sha256/${digestHex(digest)}`;

/** Untrusted: looks at a whole model folder once: names, digests, documents, the structure of its model. Nothing in it is run or unpickled. */
export async function readModelFolder(
  reader: VolumeReader,
  folderName: string,
  parts: ModelFolderParts,
): Promise<FolderLayout> {
  const signature = await signatureOf(reader);
  const claims = signature === null ? null : claimsOf(signature, nodeHasher);
  const listed = await listFiles(reader, claims?.ignored ?? []);
  const files: AdoptedFile[] = [];
  for (const { name, sizeBytes } of listed)
    files.push({ name, sizeBytes, digest: await digestOf(reader, name, sizeBytes) });
  const documents = await readDocuments(files, ({ name }, limit) => reader.readFile(name, limit), parts.parseYaml);
  const onnx = await tensorsOf(reader, modelFileOf({ files, documents }), parts);
  const packed = adoptMlflow({ name: claims?.name ?? folderName, files, documents, onnx }, nodeHasher);
  const bundle = packed.bundle.descriptor;
  const attached = signature === null ? [] : [attach(bundle, signature, packed.spec.createdAt)];
  const blobs = [...packed.blobs, ...attached.flatMap((referrer) => referrer.blobs)];
  return {
    bundle,
    made: new Map([
      ['oci-layout', text.encode(LAYOUT_MARKER)],
      ['index.json', text.encode(layoutIndexText([bundle, ...attached.map(({ manifest }) => manifest.descriptor)]))],
      ...blobs.map(({ descriptor, bytes }: MadeBlob) => [blobPath(descriptor.digest), bytes] as const),
    ]),
    kept: new Map(files.map((file) => [blobPath(file.digest), file])),
  };
}

/** The signature as its publisher made it, byte for byte, as a referrer of the bundle. */
function attach(subject: Descriptor, content: Uint8Array, createdAt: string): ReturnType<typeof packReferrer> {
  return packReferrer(
    { subject, content, kind: 'sigstore', predicateType: MODEL_SIGNATURE_PREDICATE, createdAt },
    nodeHasher,
  );
}

async function signatureOf(reader: VolumeReader): Promise<Uint8Array | null> {
  try {
    return await reader.readFile(MODEL_SIGNATURE_FILE, BUNDLE_LIMITS.attestationBytes);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

async function digestOf(reader: VolumeReader, name: string, sizeBytes: number): Promise<Digest> {
  const hash = nodeHasher.begin();
  for await (const piece of reader.stream(name, { start: 0, end: sizeBytes })) hash.update(piece);
  return hash.digest();
}

const QUESTION: ScanQuestion = { runtime: 'onnxruntime', runtimeVersion: '>=1.17' };

async function tensorsOf(
  reader: VolumeReader,
  { name, sizeBytes }: AdoptedFile,
  { scanner }: ModelFolderParts,
): Promise<Parameters<typeof adoptMlflow>[0]['onnx']> {
  const file = await reader.openFile(name);
  try {
    const source: ByteSource = {
      sizeBytes,
      read: async (start, length) => {
        const piece = new Uint8Array(Math.max(0, Math.min(length, sizeBytes - start)));
        await file.readInto(start, piece);
        return piece;
      },
    };
    const { onnx } = await scanner.scan(source, QUESTION);
    if (onnx?.isOnnx === true) return onnx;
    throw new AppError('ONNX_MALFORMED', `${name} is no ONNX model`, { path: name });
  } finally {
    await file.close();
  }
}
