import Database from 'better-sqlite3';
import { AppError } from '#core/base/index.ts';

/**
 * The same object, whose calls end with DISK_FULL or DISK_FAILED where SQLite says that the disk did not do its part. SQLite has rolled
 * back by then; without this, a full disk would look like a bug of Gantry.
 */
export function withTypedFailures<T extends object>(part: T, path: string): T {
  const guarded = new Map<PropertyKey, unknown>();
  return new Proxy(part, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const known = guarded.get(name) ?? guard(member.bind(target) as (...args: unknown[]) => unknown, path);
      guarded.set(name, known);
      return known;
    },
  });
}

function guard(call: (...args: unknown[]) => unknown, path: string): (...args: unknown[]) => unknown {
  return (...args) => {
    try {
      return call(...args);
    } catch (error) {
      throw toStoreFailure(error, path);
    }
  };
}

/** SQLITE_FULL is a full disk; I/O errors, a read-only or damaged file and a file that cannot be opened are a failed disk. */
function toStoreFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  if (code === 'SQLITE_FULL')
    return new AppError('DISK_FULL', `${path}: no room for this write (${code})`, { path }, { cause: error });
  if (/^SQLITE_(?:IOERR|READONLY|CORRUPT|CANTOPEN|NOTADB)/.test(code))
    return new AppError('DISK_FAILED', `${path}: ${message} (${code})`, { path, osCode: code }, { cause: error });
  return error;
}
