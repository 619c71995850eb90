/** The rights that the app's role needs in a database: what the catalogue calls, no more. */

import type { Catalog, Period } from '../catalog/index.ts';
import type { Definition } from '../dynsql/definition.ts';
import { sqlIn } from '../dynsql/sql/definition-sql.ts';
import { objectsIn, type ReadObject } from '../dynsql/sql/objects.ts';
import { besideApplying } from '../flexibee/base-procedures.ts';

export const role = 'syncboard_runner';

export interface Grant {
  right: 'EXECUTE' | 'SELECT';
  /** Quoted: `[crude].[sp_load_datasource_meter]`. */
  object: string;
  /** The database, and the linked server before it, that a name of three parts or four is in, quoted. */
  elsewhere?: string;
}

/** Any month will do: no procedure's name depends on it. */
const period: Period = { month: 1, year: 2020 };

/**
 * EXECUTE on the catalogue's procedures of the database, and where companies are followed into it, on
 * those of the typed tables; SELECT on the tables and table-valued
 * functions that its queries of freshness and checks read, and where dynsql may ask the database, on those of its
 * definitions; EXECUTE on the functions that these call in expressions.
 *
 * @param definitions those of dynsql
 * @param database the catalogue's id of it
 */
export function grantsFor(
  catalog: Catalog,
  definitions: readonly Definition[],
  database: string,
): Grant[] {
  const ours = besideApplying(catalog.databases.find(({ id }) => id === database)?.schemas);
  const procedures = new Set<string>();
  const statements = new Set<string>();
  for (const code of Object.keys(catalog.codes())) {
    for (const name of Object.keys(catalog.names(code) ?? {})) {
      for (const stage of catalog.stages({ name, code, period })) {
        if (stage.database !== database) continue;
        procedures.add(quoted([stage.procedure.schema, stage.procedure.name]));
        if (stage.kind !== 'flexibee') continue;
        for (const { schema, name: own } of ours) procedures.add(quoted([schema, own]));
      }
      const queries = [
        ...catalog.freshness({ name, code }),
        ...catalog.checks({ name, code, period }),
      ];
      for (const query of queries) {
        if (query.database === database) statements.add(query.sql);
      }
    }
  }
  const isAsked = catalog.connections.some(
    (connection) => connection.kind === 'database' && connection.database === database,
  );
  if (isAsked) for (const sql of definitions.flatMap(sqlIn)) statements.add(sql);
  const read = new Map<string, Grant>();
  for (const object of [...statements].flatMap(objectsIn)) {
    const grant = grantFor(object);
    read.set(grantStatement(grant), grant);
  }
  return [
    ...[...procedures].sort().map((object): Grant => ({ right: 'EXECUTE', object })),
    ...[...read].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, grant]) => grant),
  ];
}

/** The right to what a statement reads. A name without a schema is taken to be in dbo. */
export function grantFor({ parts, kind }: ReadObject): Grant {
  const [name = '', schema = '', ...others] = [...parts].reverse();
  return {
    right: kind === 'scalar function' ? 'EXECUTE' : 'SELECT',
    object: quoted([schema || 'dbo', name]),
    ...(others.length > 0 && { elsewhere: quoted(others.reverse()) }),
  };
}

/** As an administrator would write it; of another database's objects it is to be run there. */
export function grantStatement({ right, object, elsewhere }: Grant): string {
  const statement = `GRANT ${right} ON ${object} TO ${role};`;
  return elsewhere === undefined ? statement : `-- in ${elsewhere}: ${statement}`;
}

/** What takes it back. */
export function revokeStatement(grant: Grant): string {
  return grantStatement(grant)
    .replace('GRANT ', 'REVOKE ')
    .replace(` TO ${role};`, ` FROM ${role};`);
}

/** `[heap].[meter]` */
export function quoted(name: readonly string[]): string {
  return name.map((part) => `[${part.replaceAll(']', ']]')}]`).join('.');
}
