import type { Random } from './random.ts';

type Holder = { [key: string]: unknown } | unknown[];

/** Values that a field does not expect. */
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 31),
  '',
  'x',
  '../../x',
  '\u0000',
  '\ud800',
  'x'.repeat(5000),
  [],
  {},
  [[]],
  { a: 1 },
];

/** A change of a JSON document that leaves it JSON; null when it is none. */
export function mutateJson(bytes: Uint8Array, random: Random): Uint8Array | null {
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith('{') && !text.startsWith('[')) return null;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // A seed may be broken JSON on purpose; bytes are then changed as bytes.
    return null;
  }
  const holders = holdersIn(document);
  if (holders.length === 0) return null;
  for (let round = 0; round <= random.below(3); round += 1) edit(random.pick(holders), holders, random);
  let edited = JSON.stringify(document);
  if (random.below(8) === 0) edited = twice(edited, random);
  return new TextEncoder().encode(edited);
}

function holdersIn(value: unknown, found: Holder[] = []): Holder[] {
  if (typeof value !== 'object' || value === null || found.length > 2000) return found;
  found.push(value as Holder);
  for (const inner of Object.values(value)) holdersIn(inner, found);
  return found;
}

function edit(holder: Holder, holders: readonly Holder[], random: Random): void {
  const fields = holder as Record<string, unknown>;
  const keys = Object.keys(fields);
  const key = keys.length === 0 ? 'added' : random.pick(keys);
  switch (random.below(6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(random.below(holder.length), 1);
      else Reflect.deleteProperty(fields, key);
      break;
    case 1:
      fields[key] = random.pick(ODD);
      break;
    case 2:
      // Never into itself: a document with a circle is no JSON.
      fields[key] = structuredClone(random.pick(holders));
      break;
    case 3:
      if (Array.isArray(holder)) holder.push(structuredClone(holder[random.below(holder.length)]));
      else fields[random.pick(['added', '__proto__x', 'constructor', ''])] = random.pick(ODD);
      break;
    case 4:
      fields[key] = altered(fields[key], random);
      break;
    default:
      fields[key] = fields[random.pick(keys.length === 0 ? ['added'] : keys)];
  }
}

function altered(value: unknown, random: Random): unknown {
  if (typeof value === 'number') return value + random.pick([1, -1, 0.5, 1e15]);
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return random.pick(ODD);
  const at = random.below(value.length);
  return value.slice(0, at) + random.pick(['A', '0', '', '/', '\u00e9', '\n']) + value.slice(at + 1);
}

/** One name twice: two readers see two documents. */
function twice(text: string, random: Random): string {
  const at = text.indexOf('{');
  const name = /"[^"]{1,30}":/.exec(text.slice(random.below(text.length)))?.[0];
  return at === -1 || name === undefined ? text : `${text.slice(0, at + 1)}${name}null,${text.slice(at + 1)}`;
}
