import type { Command } from 'commander';
import { diffParts, type PartChange } from '#core/provenance/index.ts';
import { compareToLine } from '#core/verification/index.ts';
import { requireBundle } from '../bundle-ref.ts';
import { withSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';
import { printable } from '../output/print-findings.ts';
import { printContract } from '../output/print-verdict.ts';

/** `gantry bundle diff`: what changed between two accepted bundles. */
export function registerBundleDiff(bundle: Command, io: CliIo): void {
  bundle
    .command('diff')
    .description('Compare parts list and contract of two accepted bundles')
    .argument('<before>', 'digest or model:version')
    .argument('<after>', 'digest or model:version')
    .requiredOption('--site <dir>', 'folder of the site')
    .option('--json', 'print one JSON document')
    .action((before: string, after: string, options: { site: string; json?: true }) =>
      diff([before, after], options, io),
    );
}

async function diff(
  [before, after]: readonly [string, string],
  options: { site: string; json?: true },
  io: CliIo,
): Promise<void> {
  const [old, young] = await withSite(options.site, io, ({ services: { bundles } }) =>
    Promise.all([
      bundles.get(requireBundle(bundles, before).digest),
      bundles.get(requireBundle(bundles, after).digest),
    ]),
  );
  const parts = diffParts(old.components, young.components);
  const contract = compareToLine(young.contract, old.contract);
  if (options.json === true) {
    io.json({ before: old.summary.digest, after: young.summary.digest, parts, contract });
    return;
  }
  if (parts.length === 0) io.out('The parts are the same.');
  for (const change of parts) io.out(lineOf(change));
  printContract(contract, io, ['before', 'after']);
}

const SIGNS: Readonly<Record<PartChange['kind'], string>> = { added: '+', removed: '-', changed: '~' };

function lineOf({ kind, before, after }: PartChange): string {
  const texts = [before, after].flatMap((part) =>
    part === null
      ? []
      : [`${part.name} ${part.version ?? ''} [${part.licences.join(', ')}] ${part.sha256?.slice(0, 12) ?? ''}`.trim()],
  );
  return `${SIGNS[kind]} ${texts.map(printable).join(' -> ')}`;
}
