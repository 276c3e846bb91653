import { z } from 'zod';
import type { AgeSecret } from '#native/age/index.ts';
import { PASSPHRASE_FILE_VARIABLE, passphraseFrom as sitePassphraseFrom } from '../compose.ts';
import { readIdentityFile } from '../inputs/identity-file.ts';
import type { CliIo } from '../output/index.ts';
import { passphraseFrom } from '../passphrase.ts';
import { restoreSite } from './restore.ts';

const RestoreOptions = z.object({
  site: z.string(),
  identity: z.string().optional(),
  passphraseFile: z.string().optional(),
  revocations: z.string().optional(),
  json: z.literal(true).optional(),
});

/** `gantry keys restore`. */
export async function restoreKeys(file: string, given: object, io: CliIo): Promise<void> {
  const options = RestoreOptions.parse(given);
  const restored = await restoreSite(
    {
      file,
      dir: options.site,
      secret: await secretOf(options, io),
      sitePassphrase: await sitePassphraseFrom(io.env[PASSPHRASE_FILE_VARIABLE]),
      ...(options.revocations === undefined ? {} : { revocations: options.revocations }),
    },
    io,
  );
  const madeAt = new Date(restored.createdAt).toISOString();
  if (options.json === true) {
    io.json({ ...restored, createdAt: madeAt, dir: options.site });
    return;
  }
  io.out(`Site ${restored.name} (${restored.site}) is restored in ${options.site} from a backup of ${madeAt}.`);
  io.out(`${String(restored.devices)} devices are known again, ${String(restored.revoked)} of them withdrawn.`);
  if (options.revocations === undefined)
    io.out(
      `What was withdrawn after ${madeAt} is not known here. Withdraw it again, or restore with --revocations FILE.`,
    );
  io.out(
    restored.hasFloors
      ? `Floors are those of ${madeAt}: what was older than them then is refused here too.`
      : 'This backup holds no floors: older bundles would be accepted again. Compare sequences with your records.',
  );
  io.out('Trust and policy are not in a backup of keys: set them on the Trust page before you import.');
}

async function secretOf(options: z.infer<typeof RestoreOptions>, io: CliIo): Promise<AgeSecret> {
  const { identity, passphraseFile } = options;
  if (identity !== undefined) return readIdentityFile(identity);
  const given = passphraseFile === undefined ? {} : { passphraseFile };
  return { passphrase: (await passphraseFrom({ ...given, passphrase: true }, io.env)) ?? '' };
}
