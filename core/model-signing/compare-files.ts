import type { Digest, Finding } from '#core/base/index.ts';
import { findingOf } from '#core/bundle/index.ts';
import type { NamedDigest } from './signed-folder.ts';

/** A damaged folder is told by its first files; a list of thousands helps nobody. */
const MOST_FINDINGS = 50;

/** Every difference between the files that were signed and those that are here: missing, added, changed, renamed. Empty: all agree. */
export function compareFiles(signed: readonly NamedDigest[], present: readonly NamedDigest[]): Finding[] {
  const here = new Map(present.map(({ name, digest }) => [name, digest]));
  const wanted = new Map(signed.map(({ name, digest }) => [name, digest]));
  const changed = signed.filter(({ name, digest }) => here.has(name) && here.get(name) !== digest);
  const missing = signed.filter(({ name }) => !here.has(name));
  const added = present.filter(({ name }) => !wanted.has(name));
  const { renamed, gone, extra } = pairByContent(missing, added);
  return [
    ...changed.map(({ name, digest }) =>
      findingOf('MODEL_FILE_CHANGED', name, `Signed as ${digest}, here it is ${here.get(name) ?? ''}.`),
    ),
    ...renamed.map(({ from, to }) => findingOf('MODEL_FILE_RENAMED', to, `It was signed as ${JSON.stringify(from)}.`)),
    ...gone.map(({ name }) => findingOf('MODEL_FILE_MISSING', name)),
    ...extra.map(({ name }) => findingOf('MODEL_FILE_ADDED', name)),
  ].slice(0, MOST_FINDINGS);
}

/** A missing and an added file with the same content are one file under another name. */
function pairByContent(
  missing: readonly NamedDigest[],
  added: readonly NamedDigest[],
): { renamed: { from: string; to: string }[]; gone: NamedDigest[]; extra: NamedDigest[] } {
  const byContent = new Map<Digest, NamedDigest[]>();
  for (const file of added) byContent.set(file.digest, [...(byContent.get(file.digest) ?? []), file]);
  const renamed: { from: string; to: string }[] = [];
  const gone: NamedDigest[] = [];
  for (const file of missing) {
    const match = byContent.get(file.digest)?.shift();
    if (match === undefined) gone.push(file);
    else renamed.push({ from: file.name, to: match.name });
  }
  const taken = new Set(renamed.map(({ to }) => to));
  return { renamed, gone, extra: added.filter(({ name }) => !taken.has(name)) };
}
