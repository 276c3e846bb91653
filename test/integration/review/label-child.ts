/** Labels without pause until it is killed. Notes every edit in a file only after the station acknowledged it. */
import { appendFileSync } from 'node:fs';
import { anUpload, openDesk, quinn } from './desk.ts';

const [folder = '', log = ''] = process.argv.slice(2);
const { review } = await openDesk(folder);
for (let number = 1; number <= 5; number += 1) await review.receive(anUpload(number));
process.stdout.write('ready\n');
for (let turn = 0; ; turn += 1) {
  const sampleId = `sample-000${String((turn % 5) + 1)}`;
  const { revision } = review.get(sampleId);
  const x = (revision % 5) + 0.5;
  const labelled = review.label(
    {
      sampleId,
      label: {
        imageClass: null,
        boxes: [{ id: 'box-1', className: 'bridge', x, y: 1, width: 1, height: 1 }],
        note: '',
      },
      revision,
    },
    quinn,
  );
  appendFileSync(log, `${sampleId} ${String(labelled.revision)} ${String(x)}\n`);
  if (turn % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
}
