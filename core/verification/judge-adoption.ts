import { ANNOTATIONS, MEDIA_TYPES, PREDICATE_TYPES, type Descriptor } from '#contracts/bundle.ts';
import type { Fact } from '#contracts/verdict.ts';
import { adoptMlflow, MLFLOW_FORM, modelFileOf, readDocuments, type YamlParser } from '#core/adoption/index.ts';
import { isAppError, type Finding, type Json } from '#core/base/index.ts';
import { findingOf, type AdoptedFile, type LoadedBundle } from '#core/bundle/index.ts';
import { sbomPredicate } from '#core/provenance/index.ts';
import type { BlobReader, Hasher } from '#core/storage/ports.ts';
import type { AttestationsRead } from './attestations.ts';
import type { ContentCheck } from './content.ts';
import { fact } from './facts.ts';
import type { TrustedStatement } from './read-attestation.ts';

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
  const made = await makeOf(bundle, question);
  const subject = `${adopted.form}: ${String(adopted.files.length)} files`;
  const fault = 'fault' in made ? made.fault : null;
  const read = 'fault' in made ? withoutFolders(signed) : withPartsList(signed, made.partsList);
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

/** Whoever signed the files signed their names, digests and pinned packages: the list that they give is as good as its own signature. */
function withPartsList(signed: AttestationsRead, predicate: Json): AttestationsRead {
  const lists = signed.statements.flatMap(({ folder, signature }): TrustedStatement[] =>
    folder === undefined ? [] : [{ signature, predicateType: PREDICATE_TYPES.sbom, predicate }],
  );
  return { ...signed, statements: [...signed.statements, ...lists.slice(0, 1)] };
}

/** What the files give: the parts list of exactly this bundle, or why they give another one. */
type Made = { readonly partsList: Json } | { readonly fault: Finding };

async function makeOf(bundle: LoadedBundle, question: AdoptionQuestion): Promise<Made> {
  const form = bundle.adopted?.form ?? '';
  const { parseYaml } = question.ports;
  if (form !== MLFLOW_FORM || parseYaml === undefined)
    return notIts(`Nothing here repeats the conversion ${JSON.stringify(form)}.`);
  try {
    return await makeAgain(bundle, question, parseYaml);
  } catch (error) {
    // A file that is missing or damaged has its own finding from the reading of the content.
    if (!isAppError(error) || error.code === 'MEDIA_GONE' || error.code === 'DISK_FAILED') throw error;
    return notIts(error.message);
  }
}

function notIts(why: string): { readonly fault: Finding } {
  return { fault: findingOf('MODEL_FOLDER_NOT_ITS_FILES', 'index', why) };
}

async function makeAgain(
  bundle: LoadedBundle,
  { reader, content, signed, ports }: AdoptionQuestion,
  parseYaml: YamlParser,
): Promise<Made> {
  const files = bundle.adopted?.files ?? [];
  const documents = await readDocuments(files, ({ digest }, limit) => reader.read(digest, limit), parseYaml);
  const scan = content.scans.get(modelFileOf({ files, documents }).digest);
  if (scan?.onnx?.isOnnx !== true) return notIts('Its model file is no ONNX model.');
  // The name is the signed one where files are signed; a name that nobody signed is covered by whoever signed the index.
  const folder = signed.statements.find((statement) => statement.folder !== undefined)?.folder;
  const name = folder?.name ?? bundle.model;
  const made = adoptMlflow({ name, files, documents, onnx: scan.onnx }, ports.hasher);
  const { digest } = made.bundle.descriptor;
  if (digest !== bundle.digest) return notIts(`The files give ${digest}.`);
  const described = { ...made.spec, dependencies: [...documents.dependencies] };
  return { partsList: sbomPredicate(described, digest, [...made.parts, ...files.map(asLayer)]) };
}

function asLayer({ name, digest, sizeBytes }: AdoptedFile): Descriptor {
  return { mediaType: MEDIA_TYPES.adoptedFile, digest, size: sizeBytes, annotations: { [ANNOTATIONS.filepath]: name } };
}
