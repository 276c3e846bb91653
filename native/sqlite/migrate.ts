import type { Database } from 'better-sqlite3';
import { AppError } from '#core/base/index.ts';
import { eventsDocumentsJobs } from './migrations/0001-events-documents-jobs.ts';

/** In order; a number is never reused and a released migration never changes. */
const MIGRATIONS: readonly string[] = [eventsDocumentsJobs];

/** Brings the database to this release's schema, one transaction a step. Refuses a database of a newer release. */
export function migrate(database: Database): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) {
    throw new AppError(
      'CONFLICT',
      `the database has schema ${String(version)}, this release knows ${String(MIGRATIONS.length)}`,
      { found: version, known: MIGRATIONS.length },
    );
  }
  for (const [at, sql] of MIGRATIONS.entries()) {
    if (at < version) continue;
    database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${String(at + 1)}`);
    })();
  }
}
