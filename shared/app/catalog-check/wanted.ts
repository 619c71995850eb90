/** What a catalogue wants of each database: procedures with parameters, and objects that are read. */

import type {
  CallParameter,
  Catalog,
  CheckQuery,
  FreshnessQuery,
  Placed,
  ResolvedStage,
} from '../../catalog/index.ts';
import { asPassed } from '../../catalog/sql-type.ts';
import type { ProductSchemas } from '../../database/product-schemas.ts';
import type { Definition } from '../../dynsql/definition.ts';
import { rowParameters } from '../../dynsql/rows/sql-rows.ts';
import { sqlIn } from '../../dynsql/sql/definition-sql.ts';
import { objectsIn } from '../../dynsql/sql/objects.ts';
import { applyParameters } from '../../flexibee/apply.ts';
import { besideApplying } from '../../flexibee/base-procedures.ts';
import { type Grant, grantFor, quoted } from '../grants.ts';

type Value = CallParameter['value'];

/** Of what only a run has: as long, and of the same form. A user may be anything. */
const samples: Partial<Record<string, string>> = {
  'run id': 'zd38m9z2l-b5hscz',
  'date of run': '2020-01-01',
};

/** A parameter as it is passed, with the most that is passed in it. */
export interface WantedParameter {
  name: string;
  type: string;
  output: boolean;
  /** Of texts that are known: those that are passed; undefined: anything of the type. */
  values: Set<Value> | undefined;
}

export interface WantedProcedure {
  schema: string;
  name: string;
  /** Where the catalogue names it, the first of the places. */
  path: string;
  /** `heap of payment of 0c10 and 3 more`, for people. */
  why: string;
  /** Each way in which it is called; of the product's own procedures none is looked at. */
  calls: WantedCall[];
}

export interface WantedCall {
  parameters: WantedParameter[];
  /** Where its parameters stand in the catalogue. */
  path: string;
}

/** Read by a query of freshness or of a check, which stands in the catalogue, or by a definition in its file. */
export interface WantedObject extends Grant {
  path?: string;
  file?: string;
  /** Nobody needs it where it is not. */
  isOptional?: boolean;
}

export interface WantedReading {
  sql: string;
  parameters: readonly CallParameter[];
  path: string;
}

/** One that the database is asked by, and the file that it stands in. */
export interface WantedDefinition {
  definition: Definition;
  file: string;
  text: string;
}

/** All that is placed, of a catalogue that is asked for several databases. */
export interface PlacedCatalog extends Pick<Catalog, 'connections' | 'databases'> {
  stages: readonly Placed<ResolvedStage>[];
  /** Of freshness, and of checks. */
  queries: readonly Placed<FreshnessQuery | CheckQuery>[];
}

export interface Wanted {
  procedures: WantedProcedure[];
  objects: WantedObject[];
  readings: WantedReading[];
  definitions: readonly WantedDefinition[];
  /** Batches of JSON are taken apart there. */
  needsOpenJson: boolean;
}

/** @param database the catalogue's id of it */
export function wantedOf(
  { stages: allStages, queries, connections, databases }: PlacedCatalog,
  { definitions, areShipped }: { definitions: readonly WantedDefinition[]; areShipped: boolean },
  database: string,
): Wanted {
  const stages = allStages.filter(({ item }) => item.database === database);
  const isAsked = connections.some(
    (connection) => connection.kind === 'database' && connection.database === database,
  );
  const asked = isAsked ? definitions : [];
  const readings = distinct(
    queries.filter(({ item }) => item.database === database),
    ({ item }) => item.sql,
  ).map(({ item: { sql, parameters }, at }) => ({ sql, parameters, path: at.name }));
  const objects = [
    ...readings.flatMap(({ sql, path }) => readBy(sql, { path })),
    ...asked.flatMap(({ definition, file }) =>
      sqlIn(definition).flatMap((sql) => readBy(sql, { file, isOptional: areShipped })),
    ),
  ];
  return {
    procedures: proceduresOf(stages, databases.find(({ id }) => id === database)?.schemas),
    objects: distinct(objects, ({ right, object }) => `${right} ${object}`.toLowerCase()),
    readings,
    definitions: asked,
    needsOpenJson: isAsked || stages.some(({ item }) => item.kind !== 'procedure'),
  };
}

/** What is in another database is its affair. */
function readBy(sql: string, place: Omit<WantedObject, keyof Grant>): WantedObject[] {
  return objectsIn(sql)
    .map(grantFor)
    .filter(({ elsewhere }) => elsewhere === undefined)
    .map((grant) => ({ ...grant, ...place }));
}

function proceduresOf(
  stages: readonly Placed<ResolvedStage>[],
  schemas: ProductSchemas | undefined,
): WantedProcedure[] {
  const named = new Map<string, Placed<ResolvedStage>[]>();
  for (const stage of stages) {
    const { schema, name } = stage.item.procedure;
    const key = quoted([schema, name]).toLowerCase();
    named.set(key, [...(named.get(key) ?? []), stage]);
  }
  const own = [...named.values()].map((all): WantedProcedure => {
    const [first] = all as [Placed<ResolvedStage>];
    const { kind, stage, procedure } = first.item;
    const subjects = [...new Set(all.map(({ entity, code }) => `${entity} of ${code}`))];
    const more = subjects.length > 1 ? ` and ${subjects.length - 1} more` : '';
    return {
      ...procedure,
      path: first.at.name,
      why: `${stage} of ${subjects[0]}${more}`,
      calls: kind === 'procedure' ? callsOf(all) : [contractOf(first)],
    };
  });
  const following = stages.find(({ item }) => item.kind === 'flexibee');
  if (following === undefined) return own;
  const why = 'following of companies, which sql:install brings';
  const ours = besideApplying(schemas).filter(
    ({ schema, name }) => !named.has(quoted([schema, name]).toLowerCase()),
  );
  return [
    ...own,
    ...ours.map((procedure) => ({ ...procedure, path: following.at.name, why, calls: [] })),
  ];
}

/** Calls that pass the same parameters are one, with the values of all. */
function callsOf(stages: readonly Placed<ResolvedStage>[]): WantedCall[] {
  const calls = new Map<string, WantedCall>();
  for (const { item, at } of stages) {
    const key = JSON.stringify([
      at.parameters,
      item.parameters.map(({ name, type, output }) => [name, type, output]),
    ]);
    const known = calls.get(key) ?? {
      parameters: item.parameters.map(wantedParameter),
      path: at.parameters,
    };
    calls.set(key, known);
    for (const [index, { value, from, output }] of item.parameters.entries()) {
      if (from === undefined && !(output && value === null))
        known.parameters[index]?.values?.add(value);
    }
  }
  return [...calls.values()];
}

function wantedParameter({ name, type, output, from }: CallParameter): WantedParameter {
  const sample = from && samples[from];
  const values = from === undefined || sample ? new Set<Value>() : undefined;
  if (sample && from) values?.add(asPassed(type, from, sample));
  return { name, type, output: output ?? false, values };
}

/** What a procedure is passed that is called by a contract. */
function contractOf({ item, at }: Placed<ResolvedStage>): WantedCall {
  const passed = item.kind === 'flexibee' ? applyParameters(item.procedure) : rowParameters();
  const parameters = passed.map(({ name, type, output = false }) => {
    return { name, type, output, values: undefined };
  });
  return { parameters, path: at.name };
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const found = new Map<string, T>();
  for (const item of items) if (!found.has(keyOf(item))) found.set(keyOf(item), item);
  return [...found.values()];
}
