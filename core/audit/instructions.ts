import { AUDIT_EXPORT_FILES, AUDIT_GENESIS } from '#contracts/audit.ts';

/**
 * How to check an export without this program. The commands need a POSIX shell, OpenSSL 3 and Python 3, and are run by our tests.
 * Removing the member `hash` from a line of canonical JSON leaves exactly the bytes that the hash covers: `actor` and `at` sort before it,
 * and a quote inside their values is escaped, so the first match is the record's own.
 */
export function verifyInstructions(site: { id: string; name: string }, entries: number): string {
  const { records, checkpoint, publicKey } = AUDIT_EXPORT_FILES;
  return `Audit export of ${oneLine(site.name)} (${site.id}), ${String(entries)} records.

With Gantry:

gantry audit verify . --key ${publicKey}

Without Gantry, in this folder:

1. The key. Compare this fingerprint with the one that the site gave you on another way:

openssl pkey -pubin -in ${publicKey} -outform DER | sha256sum

2. The signature. ${checkpoint} is a C2SP signed note (tlog-checkpoint): origin, number of records, Merkle root (RFC 6962),
   blank line, signature line (base64 of 4 bytes key hash and 64 bytes Ed25519 signature):

sed '/^$/,$d' ${checkpoint} > /tmp/checkpoint-body
tail -n 1 ${checkpoint} | awk '{print $3}' | base64 -d | tail -c 64 > /tmp/checkpoint-signature
openssl pkeyutl -verify -pubin -inkey ${publicKey} -rawin -in /tmp/checkpoint-body -sigfile /tmp/checkpoint-signature

3. The records. Each line of ${records} is canonical JSON (RFC 8785); its "hash" covers the line without that member, its "previous"
   is the "hash" of the line before, and the hashes are the leaves of the tree whose root the checkpoint signs:

python3 - <<'END'
import base64, hashlib, json, re
sha = lambda data: hashlib.sha256(data).digest()
previous, leaves = '${AUDIT_GENESIS}', []
for number, line in enumerate(open('${records}', 'rb').read().split(b'\\n')[:-1], 1):
    record = json.loads(line)
    covered = re.sub(rb'"hash":"sha256:[0-9a-f]{64}",', b'', line, count=1)
    good = record['seq'] == number and record['previous'] == previous and record['hash'] == 'sha256:' + sha(covered).hex()
    assert good, 'record %d is not whole' % number
    previous = record['hash']
    leaves.append(sha(b'\\0' + bytes.fromhex(previous[7:])))
count = len(leaves)
while len(leaves) > 1:
    leaves = [sha(b'\\1' + leaves[i] + leaves[i + 1]) if i + 1 < len(leaves) else leaves[i] for i in range(0, len(leaves), 2)]
origin, size, root = open('${checkpoint}').read().split('\\n')[:3]
assert int(size) == count, 'the checkpoint signs %s records, here are %d' % (size, count)
assert root == base64.b64encode(leaves[0] if leaves else sha(b'')).decode(), 'the Merkle root differs'
print('%d records, chain and root are whole' % count)
END

Step 2 prints "Signature Verified Successfully", step 3 the number of records. Anything else: keep the files and ask the site.
`;
}

/** A site's name is text of a person: it must not add lines to instructions. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');
}
