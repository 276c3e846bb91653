import type { Command } from 'commander';
import { errorEntry } from '#contracts/errors/index.ts';
import { AppError } from '#core/base/index.ts';
import { readKeyText } from '#native/keys/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import {
  BUNDLE_LIMIT_BYTES,
  verifySigstoreBundle,
  type SignerDemand,
  type SigstoreVerdict,
} from '#native/sigstore/index.ts';
import { openArtifact } from '../inputs/artifact.ts';
import { readTrustedRoot } from '../inputs/trusted-root-file.ts';
import { EXIT, exitCodeOf, type CliIo, type ExitCode } from '../output/index.ts';
import { printable } from '../output/print-findings.ts';

interface VerifyBundleOptions {
  readonly bundle: string;
  readonly staging?: true;
  readonly certificateIdentity?: string;
  readonly certificateOidcIssuer?: string;
  readonly key?: string;
  readonly trustedRoot?: string;
  readonly logThreshold: number;
  readonly timestampThreshold: number;
  readonly certificateLogThreshold: number;
  readonly json?: true;
}

/** `gantry sigstore`: the protocol of the sigstore-conformance suite, offline. */
export function registerSigstore(program: Command, io: CliIo): void {
  program
    .command('sigstore')
    .description('Verify Sigstore bundles offline')
    .command('verify-bundle')
    .description('Say whether exactly this signer signed exactly this content. Exit 0 verified, other refused')
    .argument('<file-or-digest>', 'the signed content, or sha256:<64 hex> of it')
    .requiredOption('--bundle <file>', 'Sigstore bundle (v0.1, v0.2 or v0.3, JSON)')
    .option('--certificate-identity <text>', 'the exact identity of the signing certificate; no pattern')
    .option('--certificate-oidc-issuer <text>', 'the exact issuer that vouches for the identity')
    .option('--key <pem>', 'public key; demands a bundle that is signed with this key')
    .option('--trusted-root <file>', 'trusted root (JSON); the public-good root that ships with Gantry when absent')
    .option('--staging', 'use the root of the staging instance; none ships, so --trusted-root is needed')
    .option('--log-threshold <n>', 'transparency log entries needed', parseCount, 1)
    .option(
      '--timestamp-threshold <n>',
      'statements of the signing time needed (log promise or timestamp)',
      parseCount,
      1,
    )
    .option('--certificate-log-threshold <n>', 'certificate log statements (SCTs) needed', parseCount, 1)
    .option('--json', 'print one JSON document')
    .action(async (fileOrDigest: string, options: VerifyBundleOptions) => {
      process.exitCode = await verifyBundle(fileOrDigest, options, io);
    });
}

async function verifyBundle(fileOrDigest: string, options: VerifyBundleOptions, io: CliIo): Promise<ExitCode> {
  const demand = await readDemand(options);
  const root = await readTrustedRoot(options);
  const { logThreshold, timestampThreshold, certificateLogThreshold } = options;
  const verdict = await verifySigstoreBundle({
    bundle: await readPlainFile(options.bundle, BUNDLE_LIMIT_BYTES),
    artifact: await openArtifact(fileOrDigest),
    demand,
    root,
    thresholds: { logThreshold, timestampThreshold, certificateLogThreshold },
    now: io.clock.now(),
  });
  if (options.json === true) io.json(toJson(verdict, options, root.digest));
  else print(verdict, io);
  return verdict.verified ? EXIT.done : exitCodeOf(verdict.refused.code);
}

/** Exactly one way to name the signer: identity with issuer, or key. */
async function readDemand(options: VerifyBundleOptions): Promise<SignerDemand> {
  const { certificateIdentity: identity, certificateOidcIssuer: issuer, key } = options;
  if (key !== undefined && identity === undefined && issuer === undefined) {
    return { kind: 'key', publicKeyPem: await readKeyText(key) };
  }
  if (key === undefined && identity !== undefined && issuer !== undefined)
    return { kind: 'identity', identity, issuer };
  throw new AppError(
    'USAGE_INVALID',
    'name the signer: --certificate-identity with --certificate-oidc-issuer, or --key',
  );
}

function parseCount(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new AppError('USAGE_INVALID', `${text} is not a number from 0 to 99`);
  return Number(text);
}

/** The JSON keys are a public contract. Thresholds are in it: a verdict is worth what it demanded. */
function toJson(verdict: SigstoreVerdict, options: VerifyBundleOptions, trustedRootDigest: string): unknown {
  const { logThreshold, timestampThreshold, certificateLogThreshold } = options;
  const shared = {
    signer: verdict.signer,
    certificate: verdict.certificate,
    facts: verdict.facts,
    thresholds: { logThreshold, timestampThreshold, certificateLogThreshold },
    trustedRoot: trustedRootDigest,
  };
  if (verdict.verified) return { verdict: 'verified', digest: verdict.artifact, ...shared, findings: [] };
  const { code, message } = verdict.refused;
  const finding = { code, severity: 'block', at: 'bundle', message, next: errorEntry(code).next };
  return { verdict: 'refused', digest: null, ...shared, findings: [finding] };
}

function print(verdict: SigstoreVerdict, io: CliIo): void {
  io.out(verdict.verified ? `VERIFIED  ${verdict.artifact}` : `REFUSED  ${verdict.refused.code}`);
  for (const { code, established, demanded, subject, detail } of verdict.facts) {
    const about = subject === '' ? '' : `  ${printable(subject)}`;
    io.out(
      `  ${established ? 'established    ' : demanded ? 'not established' : 'not asked for  '}  ${code}${about}: ${printable(detail)}`,
    );
  }
  for (const [name, text] of Object.entries(verdict.certificate ?? {})) io.out(`  ${name}: ${printable(text)}`);
  if (verdict.verified) return;
  const { what, unchanged, next } = errorEntry(verdict.refused.code);
  io.err(`${verdict.refused.code}: ${what}`);
  io.err(`  ${printable(verdict.refused.message)}`);
  io.err(`  ${unchanged}`);
  io.err(`  Next: ${next}`);
}
