import { existsSync } from 'node:fs';
import { type Database, quoted } from './database.ts';

/** Copies the whole state to a file that does not exist yet. */
export function backUp(db: Database, file: string): void {
  db.run('VACUUM INTO ?', file);
}

/**
 * Puts a backup in the place of everything: data, log and versions.
 * @throws Error when there is no such file
 */
export function restoreFrom(db: Database, file: string): void {
  // SQLite would make an empty one, and nothing would be restored without a word.
  if (!existsSync(file)) throw new Error(`there is no backup ${file}`);
  db.run('ATTACH ? AS backup', file);
  try {
    const tables = db
      .all("SELECT name FROM backup.sqlite_schema WHERE type = 'table' ORDER BY name")
      .map((row) => quoted(String(row['name'])));
    db.transaction(() => {
      for (const table of tables) {
        db.run(`DELETE FROM main.${table}`);
        db.run(`INSERT INTO main.${table} SELECT * FROM backup.${table}`);
      }
    });
  } finally {
    db.exec('DETACH backup');
  }
}
