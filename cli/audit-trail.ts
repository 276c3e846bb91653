import type { AuditRecord } from '#contracts/audit.ts';
import type { ContentCipher, SigningKey } from '#core/keys/ports.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openSiteKeys } from '#electron/station-host/site-keys.ts';
import { openSiteFolder } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createRecipientList } from '#station/keys/recipients.ts';
import { recordsUpTo } from '#station/audit/collect-records.ts';
import { PASSPHRASE_FILE_VARIABLE, passphraseFrom } from './compose.ts';
import type { CliIo } from './output/index.ts';

/** The change records of a site without the rest of its station: no port is opened, no gateway connects. */
export interface AuditTrail {
  readonly site: { readonly id: string; readonly name: string };
  readonly key: SigningKey;
  records(): AuditRecord[];
  /** Who can read what leaves this site. */
  readonly recipients: readonly string[];
  readonly cipher: ContentCipher;
  recordExport(entries: number): void;
  close(): void;
}

/** Opens the trail of a site. SITE_NOT_FOUND, SITE_KEY_UNAVAILABLE, or SITE_LOCKED while its station runs. */
export async function openAuditTrail(siteDir: string, io: Pick<CliIo, 'clock' | 'ids' | 'env'>): Promise<AuditTrail> {
  const { config, paths, passphrase } = await openSiteFolder(
    siteDir,
    await passphraseFrom(io.env[PASSPHRASE_FILE_VARIABLE]),
  );
  const { vault, cipher } = await openSiteKeys(paths.keys, passphrase);
  const key = await vault.open('audit');
  const store = openStationStore({ path: paths.database, clock: io.clock, ids: io.ids, hasher: nodeHasher });
  const { id, name } = config.administrator;
  return {
    site: config,
    key,
    recipients: createRecipientList({ store, cipher })
      .list()
      .map(({ recipient }) => recipient),
    cipher,
    records: () => recordsUpTo(store.events, store.events.head().seq),
    recordExport: (entries) => {
      store.events.append({
        actor: { kind: 'person', id, name },
        stream: 'audit',
        type: 'audit.exported',
        subject: config.id,
        payload: { entries, to: 'folder' },
      });
    },
    close: () => {
      store.close();
    },
  };
}
