/** The rights that the app's role needs in a database: what the catalogue calls, no more. */

import type { Catalog, Period } from '../shared/catalog/index.ts';
import type { Definition } from '../shared/dynsql/types.ts';

export const role = 'syncboard_runner';

export interface Grant {
  right: 'EXECUTE' | 'SELECT';
  /** Quoted: `[crude].[sp_load_datasource_meter]`. */
  object: string;
}

/** Any month will do: no procedure's name depends on it. */
const period: Period = { month: 1, year: 2020 };

/**
 * EXECUTE on the catalogue's procedures of the database, SELECT on the tables that its freshness
 * queries name after FROM and JOIN, and where dynsql may ask the database, on those of its
 * definitions.
 *
 * @param definitions those of dynsql
 * @param database the catalogue's id of it
 */
export function grantsFor(
  catalog: Catalog,
  definitions: readonly Definition[],
  database: string,
): Grant[] {
  const procedures = new Set<string>();
  const tables = new Set<string>();
  for (const code of Object.keys(catalog.codes())) {
    for (const name of Object.keys(catalog.names(code) ?? {})) {
      for (const stage of catalog.stages({ name, code, period })) {
        if (stage.database !== database) continue;
        procedures.add(quoted([stage.procedure.schema, stage.procedure.name]));
      }
      for (const query of catalog.freshness({ name, code })) {
        if (query.database !== database) continue;
        for (const table of tablesIn(query.sql)) tables.add(quoted(table));
      }
    }
  }
  const isAsked = catalog.connections.some(
    (connection) => connection.kind === 'database' && connection.database === database,
  );
  if (isAsked) {
    for (const { document } of definitions) {
      for (const text of textsIn(document)) {
        for (const table of tablesIn(text)) tables.add(quoted(table));
      }
    }
  }
  return [
    ...[...procedures].sort().map((object): Grant => ({ right: 'EXECUTE', object })),
    ...[...tables].sort().map((object): Grant => ({ right: 'SELECT', object })),
  ];
}

/** As an administrator would write it. */
export function grantStatement({ right, object }: Grant): string {
  return `GRANT ${right} ON ${object} TO ${role};`;
}

/** Every text in a document, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Names after FROM and JOIN, in brackets or bare; without a schema they are in dbo. */
function tablesIn(text: string): string[][] {
  const part = String.raw`(?:\[(?:[^\]]|\]\])+\]|\w+)`;
  // What a parenthesis follows is a function.
  const table = `\\b(?:FROM|JOIN)\\s+(?:(${part})\\.)?(${part})(?![\\w.]|\\s*\\()`;
  const names = text.matchAll(new RegExp(table, 'gi'));
  return Array.from(names, ([, schema = 'dbo', name = '']) => [unquoted(schema), unquoted(name)]);
}

function unquoted(name: string): string {
  return name.startsWith('[') ? name.slice(1, -1).replaceAll(']]', ']') : name;
}

function quoted(name: readonly string[]): string {
  return name.map((part) => `[${part.replaceAll(']', ']]')}]`).join('.');
}
