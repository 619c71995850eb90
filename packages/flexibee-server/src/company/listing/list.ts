import type { SQLInputValue } from 'node:sqlite';
import { type Database, quoted } from '../database.ts';
import { type Evidence, evidenceOf } from '../evidence/index.ts';
import { parseFilter } from '../filter/parse.ts';
import { type Condition, filterSql } from '../filter/sql.ts';
import { resolveIdent } from '../idents.ts';
import { localDate } from '../time.ts';
import type { JsonRecord, ListQuery } from '../types.ts';
import { parseDetail } from './detail.ts';
import { orderBy } from './order.ts';
import { selectRecords } from './select.ts';

interface Where {
  company: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** A listing's page, and how many records there are if that was asked for. */
export function listRecords(
  db: Database,
  { company, now }: Where,
  path: string,
  query: ListQuery,
): { records: JsonRecord[]; rowCount?: number } {
  const evidence = evidenceOf(path);
  const { sql, values } = where(db, evidence, query, now);
  const limit = query.limit ?? 20;
  const records = selectRecords(
    db,
    selecting(company, evidence, query, 'summary'),
    `${sql} ORDER BY ${orderBy(evidence, query.order ?? [])} LIMIT ? OFFSET ?`,
    [...values, limit === 0 ? -1 : limit, query.start ?? 0],
  );
  if (query.rowCount !== true) return { records };
  const count = `SELECT count(*) FROM ${quoted(path)} t ${sql}`;
  return { records, rowCount: db.number(count, ...values) ?? 0 };
}

/**
 * Records by identifier, in the order asked for; one that is named twice comes twice (documented),
 * one that does not exist is left out. No validity period, no limit.
 */
export function getRecords(
  db: Database,
  company: string,
  path: string,
  idents: readonly (string | number)[],
  query: ListQuery,
): JsonRecord[] {
  const evidence = evidenceOf(path);
  const ids = idents
    .map((ident) => resolveIdent(db, path, String(ident)))
    .filter((id) => id !== undefined);
  const records = selectRecords(
    db,
    selecting(company, evidence, query, 'full'),
    'WHERE t.id IN (SELECT value FROM json_each(?))',
    [JSON.stringify(ids)],
  );
  const shown = records.filter((record) => !query.hidden?.has(Number(record['id'])));
  const byId = new Map(shown.map((record) => [Number(record['id']), record]));
  return ids.map((id) => byId.get(id)).filter((record) => record !== undefined);
}

const selecting = (company: string, evidence: Evidence, query: ListQuery, detail: string) => ({
  company,
  evidence,
  selection: parseDetail(evidence, query.detail ?? detail, query.relations),
  externalIds: query.externalIds !== false,
});

export function where(db: Database, evidence: Evidence, query: ListQuery, now: number): Condition {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  if (query.filter !== undefined && query.filter.trim() !== '') {
    const resolve = (target: string, ident: string) => resolveIdent(db, target, ident);
    const condition = filterSql(parseFilter(query.filter), evidence, { resolve, now });
    conditions.push(condition.sql);
    values.push(...condition.values);
  }
  if (evidence.validity === true && query.validityFilter !== false) {
    // What a real server says of these evidences: PlatiOd <= 2026 AND PlatiDo >= 2026.
    conditions.push('t."platiOd" <= ? AND t."platiDo" >= ?');
    const year = Number(localDate(now).slice(0, 4));
    values.push(year, year);
  }
  if (query.hidden !== undefined && query.hidden.size > 0) {
    conditions.push('t.id NOT IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify([...query.hidden]));
  }
  return { sql: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values };
}
