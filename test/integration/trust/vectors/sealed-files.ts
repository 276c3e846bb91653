import type { ErrorCode } from '#contracts/errors/index.ts';
import { createAgeIdentity, openAge, sealAge, type AgeSecret } from '#native/age/index.ts';
import { bytesOf } from '#test/support/byte-streams.ts';
import { codesOf, type Vector, type VectorSuite } from './vector.ts';

const CHUNK = 65_536;
const plain = Uint8Array.from({ length: 2 * CHUNK + 50 }, (_, at) => (at * 131 + 5) & 0xff);

let known: Promise<{ site: string; stranger: string; file: Buffer }> | undefined;
function sealed(): Promise<{ site: string; stranger: string; file: Buffer }> {
  known ??= (async () => {
    const { identity: site, recipient } = await createAgeIdentity();
    const { identity: stranger } = await createAgeIdentity();
    return { site, stranger, file: Buffer.from(await bytesOf(sealAge([plain], { recipients: [recipient] }))) };
  })();
  return known;
}

interface Change {
  readonly edit?: (file: Buffer) => Buffer;
  readonly by?: 'site' | 'stranger' | 'passphrase';
}

async function judge({ edit = (file) => file, by = 'site' }: Change = {}): Promise<readonly string[]> {
  const { file, ...identities } = await sealed();
  const secret: AgeSecret = by === 'passphrase' ? { passphrase: 'a guess' } : { identity: identities[by] };
  return codesOf(() => bytesOf(openAge([edit(Buffer.from(file))], secret)));
}

function flipped(file: Buffer, at: number): Buffer {
  file[at] = (file[at] ?? 0) ^ 1;
  return file;
}

const vector = (what: string, code: ErrorCode, change: Change): Vector => ({ what, code, judge: () => judge(change) });

/** A file that is encrypted for a site, opened as an import does it. */
export const sealedFiles: VectorSuite = {
  name: 'a file encrypted for a site',
  judge,
  vectors: [
    vector('another site opens it', 'AGE_RECIPIENT_WRONG', { by: 'stranger' }),
    vector('it is cut', 'AGE_TRUNCATED', { edit: (file) => file.subarray(0, -66) }),
    vector('it is cut behind its header', 'AGE_TRUNCATED', { edit: (file) => file.subarray(0, 230) }),
    vector('a byte inside is another', 'AGE_DAMAGED', { edit: (file) => flipped(file, file.length - CHUNK - 100) }),
    vector('its header was changed', 'AGE_HEADER_INVALID', {
      edit: (file) => flipped(file, file.indexOf('--- ') + 10),
    }),
    vector('it is not encrypted at all', 'AGE_NOT_ENCRYPTED', { edit: () => Buffer.from(plain) }),
  ],
};
