import type { PagedReader } from './byte-source.ts';
import { artefactFinding } from './finding.ts';
import type { KindScan } from './question.ts';

/** Names in a zip that give away what wrote it. */
const PICKLES = /(^|\/)(data|constants|byteorder)?\.?pkl$|\.pkl$|\.pickle$/;
const NAME_LIMIT = 64;
/** Room of the last record of a zip with the longest comment. */
const TAIL = 22 + 65_535;

/** Pickles, and everything that wraps them: loading one means running what is in it. */
export function scanPickle(): Promise<KindScan> {
  return Promise.resolve({ findings: [artefactFinding('ARTEFACT_PICKLE_REFUSED', 'file')], summary: 'Python pickle' });
}

/** A zip: PyTorch, TorchScript, TorchServe, Keras or NumPy archives. Which one is told; all are refused. */
export async function scanZip(reader: PagedReader): Promise<KindScan> {
  const names = await namesInZip(reader);
  const pickle = names.find((name) => PICKLES.test(name));
  const finding =
    pickle === undefined
      ? artefactFinding('ARTEFACT_CODE_REFUSED', 'zip', `It holds ${names.slice(0, 3).join(', ')}.`)
      : artefactFinding('ARTEFACT_PICKLE_REFUSED', pickle);
  return { findings: [finding], summary: `zip of ${String(names.length)} files` };
}

/** HDF5, as Keras writes it: a Lambda layer in it is Python bytecode. */
export function scanHdf5(): Promise<KindScan> {
  const detail = 'HDF5 of Keras can hold Lambda layers, which are Python code.';
  return Promise.resolve({ findings: [artefactFinding('ARTEFACT_CODE_REFUSED', 'file', detail)], summary: 'HDF5' });
}

/** A NumPy array; of objects, it is a pickle in disguise. No runtime loads either as a model. */
export async function scanNumpy(reader: PagedReader): Promise<KindScan> {
  const header = await reader.text(0, Math.min(512, reader.sizeBytes));
  const isObjects = /'descr':\s*('[|<>=]?O|\[.*'[|<>=]?O)/.test(header);
  return {
    findings: [
      isObjects
        ? artefactFinding('ARTEFACT_PICKLE_REFUSED', 'descr', 'It is an array of objects.')
        : artefactFinding('ARTEFACT_KIND_UNKNOWN', 'file', 'It is an array, not a model.'),
    ],
    summary: 'NumPy array',
  };
}

async function namesInZip(reader: PagedReader): Promise<string[]> {
  const tailAt = Math.max(0, reader.sizeBytes - TAIL);
  const half = Math.floor((reader.sizeBytes - tailAt) / 2);
  const tail = Uint8Array.from([
    ...(await reader.bytes(tailAt, half)),
    ...(await reader.bytes(tailAt + half, reader.sizeBytes - tailAt - half)),
  ]);
  const end = lastRecord(tail);
  if (end < 0) return [];
  let at = new DataView(tail.buffer, end, 22).getUint32(16, true);
  const names: string[] = [];
  while (names.length < NAME_LIMIT && at + 46 <= reader.sizeBytes) {
    const entry = await reader.view(at, 46);
    if (entry.getUint32(0, true) !== 0x02_01_4b_50) break;
    const [name, extra, comment] = [28, 30, 32].map((field) => entry.getUint16(field, true)) as [
      number,
      number,
      number,
    ];
    names.push(await reader.text(at + 46, Math.min(name, 1024)));
    at += 46 + name + extra + comment;
  }
  return names;
}

function lastRecord(tail: Uint8Array): number {
  for (let at = tail.length - 22; at >= 0; at -= 1)
    if (tail[at] === 0x50 && tail[at + 1] === 0x4b && tail[at + 2] === 5 && tail[at + 3] === 6) return at;
  return -1;
}
