import type { Label } from '#contracts/review.ts';
import type { Finding } from '#core/base/index.ts';
import type { SampleRecord } from './sample-record.ts';

/** Everything in a label that does not fit its sample: class list, image bounds, ids, kind. */
export function checkLabel(
  sample: Pick<SampleRecord, 'kind' | 'width' | 'height' | 'classes'>,
  label: Label,
): Finding[] {
  const findings: Finding[] = [];
  const isKnown = (name: string): boolean => sample.classes.length === 0 || sample.classes.includes(name);
  if (label.imageClass !== null && !isKnown(label.imageClass))
    findings.push(invalid('imageClass', `the model has no class ${JSON.stringify(label.imageClass)}`));
  if (label.boxes.length > 0 && sample.kind !== 'image')
    findings.push(invalid('boxes', 'only a picture can carry boxes'));
  const ids = new Set<string>();
  for (const [index, box] of label.boxes.entries()) {
    const at = `boxes.${String(index)}`;
    if (ids.has(box.id)) findings.push(invalid(`${at}.id`, `two boxes have the id ${box.id}`));
    ids.add(box.id);
    if (!isKnown(box.className))
      findings.push(invalid(`${at}.className`, `the model has no class ${JSON.stringify(box.className)}`));
    const right = box.x + box.width;
    const bottom = box.y + box.height;
    if (![box.x, box.y, right, bottom].every(Number.isFinite))
      findings.push(invalid(at, 'a number of the box is not finite'));
    else if (
      box.x < 0 ||
      box.y < 0 ||
      right > (sample.width ?? 0) + EDGE_PX ||
      bottom > (sample.height ?? 0) + EDGE_PX
    ) {
      findings.push(
        invalid(at, `the box leaves the picture of ${String(sample.width)} × ${String(sample.height)} pixels`),
      );
    }
  }
  return findings;
}

/** Sums of doubles that touch the border may miss it by less than anybody can draw (L4 asks for 0.01 px). */
const EDGE_PX = 1e-6;

function invalid(at: string, message: string): Finding {
  return { code: 'LABEL_INVALID', severity: 'block', at, message, next: 'Correct the label.' };
}
