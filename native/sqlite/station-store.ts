import Database from 'better-sqlite3';
import { AppError, isAppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { Hasher, StationStore } from '#core/storage/ports.ts';
import { sqliteDocuments } from './documents.ts';
import { sqliteEventLog } from './event-log.ts';
import { migrate } from './migrate.ts';
import { withTypedFailures } from './typed-failures.ts';

export interface SqliteStoreOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly hasher: Hasher;
}

/**
 * Opens the station's database: WAL, synchronous=FULL, one process at a time (SITE_LOCKED for a second one), schema migrated,
 * integrity checked.
 */
export function openStationStore(options: SqliteStoreOptions): StationStore {
  const database = openExclusively(options.path);
  const pending: (() => void)[] = [];
  const afterCommit = (notify: () => void): void => {
    if (database.inTransaction) pending.push(notify);
    else notify();
  };
  const events = withTypedFailures(sqliteEventLog(database, { ...options, afterCommit }), options.path);

  const store: StationStore = {
    events,
    transaction: (work) => {
      const isOutermost = !database.inTransaction;
      const mark = pending.length;
      try {
        const result = database.transaction(work)();
        if (isOutermost) for (const notify of pending.splice(0)) notify();
        return result;
      } catch (error) {
        // What rolled back never happened: its listeners must not hear of it.
        pending.length = mark;
        throw error;
      }
    },
    documents: (collection, schema) => withTypedFailures(sqliteDocuments(database, collection, schema), options.path),
    close: () => database.close(),
  };
  return withTypedFailures(store, options.path);
}

function openExclusively(path: string): Database.Database {
  const database = new Database(path, { timeout: 200 });
  try {
    // EXCLUSIVE holds the lock from the first write on; the empty write takes it at once.
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.exec('BEGIN IMMEDIATE; COMMIT;');
    const check = String(database.pragma('quick_check(1)', { simple: true }));
    if (check !== 'ok') throw new AppError('DISK_FAILED', `${path}: the database is damaged: ${check}`, { path });
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    if (isAppError(error)) throw error;
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new AppError('SITE_LOCKED', `${path} is in use by another station process`, { path }, { cause: error });
    }
    const reason = error instanceof Error ? `: ${error.message}` : '';
    throw new AppError('DISK_FAILED', `${path} cannot be opened as a database${reason}`, { path }, { cause: error });
  }
}
