import type { SQLInputValue } from 'node:sqlite';
import { type Database, quoted, type Row } from '../database.ts';
import { isCodeList } from '../evidence/code-lists.ts';
import { type Evidence, evidenceOf, propertyOf } from '../evidence/index.ts';
import type { JsonRecord } from '../types.ts';
import { relationsOf, type Selection } from './detail.ts';
import { render } from './render.ts';

export interface Selecting {
  company: string;
  evidence: Evidence;
  selection: Selection;
  externalIds: boolean;
}

/**
 * Reads records.
 * @param clause what follows the tables: `WHERE`, `ORDER BY`, `LIMIT`; the evidence is `t`
 */
export function selectRecords(
  db: Database,
  { company, evidence, selection, externalIds }: Selecting,
  clause: string,
  values: readonly SQLInputValue[],
): JsonRecord[] {
  const sql = `${selectFrom(evidence, selection, externalIds)} ${clause}`;
  const rows = db.all(sql, ...values);
  const children = childrenOf(db, { company, evidence, selection, externalIds }, rows);
  return rows.map((row) => {
    const record = render(company, selection, row);
    const ids = row['external-ids'];
    // A record without any has no such member: client libraries trip over an empty array.
    if (typeof ids === 'string' && ids !== '[]') record['external-ids'] = JSON.parse(ids);
    if (children !== undefined) {
      record[children.field] = children.of.get(Number(row['id'])) ?? [];
    }
    return record;
  });
}

function selectFrom(evidence: Evidence, selection: Selection, externalIds: boolean): string {
  const relations = relationsOf(selection);
  const columns = selection.properties.map(({ name }) => `t.${quoted(name)}`);
  const joins: string[] = [];
  for (const { name, target = '' } of relations) {
    const list = isCodeList(target);
    const alias = quoted(`r ${name}`);
    const titled = list || propertyOf(evidenceOf(target), 'nazev') !== undefined;
    const coded = list || propertyOf(evidenceOf(target), 'kod') !== undefined;
    if (coded) columns.push(`${alias}.kod AS ${quoted(`${name} kod`)}`);
    if (titled) columns.push(`${alias}.nazev AS ${quoted(`${name} nazev`)}`);
    const table = quoted(list ? 'code_list' : target);
    joins.push(`LEFT JOIN ${table} ${alias} ON ${alias}.id = t.${quoted(name)}`);
  }
  if (externalIds) {
    columns.push(`(SELECT json_group_array(value) FROM external_id
      WHERE evidence = '${evidence.path}' AND record = t.id) AS "external-ids"`);
  }
  return `SELECT ${columns.join(', ')} FROM ${quoted(evidence.path)} t ${joins.join(' ')}`;
}

/** The child rows of all the records in one query, by parent. */
function childrenOf(
  db: Database,
  { company, evidence, selection, externalIds }: Selecting,
  rows: readonly Row[],
): { field: string; of: Map<number, JsonRecord[]> } | undefined {
  const { children } = evidence;
  if (children === undefined || selection.children === undefined) return undefined;
  const child = evidenceOf(children.evidence);
  const parentOf = `SELECT id, ${quoted(children.parent)} AS parent FROM ${quoted(child.path)}
    WHERE ${quoted(children.parent)} IN (SELECT value FROM json_each(?))`;
  const parents = JSON.stringify(rows.map((row) => row['id']));
  const parent = new Map(
    db.all(parentOf, parents).map((row) => [String(row['id']), Number(row['parent'])]),
  );
  const records = selectRecords(
    db,
    { company, evidence: child, selection: selection.children.selection, externalIds },
    `WHERE t.${quoted(children.parent)} IN (SELECT value FROM json_each(?)) ORDER BY t.id`,
    [parents],
  );
  const of = Map.groupBy(records, (record) => parent.get(String(record['id'])) ?? 0);
  return { field: selection.children.field, of };
}
