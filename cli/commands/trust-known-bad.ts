import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { KNOWN_BAD_PAYLOAD_TYPE, KnownBadList } from '#contracts/known-bad.ts';
import { AppError, toIsoUtc, type Json } from '#core/base/index.ts';
import { sealDocument } from '#core/signing/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import { KNOWN_BAD_LIMIT_BYTES } from '#station/bundles/known-bad.ts';
import { withSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';
import { KEY_HELP, openNamedKey, type SigningKeyOptions } from '../signing-key.ts';

interface SignOptions extends SigningKeyOptions {
  readonly key: string;
  readonly out: string;
}

/** `gantry trust known-bad` and `known-bad-sign`: parts that must not be in a bundle. */
export function registerKnownBad(trust: Command, io: CliIo): void {
  trust
    .command('known-bad')
    .description(
      'Put a signed list of known-bad parts in force, for example from a stick; without a list, show the one in force',
    )
    .argument('[list]', 'signed list; its version must be newer than the one in force')
    .requiredOption('--site <dir>', 'folder of the site')
    .option('--json', 'print one JSON document')
    .action((list: string | undefined, options: { site: string; json?: true }) => bring(list, options, io));
  trust
    .command('known-bad-sign')
    .description('Sign a list of known-bad parts for sites that trust the key for production')
    .argument('<list>', 'list (JSON): v, version, issuedAt, entries')
    .requiredOption('--key <key>', KEY_HELP)
    .requiredOption('--out <file>', 'new file for the signed list')
    .option('--pin-file <file>', 'file whose first line is the PIN of the token')
    .option('--passphrase-file <file>', 'file whose first line opens the key')
    .option('--no-passphrase', 'the key is not protected')
    .action((list: string, options: SignOptions) => sign(list, options, io));
}

async function bring(path: string | undefined, options: { site: string; json?: true }, io: CliIo): Promise<void> {
  const bytes = path === undefined ? null : await readPlainFile(path, KNOWN_BAD_LIMIT_BYTES);
  const inForce = await withSite(options.site, io, ({ services, person }) =>
    Promise.resolve(bytes === null ? services.knownBad.current() : services.knownBad.bring(bytes, person)),
  );
  if (options.json === true) io.json({ knownBad: inForce });
  else if (inForce === null) io.out('No list of known-bad parts is in force.');
  else {
    const { list, keyId, importedAt, importedBy } = inForce;
    io.out(
      `List version ${String(list.version)} of ${toIsoUtc(list.issuedAt)}, ${String(list.entries.length)} entries`,
    );
    io.out(`Signed by ${keyId}; in force since ${toIsoUtc(importedAt)} by ${importedBy}.`);
  }
}

async function sign(path: string, options: SignOptions, io: CliIo): Promise<void> {
  const json = parseStrictJson(await readPlainFile(path, KNOWN_BAD_LIMIT_BYTES), { bytes: KNOWN_BAD_LIMIT_BYTES });
  const list = KnownBadList.safeParse(json);
  if (!list.success) {
    const [issue] = list.error.issues;
    throw new AppError('KNOWN_BAD_LIST_INVALID', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const key = await openNamedKey(options.key, options, io.env);
  // What was parsed strictly has only JSON values.
  const envelope = await sealDocument(KNOWN_BAD_PAYLOAD_TYPE, json as Json, key);
  await writeFile(options.out, `${JSON.stringify(envelope)}\n`, { flag: 'wx' });
  io.out(
    `Signed version ${String(list.data.version)} with ${String(list.data.entries.length)} entries: ${options.out}`,
  );
}
