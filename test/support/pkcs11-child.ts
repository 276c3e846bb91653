/**
 * Talks to a token in a process of its own and prints one line of JSON. Run by test/integration/pkcs11.
 * Arguments: what to do, and the PKCS#11 URI.
 */
import { readFileSync } from 'node:fs';
import { toAppError } from '#core/base/index.ts';
import { parsePkcs11Uri } from '#core/keys/index.ts';
import { createTokenKey, listTokens, openTokenKey, pinFromFile } from '#native/pkcs11/index.ts';
import { loadEngine } from '../../native/pkcs11/engine.ts';
import { ckrOf } from '../../native/pkcs11/token-failure.ts';
import { findTokenKey } from '../../native/pkcs11/token-objects.ts';
import { openTokenSession } from '../../native/pkcs11/token-session.ts';

const [job = '', address = ''] = process.argv.slice(2);

async function work(): Promise<unknown> {
  const uri = parsePkcs11Uri(address);
  const pin = pinFromFile(uri.pinFile, {});
  if (job === 'tokens') return listTokens(uri.modulePath);
  if (job === 'create' || job === 'create-ed25519') {
    const key = await createTokenKey(uri, job === 'create' ? 'ecdsa-p256' : 'ed25519', pin);
    return { keyId: key.keyId, publicKeyPem: key.publicKeyPem };
  }
  if (job === 'read-private') return readPrivate();
  const key = await openTokenKey(uri, pin);
  if (job === 'lose-session') loseSession();
  const signatures = await Promise.all(
    ['a', 'b', 'c'].map(async (text) => Buffer.from(await key.sign(Buffer.from(text))).toString('base64')),
  );
  return { keyId: key.keyId, publicKeyPem: key.publicKeyPem, signatures };

  /** What a token that was pulled out and put in again looks like: every session of it is gone. */
  function loseSession(): void {
    const session = openTokenSession(uri, readFileSync(uri.pinFile ?? '', 'utf8').trim(), 'sign');
    session.slot.closeAll();
  }

  function readPrivate(): unknown {
    const session = openTokenSession(uri, readFileSync(uri.pinFile ?? '', 'utf8').trim(), 'sign');
    const { privateKey } = findTokenKey(session, uri.object ?? '');
    const { extractable, sensitive } = privateKey.getAttribute({ extractable: null, sensitive: null });
    try {
      return { leaked: privateKey.getAttribute({ value: null }) };
    } catch (error) {
      return { ckr: ckrOf(error), extractable, sensitive, engine: typeof loadEngine() };
    }
  }
}

try {
  process.stdout.write(`${JSON.stringify(await work())}\n`);
} catch (error) {
  const { code, message, details } = toAppError(error);
  process.stdout.write(`${JSON.stringify({ code, message, details })}\n`);
}
