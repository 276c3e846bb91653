import type { Command } from 'commander';
import { LineContract } from '#contracts/bundle.ts';
import { AppError, KIB } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { requireBundle } from '../bundle-ref.ts';
import { withSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';

interface LineContractOptions {
  readonly site: string;
  readonly model: string;
  readonly file?: string;
  readonly bundle?: string;
  readonly clear?: true;
  readonly reason: string;
  readonly json?: true;
}

const CONTRACT_LIMIT_BYTES = 1024 * KIB;

/** `gantry trust line-contract`: what the lines give a model, so that also its first import is compared. */
export function registerLineContract(trust: Command, io: CliIo): void {
  trust
    .command('line-contract')
    .description('Say what the lines give a model. Every bundle of it is compared before anything is staged')
    .requiredOption('--site <dir>', 'folder of the site')
    .requiredOption('--model <name>', 'model, as its bundles name it')
    .option('--file <json>', 'contract with inputs and, if it shall be compared, preprocessing')
    .option('--bundle <name>', 'accepted bundle whose contract the lines fulfil: digest or model:version')
    .option('--clear', 'take the contract back: bundles are compared with the newest accepted one again')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .option('--json', 'print one JSON document')
    .action((options: LineContractOptions) => setLineContract(options, io));
}

async function setLineContract(options: LineContractOptions, io: CliIo): Promise<void> {
  if ([options.file, options.bundle, options.clear].filter((given) => given !== undefined).length !== 1)
    throw new AppError('USAGE_INVALID', 'give one of --file, --bundle and --clear');
  const { contract, version } = await withSite(options.site, io, async ({ services, person }) => {
    const wanted = await contractOf(options, services);
    const { model, reason } = options;
    const policy = services.trust.setLineContract({ model, contract: wanted, reason }, person);
    return { contract: wanted, version: policy.version };
  });
  if (options.json === true) io.json({ model: options.model, contract, policyVersion: version });
  else if (contract === null)
    io.out(`${options.model} has no line contract any more. Policy version ${String(version)}.`);
  else
    io.out(
      `Bundles of ${options.model} must take ${contract.inputs.map((input) => input.name).join(', ')}. Policy version ${String(version)}; the change is recorded.`,
    );
}

async function contractOf(options: LineContractOptions, services: StationServices): Promise<LineContract | null> {
  if (options.clear === true) return null;
  if (options.file !== undefined) return parseContract(await readPlainFile(options.file, CONTRACT_LIMIT_BYTES));
  const { digest, model } = requireBundle(services.bundles, options.bundle ?? '');
  if (model !== options.model) throw new AppError('USAGE_INVALID', `${options.bundle ?? ''} is a bundle of ${model}`);
  const { inputs, preprocessing } = await services.bundles.contractOf(digest);
  return { inputs, preprocessing };
}

/** Untrusted: a contract file; a whole `contract.json` of a bundle serves as well. */
function parseContract(bytes: Uint8Array): LineContract {
  const parsed = LineContract.safeParse(parseStrictJson(bytes, { bytes: CONTRACT_LIMIT_BYTES }));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('INPUT_MALFORMED', `the contract: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, {
    at: issue?.path.join('.') ?? '',
  });
}
