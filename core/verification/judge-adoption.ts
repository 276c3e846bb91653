import type { Fact } from '#contracts/verdict.ts';
import { adoptMlflow, MLFLOW_FORM, modelFileOf, readDocuments, type YamlParser } from '#core/adoption/index.ts';
import { isAppError, type Finding } from '#core/base/index.ts';
import { findingOf, type LoadedBundle } from '#core/bundle/index.ts';
import type { BlobReader, Hasher } from '#core/storage/ports.ts';
import type { AttestationsRead } from './attestations.ts';
import type { ContentCheck } from './content.ts';
import { fact } from './facts.ts';

export interface AdoptionQuestion {
  readonly reader: BlobReader;
  /** Null when it could not be read. */
  readonly bundle: LoadedBundle | null;
  readonly content: ContentCheck;
  readonly signed: AttestationsRead;
  readonly ports: { readonly hasher: Hasher; readonly parseYaml?: YamlParser };
}

export interface AdoptionJudgement {
  /** The statements, without those whose files do not make this bundle. */
  readonly read: AttestationsRead;
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
}

/**
 * Whether an adopted bundle is exactly what its original files give. A signature of those files says nothing about index, contract
 * and target, so whoever relies on it makes the bundle from the files once more and compares digests.
 */
export async function judgeAdoption(question: AdoptionQuestion): Promise<AdoptionJudgement> {
  const { bundle, signed } = question;
  const adopted = bundle?.adopted ?? null;
  if (bundle === null || adopted === null) return { read: signed, facts: [], findings: [] };
  const fault = await faultOf(bundle, question);
  const subject = `${adopted.form}: ${String(adopted.files.length)} files`;
  const read = fault === null ? signed : withoutFolders(signed);
  const facts = [
    fact('FILES_MAKE_BUNDLE', {
      established: fault === null,
      subject,
      detail:
        fault === null
          ? 'Made once more from the original files, the bundle has the same digest.'
          : 'The bundle could not be made again from its original files.',
    }),
    fact('ANSWERS_PROVABLE', {
      established: bundle.golden.length > 0,
      demanded: false,
      subject: `${String(bundle.golden.length)} golden vectors`,
      detail:
        bundle.golden.length > 0
          ? 'Gateways reproduce them before they serve.'
          : 'The folder has no golden vectors: gateways prove that the model loads and fits its contract, not that its answers are right.',
    }),
  ];
  return { read, facts, findings: fault === null ? [] : [fault] };
}

function withoutFolders(signed: AttestationsRead): AttestationsRead {
  return { ...signed, statements: signed.statements.filter(({ folder }) => folder === undefined) };
}

async function faultOf(bundle: LoadedBundle, question: AdoptionQuestion): Promise<Finding | null> {
  const form = bundle.adopted?.form ?? '';
  const { parseYaml } = question.ports;
  if (form !== MLFLOW_FORM || parseYaml === undefined)
    return findingOf(
      'MODEL_FOLDER_NOT_ITS_FILES',
      'index',
      `Nothing here repeats the conversion ${JSON.stringify(form)}.`,
    );
  try {
    const made = await makeAgain(bundle, question, parseYaml);
    if (made === bundle.digest) return null;
    return findingOf('MODEL_FOLDER_NOT_ITS_FILES', 'index', `The files give ${made}.`);
  } catch (error) {
    // A file that is missing or damaged has its own finding from the reading of the content.
    if (!isAppError(error) || error.code === 'MEDIA_GONE' || error.code === 'DISK_FAILED') throw error;
    return findingOf('MODEL_FOLDER_NOT_ITS_FILES', 'index', error.message);
  }
}

async function makeAgain(
  bundle: LoadedBundle,
  { reader, content, signed, ports }: AdoptionQuestion,
  parseYaml: YamlParser,
): Promise<string> {
  const files = bundle.adopted?.files ?? [];
  const documents = await readDocuments(files, ({ digest }, limit) => reader.read(digest, limit), parseYaml);
  const scan = content.scans.get(modelFileOf({ files, documents }).digest);
  if (scan?.onnx?.isOnnx !== true) return 'no ONNX model';
  // The name is the signed one where files are signed; a name that nobody signed is covered by whoever signed the index.
  const folder = signed.statements.find((statement) => statement.folder !== undefined)?.folder;
  const name = folder?.name ?? bundle.model;
  return adoptMlflow({ name, files, documents, onnx: scan.onnx }, ports.hasher).bundle.descriptor.digest;
}
