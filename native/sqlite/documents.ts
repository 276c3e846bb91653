import type { Database } from 'better-sqlite3';
import type { z } from 'zod';
import { AppError } from '#core/base/index.ts';
import type { DocumentCollection } from '#core/storage/ports.ts';

interface Row {
  readonly key: string;
  readonly body: string;
}

/** JSON documents in one table. Every read is parsed by the schema: rows outlive releases. */
export function sqliteDocuments<S extends z.ZodType>(
  database: Database,
  collection: string,
  schema: S,
): DocumentCollection<z.output<S>> {
  const get = database.prepare<[string, string], Row>(
    'SELECT key, body FROM documents WHERE collection = ? AND key = ?',
  );
  const put = database.prepare(
    'INSERT INTO documents (collection, key, body) VALUES (?, ?, ?) ON CONFLICT (collection, key) DO UPDATE SET body = excluded.body',
  );
  const remove = database.prepare('DELETE FROM documents WHERE collection = ? AND key = ?');
  const ascending = database.prepare<[string, string, number], Row>(
    'SELECT key, body FROM documents WHERE collection = ? AND key > ? ORDER BY key LIMIT ?',
  );
  const descending = database.prepare<[string, string, number], Row>(
    'SELECT key, body FROM documents WHERE collection = ? AND key < ? ORDER BY key DESC LIMIT ?',
  );
  const count = database.prepare<[string], { total: number }>(
    'SELECT count(*) AS total FROM documents WHERE collection = ?',
  );

  function parse({ key, body }: Row): z.output<S> {
    const parsed = schema.safeParse(JSON.parse(body));
    if (!parsed.success)
      throw new AppError(
        'INPUT_MALFORMED',
        `stored document ${collection}/${key} is not of this release's form`,
        { collection, key },
        { cause: parsed.error },
      );
    return parsed.data;
  }

  return {
    get: (key) => {
      const row = get.get(collection, key);
      return row === undefined ? undefined : parse(row);
    },
    put: (key, value) => {
      put.run(collection, key, JSON.stringify(schema.parse(value)));
    },
    delete: (key) => {
      remove.run(collection, key);
    },
    list: (options = {}) => {
      const limit = options.limit ?? -1;
      // Keys are ids and digests: no key sorts after the highest code point.
      const rows =
        options.descending === true
          ? descending.all(collection, options.afterKey ?? '\u{10ffff}', limit)
          : ascending.all(collection, options.afterKey ?? '', limit);
      return rows.map(parse);
    },
    count: () => count.get(collection)?.total ?? 0,
  };
}
