import type { ProcessMark } from '#model/run-record.ts'

/** Times are milliseconds since 1970. */
export const slotTables = `
  CREATE TABLE IF NOT EXISTS schedule (
    name TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    handled INTEGER NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    paused_until INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS slot (
    schedule TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'started', 'ended', 'skipped')),
    attempt INTEGER NOT NULL DEFAULT 0,
    manual INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER,
    run TEXT,
    process TEXT,
    started INTEGER,
    ended INTEGER,
    outcome TEXT,
    reason TEXT,
    reported INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (schedule, at)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS slot_by_state ON slot (state, at);
  CREATE TABLE IF NOT EXISTS pruned (
    schedule TEXT NOT NULL,
    outcome TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (schedule, outcome)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS lease (name TEXT PRIMARY KEY, process TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS alert (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    schedule TEXT NOT NULL,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    raised INTEGER NOT NULL,
    sent INTEGER,
    UNIQUE (kind, schedule, key)
  ) STRICT;
`

/** A process as the tables keep it. */
export function readMark(value: unknown): ProcessMark | undefined {
  if (typeof value !== 'string') return undefined
  const mark: unknown = JSON.parse(value)
  return isMark(mark) ? mark : undefined
}

const isMark = (value: unknown): value is ProcessMark =>
  typeof value === 'object' && value !== null && 'pid' in value && 'host' in value
