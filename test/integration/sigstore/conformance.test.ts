import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { describeWithShared } from '#test/support/shared-data.ts';
import { digestOfFile, outcomeOf, sigstoreCases, verifyCase, type SigstoreCase } from '#test/support/sigstore-cases.ts';

const CLI = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');
const FORMS = ['path', 'digest'] as const;

/** Why each published case is refused: the reason that its name tells, never an accident of a decoder. */
const REASONS: Readonly<Record<string, string>> = {
  'bundle-empty-certificate-chain_fail': 'SIGNATURE_DOCUMENT_INVALID',
  'bundle-from-wrong-instance_fail': 'SIGNATURE_LOG_UNKNOWN',
  'bundle-invalid-base64-signature_fail': 'SIGNATURE_DOCUMENT_INVALID',
  'bundle-malformed-json_fail': 'INPUT_MALFORMED',
  'bundle-negative-log-index_fail': 'SIGNATURE_DOCUMENT_INVALID',
  'bundle-unknown-version_fail': 'SIGNATURE_VERSION_UNKNOWN',
  'bundle-with-root-cert_fail': 'SIGNATURE_CHAIN_HAS_ROOT',
  'checkpoint-bad-keyhint_fail': 'SIGNATURE_LOG_PROOF_INVALID',
  'checkpoint-wrong-roothash_fail': 'SIGNATURE_LOG_CHECKPOINT_INVALID',
  'dsse-invalid-sig_fail': 'BUNDLE_SIGNATURE_INVALID',
  'dsse-mismatch-envelope_fail': 'SIGNATURE_LOG_ENTRY_MISMATCH',
  'dsse-mismatch-sig_fail': 'SIGNATURE_LOG_ENTRY_MISMATCH',
  'inclusion-proof-corrupted-hash_fail': 'SIGNATURE_LOG_PROOF_INVALID',
  'incorrect-public-key_fail': 'SIGNATURE_LOG_ENTRY_MISMATCH',
  'integrated-time-in-future_fail': 'SIGNATURE_OUTSIDE_CERTIFICATE',
  'intoto-expired-certificate_fail': 'SIGNATURE_OUTSIDE_CERTIFICATE',
  'intoto-log-entry-mismatch_fail': 'SIGNATURE_LOG_ENTRY_MISMATCH',
  'intoto-missing-inclusion-proof_fail': 'SIGNATURE_LOG_PROOF_MISSING',
  'intoto-set-outside-signing-cert-validity_fail': 'SIGNATURE_OUTSIDE_CERTIFICATE',
  'intoto-tsa-timestamp-outside-cert-validity_fail': 'SIGNATURE_OUTSIDE_CERTIFICATE',
  'invalid-checkpoint-signature_fail': 'SIGNATURE_LOG_PROOF_INVALID',
  'invalid-ct-key_fail': 'SIGNATURE_SCT_INVALID',
  'invalid-inclusion-proof_fail': 'SIGNATURE_LOG_PROOF_MISSING',
  'managed-key-no-key_fail': 'SIGNATURE_MATERIAL_WRONG',
  'managed-key-wrong-key_fail': 'KEY_FILE_INVALID',
  'message-digest-mismatch_fail': 'SIGNATURE_SUBJECT_MISMATCH',
  'rekor2-checkpoint-missing-log-signature_fail': 'SIGNATURE_LOG_PROOF_INVALID',
  'rekor2-checkpoint-missing-origin_fail': 'SIGNATURE_LOG_CHECKPOINT_INVALID',
  'rekor2-checkpoint-missing-root-hash_fail': 'SIGNATURE_LOG_CHECKPOINT_INVALID',
  'rekor2-checkpoint-missing-size_fail': 'SIGNATURE_LOG_CHECKPOINT_INVALID',
  'rekor2-checkpoint-no-matching-signature_fail': 'SIGNATURE_LOG_PROOF_INVALID',
  'rekor2-dsse-invalid-sig_fail': 'BUNDLE_SIGNATURE_INVALID',
  'rekor2-dsse-mismatch-envelope_fail': 'SIGNATURE_LOG_ENTRY_MISMATCH',
  'rekor2-dsse-mismatch-sig_fail': 'SIGNATURE_LOG_ENTRY_MISMATCH',
  'rekor2-no-inclusion-proof_fail': 'SIGNATURE_LOG_PROOF_MISSING',
  'rekor2-no-timestamp_fail': 'SIGNATURE_TIMESTAMP_MISSING',
  'rekor2-timestamp-outside-trust-root-tsa-validity_fail': 'SIGNATURE_TIMESTAMP_OUTSIDE_WINDOW',
  'rekor2-timestamp-outside-tsa-cert-validity_fail': 'SIGNATURE_TIMESTAMP_OUTSIDE_WINDOW',
  'rekor2-timestamp-payload-mismatch_fail': 'SIGNATURE_TIMESTAMP_MISMATCH',
  'rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail': 'SIGNATURE_TIMESTAMP_UNTRUSTED',
  'rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail': 'SIGNATURE_TIMESTAMP_UNTRUSTED',
  'rekor2-timestamp-with-incorrect-time_fail': 'SIGNATURE_OUTSIDE_CERTIFICATE',
  'set-invalid-signature_fail': 'SIGNATURE_LOG_PROMISE_INVALID',
  'signature-mismatch_fail': 'BUNDLE_SIGNATURE_INVALID',
  'trust-root-tlog-missing-validity-start_fail': 'SIGNATURE_LOG_OUTSIDE_WINDOW',
  'wrong-hashedrekord-artifact_fail': 'SIGNATURE_LOG_ENTRY_MISMATCH',
  'wrong-hashedrekord-cert-and-sig_fail': 'SIGNATURE_LOG_ENTRY_MISMATCH',
  'wrong-hashedrekord-entry_fail': 'SIGNATURE_LOG_ENTRY_MISMATCH',
  'wrong-material_fail': 'SIGNATURE_SUBJECT_MISMATCH',
};

describeWithShared('the published Sigstore conformance cases', 'conformance/sigstore', (dir) => {
  const cases = sigstoreCases(dir);
  const named = (name: string): SigstoreCase => {
    const found = cases.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`there is no case ${name}`);
    return found;
  };

  it('are 70, of which 49 must be refused', () => {
    expect(cases).toHaveLength(70);
    expect(cases.filter(({ mustPass }) => !mustPass).map(({ name }) => name)).toEqual(Object.keys(REASONS).sort());
  });

  describe.each(FORMS)('when the content is given by %s', (form) => {
    it.each(cases)('decides $name, and says why', async (published) => {
      const outcome = await verifyCase(published, { form }).then(outcomeOf, refusalCode);

      expect(outcome).toBe(published.mustPass ? 'verified' : REASONS[published.name]);
    });
  });

  describe('when there is no network interface at all', () => {
    it.skipIf(!CAN_CUT_NETWORK)('answers alike (skipped where user namespaces are off)', async () => {
      for (const name of ['rekor2-happy-path', 'intoto-with-custom-trust-root', 'set-invalid-signature_fail']) {
        const args = argumentsOf(named(name), 'path');

        const [connected, cutOff] = [await gantry(args), await gantry(args, ['unshare', '-rn'])];

        expect(withoutAges(cutOff)).toEqual(withoutAges(connected));
        expect(connected.exit).toBe(name.endsWith('_fail') ? 3 : 0);
      }
    });
  });

  describe('when the program itself is asked', () => {
    it.each(PROGRAM_CASES)('ends with $exit for $name by $form', async ({ name, form, exit }) => {
      const run = await gantry(argumentsOf(named(name), form));

      expect(run.exit).toBe(exit);
      expect(JSON.parse(run.stdout)).toMatchObject(exit === 0 ? { verdict: 'verified' } : refusedWith(name));
    });
  });
});

const CAN_CUT_NETWORK = process.platform === 'linux' && spawnSync('unshare', ['-rn', 'true']).status === 0;

const PROGRAM_CASES = [
  { name: 'happy-path-v0.1', form: 'digest', exit: 0 },
  { name: 'rekor2-happy-path', form: 'path', exit: 0 },
  { name: 'managed-key-happy-path', form: 'digest', exit: 0 },
  { name: 'happy-path-intoto-in-dsse-v3', form: 'path', exit: 0 },
  { name: 'trust-root-tlog-missing-validity-start_fail', form: 'path', exit: 3 },
  { name: 'managed-key-no-key_fail', form: 'digest', exit: 3 },
  { name: 'managed-key-wrong-key_fail', form: 'path', exit: 2 },
] as const;

function refusedWith(name: string): object {
  const code = REASONS[name];
  // A key that is no key is a wrong command, not a verdict about the bundle.
  return code === 'KEY_FILE_INVALID' ? { error: { code } } : { verdict: 'refused', findings: [{ code }] };
}

function refusalCode(error: unknown): string {
  if (isAppError(error)) return error.code;
  throw error;
}

/** The command line of the suite's protocol. Where a case has no root of its own, the one that ships is used. */
function argumentsOf(published: SigstoreCase, form: (typeof FORMS)[number]): string[] {
  const { bundlePath, hasOwnRoot, rootPath, keyPath, identity, issuer, artifactPath } = published;
  return [
    ...['sigstore', 'verify-bundle', '--json', '--bundle', bundlePath],
    ...(keyPath === null
      ? ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer]
      : ['--key', keyPath]),
    ...(hasOwnRoot ? ['--trusted-root', rootPath] : []),
    form === 'path' ? artifactPath : digestOfFile(artifactPath),
  ];
}

interface Run {
  readonly exit: number | null;
  readonly stdout: string;
}

async function gantry(args: readonly string[], wrapper: readonly string[] = []): Promise<Run> {
  const [program = process.execPath, ...rest] = [...wrapper, process.execPath, CLI, ...args];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exit, stdout };
}

/** Ages differ by the second between two runs. */
function withoutAges({ exit, stdout }: Run): Run {
  return { exit, stdout: stdout.replace(/"ageSeconds": \d+/g, '"ageSeconds": 0') };
}
