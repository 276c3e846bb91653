/** Most parts of one list. A bundle with its whole training environment has hundreds. */
export const MOST_PARTS = 20_000;

/** One part of a parts list, whatever format it came in. */
export interface Part {
  readonly name: string;
  readonly version: string | null;
  /** Package version range (vers) where the list states no single version (CycloneDX 1.7). */
  readonly versionRange: string | null;
  /** `library`, `file`, `machine-learning-model`, `data` …, in CycloneDX words where there is one. */
  readonly type: string;
  readonly purl: string | null;
  /** SPDX identifiers, expressions or names, as stated. */
  readonly licences: readonly string[];
  /** Lower-case hex by lower-case algorithm name without dashes. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly sha256: string | null;
  readonly supplier: string | null;
}

/** What a parts list says. */
export interface PartsList {
  readonly format: string;
  readonly components: readonly Part[];
}

/** A parts list, or why there is none. */
export type PartsRead =
  { readonly ok: true; readonly list: PartsList } | { readonly ok: false; readonly problem: string };

/** Checks a document by the published schema of its format; null when it fits, or when there is no schema for it here. */
export interface PartsSchema {
  problemOf(document: unknown): string | null;
}

/** A part with what is absent filled in. */
export function partOf(said: Pick<Part, 'name' | 'type'> & Partial<Part>): Part {
  const hashes = said.hashes ?? {};
  return {
    version: null,
    versionRange: null,
    purl: null,
    licences: [],
    supplier: null,
    ...said,
    hashes,
    sha256: hashes['sha256'] ?? null,
  };
}

/** `SHA-256`, `SHA256` and `sha256` are one algorithm. Of two values of one algorithm none counts: they cannot both be right. */
export function hashesOf(stated: readonly { readonly algorithm: string; readonly value: string }[]): Part['hashes'] {
  const hashes: Record<string, string> = {};
  const contradicted = new Set<string>();
  for (const { algorithm, value } of stated) {
    const name = algorithm.toLowerCase().replaceAll('-', '').replaceAll('_', '');
    const hex = value.toLowerCase();
    if (hashes[name] !== undefined && hashes[name] !== hex) contradicted.add(name);
    hashes[name] = hex;
  }
  return Object.fromEntries(Object.entries(hashes).filter(([name]) => !contradicted.has(name)));
}

/** The first text that is given twice; null when each is unique. */
export function firstDuplicate(texts: Iterable<string>): string | null {
  const seen = new Set<string>();
  for (const text of texts) {
    if (seen.has(text)) return text;
    seen.add(text);
  }
  return null;
}

/** A refusal in one line. */
export function notAList(problem: string): PartsRead {
  return { ok: false, problem };
}
