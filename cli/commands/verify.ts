import type { Command } from 'commander';
import { isBlocking } from '#core/base/index.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { openAgeReader } from '#native/age/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createModelScanner } from '#native/model-scan/index.ts';
import { renderReport } from '#native/pdf/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import { cycloneDxSchema } from '#native/sbom/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import { KNOWN_BAD_LIMIT_BYTES, openKnownBadList } from '#station/bundles/known-bad.ts';
import { reportFormatOf, writeReport } from '../output/verdict-report.ts';
import { readIdentityFile } from '../inputs/identity-file.ts';
import { openInput, selectListed } from '../inputs/open-input.ts';
import { readTrustFiles } from '../inputs/trust-files.ts';
import { EXIT, type CliIo, type ExitCode } from '../output/index.ts';
import { printVerdict } from '../output/print-verdict.ts';

interface VerifyOptions {
  readonly policy: string;
  readonly trust?: string;
  readonly bundle?: string;
  readonly knownBad?: string;
  readonly identity?: string;
  readonly json?: true;
  readonly report?: string;
}

/** `gantry verify`. */
export function registerVerify(program: Command, io: CliIo): void {
  program
    .command('verify')
    .description('Give an offline verdict on a bundle. Exit 0 accepted, 3 refused')
    .argument(
      '<input>',
      'layout folder, archive (.tar, .tar.gz, .tar.zst), model folder of MLflow, or folder of a media set',
    )
    .requiredOption('--policy <file>', 'verification policy (JSON)')
    .option('--trust <dir>', 'folder with trust.json or *.pub.pem; the folder of the policy when absent')
    .option('--bundle <name>', 'version, model:version or digest, when the input holds several bundles')
    .option('--known-bad <file>', 'signed list of known-bad parts, by a key that may release for production')
    .option('--identity <file>', 'age identity that opens an encrypted media set')
    .option('--json', 'print one JSON document')
    .option('--report <file>', 'also write the verdict to a new file, .json or .pdf')
    .action(async (input: string, options: VerifyOptions) => {
      process.exitCode = await verify(input, options, io);
    });
}

async function verify(path: string, options: VerifyOptions, io: CliIo): Promise<ExitCode> {
  const format = options.report === undefined ? null : reportFormatOf(options.report);
  const now = io.clock.now();
  const { policy, trust } = await readTrustFiles({
    policyPath: options.policy,
    now,
    ...(options.trust === undefined ? {} : { trustDir: options.trust }),
  });
  const knownBad =
    options.knownBad === undefined
      ? null
      : openKnownBadList(await readPlainFile(options.knownBad, KNOWN_BAD_LIMIT_BYTES), {
          trust,
          verifier: nodeSignatureVerifier,
        }).list;
  const secret = options.identity === undefined ? null : await readIdentityFile(options.identity);
  const input = await openInput(path, secret === null ? {} : { openSealed: (file) => openAgeReader(file, secret) });
  try {
    const { digest } = selectListed(input, options.bundle);
    const { verdict } = await verifyModelBundle(
      {
        reader: input.reader,
        bundleDigest: digest,
        referrers: input.referrersOf(digest),
        trust,
        policy,
        now,
        lineContract: null,
        knownBad,
        onProgress: (done, total) => {
          io.progress({ done, total, unit: 'bytes' });
        },
      },
      {
        attestations: sigstoreAttestations,
        hasher: nodeHasher,
        scanner: createModelScanner(),
        parseYaml,
        partsSchema: cycloneDxSchema,
      },
    );
    if (options.report !== undefined && format !== null)
      await writeReport(options.report, await renderReport({ verdict, context: null }, format));
    if (options.json === true) io.json(verdict);
    else printVerdict(verdict, io);
    return verdict.verdict === 'accepted' && !isBlocking(verdict.findings) ? EXIT.done : EXIT.refused;
  } finally {
    await input.close();
  }
}
