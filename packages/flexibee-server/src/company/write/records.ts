import type { SQLInputValue } from 'node:sqlite';
import type { ChangeRecorder } from '../changelog.ts';
import { type Database, quoted, type Row } from '../database.ts';
import { columnsOf, type Evidence, evidences, propertyOf } from '../evidence/index.ts';
import { externalIdsOf, resolveIdent } from '../idents.ts';
import { localDateTime } from '../time.ts';
import { notFound, Refusal } from './refusal.ts';

/** Rows and their changes within one transaction, whatever rules they come from. */
export class Records {
  readonly db: Database;
  readonly recorder: ChangeRecorder;
  /** Milliseconds since 1970. */
  readonly now: number;

  constructor(db: Database, recorder: ChangeRecorder, now: number) {
    this.db = db;
    this.recorder = recorder;
    this.now = now;
  }

  /** @throws CompanyError 400 when it is no identifier */
  resolve(target: string, ident: string): number | undefined {
    return resolveIdent(this.db, target, ident);
  }

  /** @throws Refusal when there is none */
  row({ path }: Evidence, id: number): Row {
    const row = this.db.one(`SELECT * FROM ${quoted(path)} WHERE id = ?`, id);
    if (row === undefined) throw notFound(path, String(id));
    return { ...row };
  }

  /** All columns of a record that is yet to be, empty. */
  blank(evidence: Evidence): Row {
    return Object.fromEntries(columnsOf(evidence).map(({ name }) => [name, null]));
  }

  /** Not yet a change: its identifiers come first. @returns its number */
  insert(evidence: Evidence, row: Row): number {
    const columns = this.#columns(evidence, row);
    const names = Object.keys(columns);
    return this.db.run(
      `INSERT INTO ${quoted(evidence.path)} (${names.map(quoted).join(', ')})
       VALUES (${names.map(() => '?').join(', ')})`,
      ...Object.values(columns),
    );
  }

  store(evidence: Evidence, row: Row): void {
    const columns = this.#columns(evidence, row);
    const sets = Object.keys(columns).map((name) => `${quoted(name)} = ?`);
    this.db.run(
      `UPDATE ${quoted(evidence.path)} SET ${sets.join(', ')} WHERE id = ?`,
      ...Object.values(columns),
      row['id'] ?? null,
    );
  }

  record({ path }: Evidence, id: number, operation: 'create' | 'update'): void {
    this.recorder.record(path, id, operation, externalIdsOf(this.db, path, id));
  }

  /** @throws Refusal when others refer to it */
  remove(evidence: Evidence, id: number): void {
    this.#refuseIfReferred(evidence, id);
    const ids = externalIdsOf(this.db, evidence.path, id);
    this.db.run(`DELETE FROM ${quoted(evidence.path)} WHERE id = ?`, id);
    this.db.run('DELETE FROM external_id WHERE evidence = ? AND record = ?', evidence.path, id);
    this.recorder.record(evidence.path, id, 'delete', ids);
  }

  childIds({ children }: Evidence, id: number): number[] {
    if (children === undefined) return [];
    return this.idsWhere(children.evidence, children.parent, id);
  }

  /** Numbers of the records whose column has the value, ascending. */
  idsWhere(path: string, column: string, value: SQLInputValue): number[] {
    const sql = `SELECT id FROM ${quoted(path)} WHERE ${quoted(column)} = ? ORDER BY id`;
    return this.db.all(sql, value).map((row) => Number(row['id']));
  }

  #refuseIfReferred({ path }: Evidence, id: number): void {
    for (const other of evidences) {
      for (const { name, target } of columnsOf(other)) {
        if (target !== path) continue;
        const sql = `SELECT id FROM ${quoted(other.path)} WHERE ${quoted(name)} = ? LIMIT 1`;
        const referring = this.db.number(sql, id);
        if (referring === undefined) continue;
        throw new Refusal({
          message: `Záznam ${path}#${id} nelze smazat, odkazuje na něj ${other.path}#${referring}.`,
          messageCode: 'zaznamPouzit',
        });
      }
    }
  }

  /** What is stored of a row besides its number. */
  #columns(evidence: Evidence, row: Row): Row {
    const columns: Row = { ...row };
    delete columns['id'];
    if (propertyOf(evidence, 'lastUpdate') !== undefined) {
      columns['lastUpdate'] = localDateTime(this.now);
    }
    return columns;
  }
}
