import { rmSync } from 'node:fs'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { RunSummary } from '#model/run-record.ts'
import { runsFolder } from './event-file.ts'
import { inTransaction, openDatabase } from './open-database.ts'
import { recordEnds } from './record-reader.ts'
import { type IndexedRun, indexedRun, runSummary } from './run-summary.ts'

/** Which runs are asked for; all conditions must hold. */
export interface RunFilter {
  readonly host?: string
  readonly schedule?: string
  /** Part of a playbook's path. */
  readonly playbook?: string
  readonly failed?: boolean
  /** The newest so many. */
  readonly limit?: number
}

/** Raised with each change of the tables: an index of another version is made anew. */
const version = 1

const schema = `
  CREATE TABLE run (
    id TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    written REAL NOT NULL,
    started INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    playbooks TEXT NOT NULL,
    schedule TEXT,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX run_by_schedule ON run (schedule, started);
  CREATE TABLE host (run TEXT NOT NULL REFERENCES run ON DELETE CASCADE, name TEXT NOT NULL) STRICT;
  CREATE INDEX host_by_name ON host (name);
  CREATE INDEX host_by_run ON host (run);
  PRAGMA user_version = ${version};
`

/**
 * The runs of a project, for questions. Its database holds nothing that the records under `runs/` do not: each
 * opening compares it with the folder and reads what is new, so it may be deleted, be damaged or be behind at any
 * time, and runs never wait for it.
 */
export class HistoryIndex {
  readonly #database: DatabaseSync
  readonly #folder: string

  private constructor(database: DatabaseSync, folder: string) {
    this.#database = database
    this.#folder = folder
  }

  static async open(stateFolder: string): Promise<HistoryIndex> {
    await mkdir(runsFolder(stateFolder), { recursive: true, mode: 0o700 })
    const database = openIndex(join(stateFolder, 'history.db'))
    const index = new HistoryIndex(database, runsFolder(stateFolder))
    await index.#catchUp()
    return index
  }

  /** Newest first. */
  runs(filter: RunFilter = {}): readonly RunSummary[] {
    const conditions = [
      filter.schedule === undefined ? '' : 'schedule = :schedule',
      filter.playbook === undefined ? '' : 'instr(playbooks, :playbook) > 0',
      filter.failed === true ? 'failed = 1' : '',
      filter.host === undefined ? '' : 'id IN (SELECT run FROM host WHERE name = :host)',
    ].filter((condition) => condition !== '')
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
    const { schedule, playbook, host, limit } = filter
    const named = Object.entries({ schedule, playbook, host }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    )
    const rows = this.#database
      .prepare(`SELECT body FROM run ${where} ORDER BY started DESC, id DESC LIMIT ${limit ?? -1}`)
      .all(Object.fromEntries(named))
    return rows.map((row) => runSummary(JSON.parse(String(row['body']))))
  }

  /** The record of a run. */
  path(id: string): string {
    return join(this.#folder, `${id}.jsonl`)
  }

  close(): void {
    this.#database.close()
  }

  /** Reads the records that are new or have grown, and forgets those that are gone. */
  async #catchUp(): Promise<void> {
    const known = new Map(
      this.#database
        .prepare('SELECT id, size, written FROM run')
        .all()
        .map((row) => [String(row['id']), `${row['size']} ${row['written']}`]),
    )
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.jsonl'))
    const present = new Set(names.map((name) => name.slice(0, -'.jsonl'.length)))
    const fresh: Read[] = []
    for (const id of present) {
      const read = await this.#read(id, known.get(id))
      if (read) fresh.push(read)
    }
    const gone = [...known.keys()].filter((id) => !present.has(id))
    if (fresh.length + gone.length > 0) this.#store(fresh, gone)
  }

  async #read(id: string, known: string | undefined): Promise<Read | undefined> {
    const found = await stat(this.path(id)).catch(() => undefined)
    if (!found || `${found.size} ${found.mtimeMs}` === known) return undefined
    const run = indexedRun(id, await recordEnds(this.path(id)), Math.round(found.mtimeMs))
    return run && { run, size: found.size, written: found.mtimeMs }
  }

  #store(fresh: readonly Read[], gone: readonly string[]): void {
    const remove = this.#database.prepare('DELETE FROM run WHERE id = ?')
    const insert = this.#database.prepare('INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    const insertHost = this.#database.prepare('INSERT INTO host VALUES (?, ?)')
    inTransaction(this.#database, () => {
      for (const id of gone) remove.run(id)
      for (const { run, size, written } of fresh) {
        remove.run(run.id)
        const failed = (run.exitCode ?? 0) === 0 ? 0 : 1
        const playbooks = run.playbooks.join('\n')
        const { id, startedAt, due } = run
        insert.run(
          id,
          size,
          written,
          startedAt,
          failed,
          playbooks,
          due?.schedule ?? null,
          JSON.stringify(run),
        )
        for (const host of Object.keys(run.hosts)) insertHost.run(run.id, host)
      }
    })
  }
}

interface Read {
  readonly run: IndexedRun
  readonly size: number
  readonly written: number
}

/** A damaged or older index is thrown away; the records are what counts. */
function openIndex(path: string): DatabaseSync {
  try {
    return withTables(path)
  } catch (error) {
    if (!isDamaged(error)) throw error
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
    return withTables(path)
  }
}

class OtherVersion extends Error {}

function withTables(path: string): DatabaseSync {
  const database = openDatabase(path)
  try {
    inTransaction(database, () => {
      const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
      if (found === 0) database.exec(schema)
      else if (found !== version) throw new OtherVersion(`The index has version ${found}.`)
    })
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (sqlite.org/rescode.html). */
function isDamaged(error: unknown): boolean {
  if (error instanceof OtherVersion) return true
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
  return code === 11 || code === 26
}
