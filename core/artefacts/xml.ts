import { artefactFault } from './byte-source.ts';

/** One element as it opens. Text between elements says nothing in a model and is passed over. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly depth: number;
}

const LIMITS = { depth: 64, elements: 2_000_000, attributes: 64 };
const NAME = /[A-Za-z_][\w.:-]*/y;
const ATTRIBUTE = /\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Untrusted: the subset of XML that models are written in: elements, attributes, comments and the declaration. Document types,
 * processing instructions and entities of one's own are refused, so nothing expands and nothing outside is read.
 */
export function* readXml(text: string): Generator<XmlElement> {
  const open: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let elements = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    if (next === -1) break;
    if (text.startsWith('<!--', next)) at = behind(text, '-->', next);
    else if (text.startsWith('<?xml ', next)) at = behind(text, '?>', next);
    else if (text.startsWith('</', next)) at = closeElement(text, next, open);
    else {
      elements += 1;
      const element = openElement(text, next, open.length);
      if (elements > LIMITS.elements)
        throw artefactFault('ARTEFACT_TOO_LARGE', `more than ${String(elements)} elements`);
      if (!element.isEmpty) open.push(element.name);
      if (open.length > LIMITS.depth)
        throw artefactFault('ARTEFACT_TOO_LARGE', 'elements are too deep inside each other');
      at = element.end;
      yield element;
    }
  }
  if (open.length > 0 || elements === 0) throw artefactFault('ARTEFACT_MALFORMED', 'the XML ends too early');
}

function openElement(text: string, at: number, depth: number): XmlElement & { end: number; isEmpty: boolean } {
  NAME.lastIndex = at + 1;
  const name = NAME.exec(text)?.[0];
  if (name === undefined)
    throw artefactFault('ARTEFACT_MALFORMED', `${JSON.stringify(text.slice(at, at + 12))} is no element of a model`);
  const attributes = new Map<string, string>();
  let end = NAME.lastIndex;
  ATTRIBUTE.lastIndex = end;
  for (let match = ATTRIBUTE.exec(text); match !== null; match = ATTRIBUTE.exec(text)) {
    const [, key = '', double, single] = match;
    if (attributes.has(key) || attributes.size >= LIMITS.attributes)
      throw artefactFault('ARTEFACT_MALFORMED', `attribute ${key} of ${name} is there twice`);
    attributes.set(key, plain(double ?? single ?? ''));
    end = ATTRIBUTE.lastIndex;
  }
  while (text[end] === ' ' || text[end] === '\n' || text[end] === '\r' || text[end] === '\t') end += 1;
  if (text.startsWith('/>', end)) return { name, attributes, depth, end: end + 2, isEmpty: true };
  if (text[end] !== '>') throw artefactFault('ARTEFACT_MALFORMED', `element ${name} does not end`);
  return { name, attributes, depth, end: end + 1, isEmpty: false };
}

function closeElement(text: string, at: number, open: string[]): number {
  const end = behind(text, '>', at);
  const name = text.slice(at + 2, end - 1).trimEnd();
  if (open.pop() !== name) throw artefactFault('ARTEFACT_MALFORMED', `element ${name.slice(0, 60)} was not open`);
  return end;
}

function behind(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  if (at === -1) throw artefactFault('ARTEFACT_MALFORMED', 'the XML ends too early');
  return at + mark.length;
}

function plain(value: string): string {
  return value.replace(/&([^;]{0,12};?)/g, (whole, name: string) => {
    const entity = name.slice(0, -1);
    if (name.endsWith(';') && Object.hasOwn(ENTITIES, entity)) return ENTITIES[entity] ?? '';
    if (/^#(\d{1,7}|x[0-9a-f]{1,6});$/i.test(name)) return '\ufffd';
    throw artefactFault('ARTEFACT_MALFORMED', `entity ${whole}`);
  });
}
