import type { Edge } from '../source-graph/source-graph.ts';
import type { Breach } from './breach.ts';
import { FACE_EXEMPT, PUBLIC_FACES, ZONES, type Zone } from './table.ts';

/** Where a module lives: the zone, and the folder that stands for the zone's wildcard. */
interface Place {
  readonly zone: Zone;
  readonly folder: string;
}

/** The zone of a path: the longest folder wins, and an exact name beats a wildcard. */
function placeOf(path: string): Place | null {
  const matches = ZONES.flatMap((zone) => {
    const folder = matchFolder(zone.folder, path);
    return folder === null ? [] : [{ zone, folder }];
  });
  const depth = ({ folder }: Place): number => (folder === '.' ? 0 : folder.split('/').length);
  const isExact = ({ zone, folder }: Place): number => (zone.folder === folder ? 1 : 0);
  return matches.sort((a, b) => depth(b) - depth(a) || isExact(b) - isExact(a))[0] ?? null;
}

/** Judges one import against the table. */
export function judgeEdge(edge: Edge): Breach[] {
  const place = placeOf(edge.from);
  if (place === null) return [breach('no-zone', edge, 'lies in no zone of the table')];
  switch (edge.to) {
    case 'asset':
      return [];
    case 'missing':
      return [breach('missing', edge, `imports ${edge.specifier}, which does not exist`)];
    case 'node':
      return place.zone.node === true ? [] : [breach('node', edge, `may not use Node (${edge.target})`)];
    case 'npm':
      return judgePackage(place.zone, edge);
    case 'module':
      return [...judgeModule(place, edge), ...judgeFace(place, edge)];
  }
}

function judgePackage(zone: Zone, edge: Edge): Breach[] {
  const granted = zone.npm ?? [];
  if (isTool(zone) || granted.includes(edge.target)) return [];
  return [breach('npm', edge, `may not use the package ${edge.target}`)];
}

function judgeModule({ zone, folder }: Place, edge: Edge): Breach[] {
  if (edge.target.startsWith(`${folder}/`) && folder !== '.') return [];
  // A tool may name any file in a string (an entry to build, a row of this very table) without loading it.
  if (edge.kind === 'reference' && isTool(zone)) return [];
  if (zone.imports.some((grant) => grants(grant, edge.target))) return [];
  const isTypeGranted = zone.types?.some((grant) => grants(grant, edge.target)) ?? false;
  if (isTypeGranted && edge.kind === 'type') return [];
  if (isTypeGranted) return [breach('type-only', edge, `may import ${edge.target} only with \`import type\``)];
  return [breach('zone', edge, `may not import ${edge.target}`)];
}

function judgeFace({ folder }: Place, edge: Edge): Breach[] {
  if (edge.target.startsWith(`${folder}/`) || FACE_EXEMPT.includes(folder)) return [];
  for (const face of PUBLIC_FACES) {
    const owner = matchFolder(face.folder, edge.target);
    if (owner === null || edge.kind === 'reference') continue;
    const file = edge.target.slice(owner.length + 1);
    if (!face.files.includes(file))
      return [
        breach('face', edge, `imports ${edge.target}; of ${owner} only ${face.files.join(' and ')} may be imported`),
      ];
  }
  return [];
}

/** A grant is a file, a zone's folder, or `*`. A folder grants what lies in that zone, not in a deeper one. */
function grants(grant: string, target: string): boolean {
  if (grant === '*' || grant === target) return true;
  if (grant.endsWith('.ts')) return matchFile(grant, target);
  const place = placeOf(target);
  return place?.zone.folder === grant || place?.folder === grant || matchesWildcard(grant, target);
}

function isTool(zone: Zone): boolean {
  return zone.npm?.includes('*') ?? false;
}

/** `native/*` also grants the folders that have a row of their own. */
function matchesWildcard(grant: string, target: string): boolean {
  return grant.endsWith('/*') && matchFolder(grant, target) !== null;
}

function matchFile(grant: string, target: string): boolean {
  const want = grant.split('/');
  const have = target.split('/');
  return want.length === have.length && want.every((part, index) => part === '*' || part === have[index]);
}

function matchFolder(pattern: string, path: string): string | null {
  if (pattern === '.') return path.includes('/') ? null : '.';
  const parts = pattern.split('/');
  const folders = path.split('/').slice(0, -1);
  if (folders.length < parts.length) return null;
  const fits = parts.every((part, index) => part === '*' || part === folders[index]);
  return fits ? folders.slice(0, parts.length).join('/') : null;
}

function breach(rule: Breach['rule'], edge: Edge, message: string): Breach {
  return { rule, at: `${edge.from}:${String(edge.line)}`, message };
}
