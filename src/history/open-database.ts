import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/**
 * Opens a database that several processes use at a time. Each waits up to ten seconds for the other's transaction.
 * Throws SqliteError when the file is no database.
 */
export function openDatabase(path: string): DatabaseSync {
  // SQLite gives its other files the mode of the first; by itself it makes them readable for all.
  closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: 10_000 })
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Runs `work` as one transaction that takes the write lock at its begin, so that it never fails halfway as busy. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
