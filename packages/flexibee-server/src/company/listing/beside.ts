/** What lives beside a record: its rows, and its attachments. */

import { type Database, quoted } from '../database.ts';
import { CompanyError } from '../errors.ts';
import { type Evidence, evidenceOf } from '../evidence/index.ts';
import type { JsonRecord, ListQuery, RelationDescription } from '../types.ts';
import { getRecords } from './list.ts';

/** As in `relations.json`. */
export function relationsOf({ path, children }: Evidence): RelationDescription[] {
  const kinds = children ? [{ url: children.url, of: evidenceOf(children.evidence) }] : [];
  if (path !== 'priloha') kinds.push({ url: 'prilohy', of: evidenceOf('priloha') });
  return kinds.map(({ url, of: { name, type } }) => ({ url, name, evidenceType: type }));
}

/**
 * The listing that a record's rows are.
 * @throws CompanyError 404 where its evidence has no such rows
 */
export function rowsOf(
  { path, children }: Evidence,
  id: number,
  url: string,
  query: ListQuery,
): { path: string; query: ListQuery } {
  const isChild = children && [children.url, children.field, children.alias].includes(url);
  if (!isChild) throw new CompanyError(404, `Podevidence '${url}' evidence '${path}' neexistuje.`);
  const own = `${children.parent} = ${id}`;
  const filter = query.filter === undefined ? own : `(${query.filter}) and ${own}`;
  return { path: children.evidence, query: { ...query, filter } };
}

/** Numbers of a record's attachments, ascending. */
export function attachmentIds(db: Database, path: string, id: number): number[] {
  const sql = `SELECT id FROM ${quoted('priloha')} WHERE owner = ? AND "ownerId" = ? ORDER BY id`;
  return db.all(sql, path, id).map((row) => Number(row['id']));
}

/** With `relations=prilohy`: what is said of them, and their content. */
export function addAttachments(
  db: Database,
  company: string,
  path: string,
  records: readonly JsonRecord[],
): void {
  for (const record of records) {
    const ids = attachmentIds(db, path, Number(record['id']));
    record['prilohy'] = getRecords(db, company, 'priloha', ids, {});
  }
}
