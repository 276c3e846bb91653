/** The event log, the documents derived from it, and durable jobs. */
export const eventsDocumentsJobs = `
  CREATE TABLE events (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    stream   TEXT NOT NULL,
    type     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    ticket   TEXT,
    payload  TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_subject ON events (subject, seq);
  CREATE INDEX events_by_stream ON events (stream, seq);
  -- Append-only for everything that goes through this database; outside tampering breaks the chain.
  CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

  CREATE TABLE documents (
    collection TEXT NOT NULL,
    key        TEXT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
`;
