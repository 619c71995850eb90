/** Indexes that make the catalogue's freshness queries cheap: advice for whoever keeps the tables. */

import type { Catalog } from '../shared/catalog/index.ts';
import { objectsIn } from '../shared/dynsql/sql/objects.ts';
import { type Token, tokensOf } from '../shared/dynsql/sql/sql-tokens.ts';

export interface Index {
  /** `['heap', 'meter']` */
  table: readonly [schema: string, name: string];
  /** What the query compares, then what it takes the maximum of. */
  columns: readonly string[];
}

/** Any month will do: no query's text depends on it. */
export function indexesFor(catalog: Catalog, database: string): Index[] {
  const statements = new Set<string>();
  for (const code of Object.keys(catalog.codes())) {
    for (const name of Object.keys(catalog.names(code) ?? {})) {
      for (const query of catalog.freshness({ name, code })) {
        if (query.database === database) statements.add(query.sql);
      }
    }
  }
  const found = new Map<string, Index>();
  for (const index of [...statements].flatMap(indexesOf)) found.set(indexStatement(index), index);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, index]) => index);
}

/** Of `SELECT MAX(h.c) FROM t AS h … WHERE h.a = …`: `t (a, c)`. None of any other statement. */
function indexesOf(sql: string): Index[] {
  const tokens = tokensOf(sql).filter(({ kind }) => kind !== 'space');
  const max = tokens.findIndex(({ name }, at) => name === 'MAX' && tokens[at + 1]?.text === '(');
  const newest = max === -1 ? undefined : columnAt(tokens, max + 2);
  if (newest === undefined) return [];
  const tables = objectsIn(sql);
  const table = tables.find(({ alias }) => newest.alias === '' || alias === newest.alias);
  if (table === undefined || table.kind !== 'table') return [];
  const compared = new Set<string>();
  for (const [at, { text }] of tokens.entries()) {
    if (text !== '=') continue;
    for (const side of [columnBefore(tokens, at), columnAt(tokens, at + 1)]) {
      const isOwn = side?.alias === table.alias || (side?.alias === '' && tables.length === 1);
      if (side !== undefined && isOwn) compared.add(side.column);
    }
  }
  const [name = '', schema = ''] = [...table.parts].reverse();
  return [{ table: [schema || 'dbo', name], columns: [...compared, newest.column] }];
}

interface Column {
  /** In upper case; empty where the column stands alone. */
  alias: string;
  column: string;
}

const isName = (token: Token | undefined): token is Token =>
  token?.kind === 'quoted' || (token?.kind === 'word' && /^[\p{L}_]/u.test(token.text));

const plain = ({ kind, text }: Token) =>
  kind === 'quoted' ? text.slice(1, -1).replaceAll(']]', ']') : text;

function columnAt(tokens: readonly Token[], at: number): Column | undefined {
  const [first, dot, second] = tokens.slice(at, at + 3);
  if (!isName(first)) return undefined;
  if (dot?.text !== '.') return { alias: '', column: plain(first) };
  return isName(second) ? { alias: first.name, column: plain(second) } : undefined;
}

function columnBefore(tokens: readonly Token[], at: number): Column | undefined {
  return columnAt(tokens, tokens[at - 2]?.text === '.' ? at - 3 : at - 1);
}

const bracketed = (name: string) => `[${name.replaceAll(']', ']]')}]`;
const literal = (text: string) => `N'${text.replaceAll("'", "''")}'`;

/** Makes the index where none of its name is there. */
export function indexStatement({ table, columns }: Index): string {
  const name = `ix_${[...table, ...columns].join('_')}`.slice(0, 128);
  const target = table.map(bracketed).join('.');
  return `IF INDEXPROPERTY(OBJECT_ID(${literal(target)}), ${literal(name)}, 'IndexID') IS NULL
  CREATE INDEX ${bracketed(name)} ON ${target} (${columns.map(bracketed).join(', ')});`;
}
