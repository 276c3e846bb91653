import type { Command } from 'commander';
import { PREDICATE_TYPES } from '#contracts/bundle.ts';
import { AppError, MIB, type Json } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import {
  adoptFolder,
  attestLayout,
  createLayout,
  signLayout,
  type AdoptedFolder,
  type SignedLayout,
  type SigningRequest,
} from '../authoring/index.ts';
import { inspectInput } from '../inputs/inspect.ts';
import type { CliIo } from '../output/index.ts';
import { printInspection } from '../output/print-inspection.ts';
import { registerBundleDiff } from './bundle-diff.ts';
import { KEY_HELP, openNamedKey, type SigningKeyOptions } from '../signing-key.ts';

interface KeyOptions extends SigningKeyOptions {
  readonly key: string;
  readonly bundle?: string;
  readonly json?: true;
}

interface CreateOptions {
  readonly spec: string;
  readonly out: string;
  readonly fromMlflow?: string;
  readonly json?: true;
}

interface AttestOptions extends KeyOptions {
  readonly type: string;
  readonly predicate: string;
}

/** `gantry bundle`. */
export function registerBundle(program: Command, io: CliIo): void {
  const bundle = program.command('bundle').description('Create, sign, attest and inspect model bundles');
  bundle
    .command('create')
    .description('Pack a bundle from a YAML specification; same inputs, same digest')
    .requiredOption('--spec <file>', 'YAML specification; its paths are relative to it')
    .option(
      '--from-mlflow <dir>',
      'MLflow model folder: model, tensors and requirements come from it, the rest from the specification',
    )
    .requiredOption('--out <layout>', 'new folder for the OCI layout')
    .option('--json', 'print one JSON document')
    .action((options: CreateOptions) => create(options, io));
  bundle
    .command('adopt')
    .description(
      'Turn a model folder of MLflow into a bundle without signing it anew: its model.sig goes on covering the files, which the bundle keeps',
    )
    .argument('<folder>', 'model folder: MLmodel, its files, and model.sig when it is signed')
    .requiredOption('--out <layout>', 'new folder for the OCI layout')
    .option('--json', 'print one JSON document')
    .action(async (folder: string, options: { out: string; json?: true }) => {
      const adopted = await adoptFolder(folder, options.out);
      if (options.json === true) io.json(adopted);
      else printAdopted(adopted, io);
    });
  withKey(
    bundle
      .command('sign')
      .description('Sign a bundle and the statements that wait in its layout')
      .argument('<layout>', 'layout folder'),
  ).action(async (layout: string, options: KeyOptions) => {
    report(await signLayout(await requestOf(layout, options, io)), options, io);
  });
  withKey(bundle.command('attest').description('Attach one signed statement').argument('<layout>', 'layout folder'))
    .requiredOption('--type <type>', `${Object.keys(PREDICATE_TYPES).join(', ')} or a predicate type URI`)
    .requiredOption('--predicate <file>', 'the predicate (JSON)')
    .action(async (layout: string, options: AttestOptions) => {
      report(
        await attestLayout(
          await requestOf(layout, options, io),
          predicateTypeOf(options.type),
          await readPredicate(options.predicate),
        ),
        options,
        io,
      );
    });
  registerBundleDiff(bundle, io);
  bundle
    .command('inspect')
    .description('Show what a bundle says about itself. Trusts nothing')
    .argument('<input>', 'layout folder, archive of one, model folder of MLflow, or folder of a media set')
    .option('--bundle <name>', 'version, model:version or digest, when there are several')
    .option('--json', 'print one JSON document')
    .action(async (input: string, options: { bundle?: string; json?: true }) => {
      const inspection = await inspectInput(input, options.bundle);
      if (options.json === true) io.json(inspection);
      else printInspection(inspection, io);
    });
}

function printAdopted({ model, version, layout, digest, signed }: AdoptedFolder, io: CliIo): void {
  io.out(`Adopted ${model} ${version} into ${layout}`);
  io.out(`Digest ${digest}`);
  io.out(
    signed
      ? 'Its model.sig is kept; gantry verify checks it.'
      : 'It has no model.sig and is not signed: gantry bundle sign',
  );
}

function withKey(command: Command): Command {
  return command
    .requiredOption('--key <key>', KEY_HELP)
    .option('--pin-file <file>', 'file whose first line is the PIN of the token')
    .option('--passphrase-file <file>', 'file whose first line opens the key')
    .option('--no-passphrase', 'the key is not protected')
    .option('--bundle <name>', 'version or digest, when the layout holds several bundles')
    .option('--json', 'print one JSON document');
}

async function create(options: CreateOptions, io: CliIo): Promise<void> {
  const { digest, spec, dir } = await createLayout(options.spec, options.out, options.fromMlflow);
  if (options.json === true) io.json({ digest, model: spec.model, version: spec.version, layout: dir, signed: false });
  else {
    io.out(`Packed ${spec.model} ${spec.version} with ${String(spec.variants.length)} variants into ${dir}`);
    io.out(`Digest ${digest}`);
    io.out('It is not signed yet: gantry bundle sign');
  }
}

async function requestOf(layout: string, options: KeyOptions, io: CliIo): Promise<SigningRequest> {
  const key = await openNamedKey(options.key, options, io.env);
  return { dir: layout, key, now: io.clock.now(), ...(options.bundle === undefined ? {} : { bundle: options.bundle }) };
}

function report(result: SignedLayout, options: KeyOptions, io: CliIo): void {
  if (options.json === true) io.json({ digest: result.bundle, signed: result.signed });
  else for (const type of result.signed) io.out(`Signed ${type} for ${result.bundle}`);
}

function predicateTypeOf(type: string): string {
  const known = Object.entries(PREDICATE_TYPES).find(([name]) => name === type);
  if (known !== undefined) return known[1];
  if (!URL.canParse(type)) throw new AppError('USAGE_INVALID', `${type} is neither a known type nor a URI`, { type });
  return type;
}

const PREDICATE_LIMIT_BYTES = 16 * MIB;

async function readPredicate(path: string): Promise<Json> {
  // A strict parse of JSON text has only JSON values.
  return parseStrictJson(await readPlainFile(path, PREDICATE_LIMIT_BYTES), { bytes: PREDICATE_LIMIT_BYTES }) as Json;
}
