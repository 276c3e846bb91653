import { readFileSync } from 'node:fs';
import { parseTrustedRoot, type TrustedRoot } from '#native/sigstore/index.ts';
import { outcomeOf, sigstoreCases, verifyCase, type CaseChanges, type SigstoreCase } from './sigstore-cases.ts';

/** JSON whose form the test knows. */
export type Json = Record<string, unknown>;

/** The published cases, and ways to hurt them. */
export interface SigstoreWorkshop {
  named(name: string): SigstoreCase;
  /** `verified` or the code with which the changed case is refused. */
  outcome(name: string, changes: CaseChanges): Promise<string>;
  bundle(name: string, edit: (bundle: Json) => void): Uint8Array;
  bundleText(name: string, edit: (text: string) => string): Uint8Array;
  root(name: string, edit: (root: Json) => void): TrustedRoot;
}

export function sigstoreWorkshop(dir: string): SigstoreWorkshop {
  const cases = sigstoreCases(dir);
  const named = (name: string): SigstoreCase => {
    const found = cases.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`there is no case ${name}`);
    return found;
  };
  return {
    named,
    outcome: async (name, changes) => outcomeOf(await verifyCase(named(name), changes)),
    bundle: (name, edit) => editJson(named(name).bundlePath, edit),
    bundleText: (name, edit) => new TextEncoder().encode(edit(readFileSync(named(name).bundlePath, 'utf8'))),
    root: (name, edit) => parseTrustedRoot(editJson(named(name).rootPath, edit)),
  };
}

/** The JSON of a file. */
export function readJson(path: string): Json {
  return JSON.parse(readFileSync(path, 'utf8')) as Json;
}

function editJson(path: string, edit: (document: Json) => void): Uint8Array {
  const document = readJson(path);
  edit(document);
  return new TextEncoder().encode(JSON.stringify(document));
}

/** A member deep inside. */
export function at(document: Json, ...path: readonly string[]): Json {
  return path.reduce((inner, name) => inner[name] as Json, document);
}

/** A list among the members. */
export function list(document: Json, name: string): unknown[] {
  return document[name] as unknown[];
}

/** Replaces bytes (hex) inside a base64 member. */
export function replaceBytes(document: Json, name: string, { from, to }: { from: string; to: string }): void {
  const hex = Buffer.from(String(document[name]), 'base64').toString('hex');
  document[name] = Buffer.from(hex.replace(from, to), 'hex').toString('base64');
}
