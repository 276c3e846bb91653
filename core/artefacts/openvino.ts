import { MIB, type Finding } from '#core/base/index.ts';
import { artefactFault, type ByteSource, type PagedReader } from './byte-source.ts';
import { artefactFinding } from './finding.ts';
import { readAll } from './safetensors.ts';
import type { KindScan, ScanQuestion } from './question.ts';
import { readXml, type XmlElement } from './xml.ts';

/** The structure of the largest public networks is a tenth of this. */
const XML_LIMIT = 24 * MIB;
const VERSIONS: ReadonlySet<string> = new Set(['10', '11']);

/** OpenVINO IR 10 and 11: the network as XML; its numbers lie in a `.bin` beside it. */
export async function scanOpenvino(reader: PagedReader, question: ScanQuestion, source: ByteSource): Promise<KindScan> {
  if (reader.sizeBytes > XML_LIMIT)
    throw artefactFault('ARTEFACT_TOO_LARGE', `XML of ${String(reader.sizeBytes)} bytes`);
  const text = decode(await readAll(source, 0, reader.sizeBytes));
  // One file of numbers belongs to one XML. It has no structure of its own: its size is all that the XML can get wrong.
  const binBytes = [...(question.files ?? new Map<string, number>())].find(([name]) => name.endsWith('.bin'))?.[1] ?? 0;
  const findings: Finding[] = [];
  let layers = 0;
  let isNet = false;
  for (const element of readXml(text)) {
    if (element.depth === 0) isNet = checkRoot(element);
    if (element.name === 'layer') {
      layers += 1;
      findings.push(...checkLayer(element));
    }
    if (element.name === 'data') findings.push(...checkData(element, binBytes));
    if (findings.length >= 100) break;
  }
  if (!isNet) throw artefactFault('ARTEFACT_MALFORMED', 'the XML is no network');
  return { findings, summary: `${String(layers)} layers, ${String(binBytes)} bytes of numbers beside it` };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Whatever else it may be: it is not UTF-8, and nothing here reads other encodings.
    throw artefactFault('ARTEFACT_MALFORMED', 'the XML is not UTF-8');
  }
}

function checkRoot({ name, attributes }: XmlElement): boolean {
  if (name !== 'net') throw artefactFault('ARTEFACT_MALFORMED', `the root is ${name}, not net`);
  const version = attributes.get('version') ?? '';
  if (!VERSIONS.has(version)) throw artefactFault('ARTEFACT_MALFORMED', `version ${version} of OpenVINO IR`);
  return true;
}

function checkLayer({ attributes }: XmlElement): Finding[] {
  const version = attributes.get('version') ?? '';
  const type = attributes.get('type') ?? '';
  if (/^opset\d{1,3}$/.test(version)) return [];
  return [
    artefactFinding(
      'ARTEFACT_CUSTOM_OPERATOR',
      `layer ${attributes.get('name') ?? ''}`,
      `It is ${type} of ${version}.`,
      'warn',
    ),
  ];
}

function checkData({ attributes }: XmlElement, binBytes: number): Finding[] {
  const offset = attributes.get('offset');
  const size = attributes.get('size');
  if (offset === undefined && size === undefined) return [];
  const isPlain = [offset, size].every((value) => value !== undefined && /^\d{1,15}$/.test(value));
  if (isPlain && Number(offset) + Number(size) <= binBytes) return [];
  return [
    artefactFinding(
      'ARTEFACT_RANGE',
      'data',
      `${size ?? 'no'} bytes at ${offset ?? 'no place'} of ${String(binBytes)}.`,
    ),
  ];
}
