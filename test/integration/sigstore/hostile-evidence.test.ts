import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { describeWithShared } from '#test/support/shared-data.ts';
import { at, list, readJson, replaceBytes, sigstoreWorkshop, type Json } from '#test/support/sigstore-edits.ts';

/** Changes for which the public suite has no case. */
describeWithShared('hostile Sigstore evidence', 'conformance/sigstore', (dir) => {
  const shop = sigstoreWorkshop(dir);

  describe('when evidence is changed', () => {
    const entry = (bundle: Json): Json => list(at(bundle, 'verificationMaterial'), 'tlogEntries')[0] as Json;
    const timestamp = (bundle: Json): Json =>
      list(at(bundle, 'verificationMaterial', 'timestampVerificationData'), 'rfc3161Timestamps')[0] as Json;
    const certificate = (bundle: Json, rawBytes: string): void =>
      void Object.assign(at(bundle, 'verificationMaterial'), { certificate: { rawBytes } });
    const authority = (list_: string, number: number): string => {
      const root = readJson(shop.named('rekor2-happy-path').rootPath);
      return (list(at(list(root, list_)[0] as Json, 'certChain'), 'certificates')[number] as { rawBytes: string })
        .rawBytes;
    };
    const garbage = Buffer.from('30820101deadbeef', 'hex').toString('base64');
    const changes: readonly [string, string, string, (bundle: Json) => void][] = [
      [
        'a certificate of garbage',
        'rekor2-happy-path',
        'SIGNATURE_CERTIFICATE_MALFORMED',
        (bundle) => {
          certificate(bundle, garbage);
        },
      ],
      [
        'an authority as the signing certificate',
        'rekor2-happy-path',
        'SIGNATURE_CERTIFICATE_MALFORMED',
        (bundle) => {
          certificate(bundle, authority('certificateAuthorities', 0));
        },
      ],
      [
        'a root as the signing certificate',
        'rekor2-happy-path',
        'SIGNATURE_CHAIN_HAS_ROOT',
        (bundle) => {
          certificate(bundle, authority('certificateAuthorities', 1));
        },
      ],
      [
        'a timestamping certificate as the signing certificate',
        'rekor2-happy-path',
        'SIGNATURE_CERTIFICATE_MALFORMED',
        (bundle) => {
          certificate(bundle, authority('timestampAuthorities', 0));
        },
      ],
      [
        'a timestamp of garbage',
        'rekor2-happy-path',
        'SIGNATURE_TIMESTAMP_INVALID',
        (bundle) => {
          timestamp(bundle)['signedTimestamp'] = garbage;
        },
      ],
      [
        'a timestamp that was not granted',
        'rekor2-happy-path',
        'SIGNATURE_TIMESTAMP_INVALID',
        (bundle) => {
          replaceBytes(timestamp(bundle), 'signedTimestamp', { from: '3003020100', to: '3003020102' });
        },
      ],
      [
        'another kind outside than inside',
        'happy-path-v0.3',
        'SIGNATURE_LOG_ENTRY_MISMATCH',
        (bundle) => {
          entry(bundle)['kindVersion'] = { kind: 'dsse', version: '0.0.1' };
        },
      ],
      [
        'an unknown kind of entry',
        'happy-path-v0.3',
        'SIGNATURE_LOG_ENTRY_UNREADABLE',
        (bundle) => {
          entry(bundle)['kindVersion'] = { kind: '__proto__', version: '1' };
        },
      ],
      [
        'an entry that is no JSON',
        'happy-path-v0.3',
        'SIGNATURE_LOG_ENTRY_UNREADABLE',
        (bundle) => {
          entry(bundle)['canonicalizedBody'] = garbage;
        },
      ],
      [
        'another root hash in the proof',
        'happy-path-v0.3',
        'SIGNATURE_LOG_CHECKPOINT_INVALID',
        (bundle) => {
          at(entry(bundle), 'inclusionProof')['rootHash'] = Buffer.alloc(32).toString('base64');
        },
      ],
      [
        'another place in the proof',
        'rekor2-happy-path',
        'SIGNATURE_LOG_PROOF_INVALID',
        (bundle) => {
          at(entry(bundle), 'inclusionProof')['logIndex'] = '2';
        },
      ],
      [
        'a later time in a promise',
        'happy-path-v0.3',
        'SIGNATURE_LOG_PROMISE_INVALID',
        (bundle) => {
          entry(bundle)['integratedTime'] = String(Number(entry(bundle)['integratedTime']) + 1);
        },
      ],
      [
        'another index in a promise',
        'happy-path-v0.3',
        'SIGNATURE_LOG_PROMISE_INVALID',
        (bundle) => {
          entry(bundle)['logIndex'] = '1';
        },
      ],
    ];

    it.each(changes)('refuses %s', async (_what, name, code, change) => {
      const bundle = shop.bundle(name, change);

      expect(await shop.outcome(name, { bundle })).toBe(code);
    });
  });

  describe('when the trusted root does not cover the evidence', () => {
    const roots: readonly [string, string, string, (root: Json) => void][] = [
      [
        'without the certificate authority',
        'rekor2-happy-path',
        'SIGNATURE_CERTIFICATE_UNTRUSTED',
        (root) => {
          root['certificateAuthorities'] = [];
        },
      ],
      [
        'without the certificate log',
        'rekor2-happy-path',
        'SIGNATURE_SCT_INVALID',
        (root) => {
          root['ctlogs'] = [];
        },
      ],
      [
        'without the log',
        'rekor2-happy-path',
        'SIGNATURE_LOG_UNKNOWN',
        (root) => {
          root['tlogs'] = [];
        },
      ],
      [
        'without the timestamp authority',
        'rekor2-happy-path',
        'SIGNATURE_TIMESTAMP_UNTRUSTED',
        (root) => {
          root['timestampAuthorities'] = [];
        },
      ],
      [
        'with a log that ended before',
        'rekor2-happy-path',
        'SIGNATURE_LOG_OUTSIDE_WINDOW',
        (root) => {
          for (const log of list(root, 'tlogs'))
            at(log as Json, 'publicKey')['validFor'] = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' };
        },
      ],
      [
        'with a log that began later',
        'happy-path-v0.3',
        'SIGNATURE_LOG_OUTSIDE_WINDOW',
        (root) => {
          for (const log of list(root, 'tlogs'))
            at(log as Json, 'publicKey')['validFor'] = { start: '2025-01-01T00:00:00Z' };
        },
      ],
      [
        'with certificate logs without a start',
        'rekor2-happy-path',
        'SIGNATURE_SCT_INVALID',
        (root) => {
          for (const log of list(root, 'ctlogs')) at(log as Json, 'publicKey')['validFor'] = {};
        },
      ],
      [
        'with authorities without a start',
        'rekor2-happy-path',
        'SIGNATURE_CERTIFICATE_UNTRUSTED',
        (root) => {
          for (const authority of list(root, 'certificateAuthorities')) (authority as Json)['validFor'] = {};
        },
      ],
    ];

    it.each(roots)('refuses under a root %s', async (_what, name, code, change) => {
      expect(await shop.outcome(name, { root: shop.root(name, change) })).toBe(code);
    });

    it('refuses a root whose key is no key', () => {
      const parse = (): unknown =>
        shop.root('rekor2-happy-path', (root) => {
          for (const log of list(root, 'tlogs')) at(log as Json, 'publicKey')['rawBytes'] = 'AAAA';
        });

      expect(codeOf(parse)).toBe('TRUSTED_ROOT_INVALID');
    });
  });
});

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}
