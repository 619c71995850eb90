/** Lookups in a catalogue that has been checked. */

import { createHash } from 'node:crypto';
import type { ReturnCheck } from '../database/return-value.ts';
import type { TransactionMode } from '../database/transaction.ts';
import type { RowQuery } from '../dynsql/rows/row-query-schema.ts';
import { type Guess, guessesIn } from './guesses.ts';
import { filled, procedureName } from './name-template.ts';
import {
  type CallParameter,
  namesIn,
  parameterValues,
  passed,
  periodParameter,
} from './parameter-values.ts';
import type { Period } from './period.ts';
import { adapted, chainOf, databaseOf, entitiesOf, returnCheckOf, subjectOf } from './resolve.ts';
import type { CatalogData, Company, Connection, DataSource, Stage } from './schema.ts';
import type { Condition } from './success-schema.ts';
import { isOfPeriod } from './value-source.ts';

/**
 * One procedure call of one entity of one data source, or for `flexibee` and `dynsql` one call a
 * piece of it.
 */
export interface ResolvedStage {
  /** The stage's name in its pipeline: `export`, `crude`, `heap`. */
  stage: string;
  kind: Stage['kind'];
  /** The code the call really runs for: `all` for an all-areas entity. Absent when shared. */
  code?: string;
  /** One call serves all data sources of a run. */
  shared: boolean;
  /** The month that is in its parameters; absent: it takes none, and is the same for every month. */
  period?: Period;
  /**
   * Ids in the catalogue; the server is the unit of the lock: that of the database, or for
   * `flexibee` and `dynsql` the company's or connection's, since that one is asked.
   */
  database: string;
  server: string;
  /** Where that server is by the settings (`located`): `sql1.example:1433/HCS`. */
  location?: string;
  procedure: { schema: string; name: string };
  /** Of `dynsql`: `period`, `yyyy-mm`, where the entity is dated. */
  parameters: CallParameter[];
  /** SET options that are ON around the call, on the same connection. */
  setOptions: string[];
  /** `own`: begun before the call, committed after it; `none`: the procedure sees to its own. */
  transaction: TransactionMode;
  /** A call that failed for a passing reason may be made again. */
  repeatable: boolean;
  /** What a return value other than 0 means. */
  returnCheck: ReturnCheck;
  /** What must be so beside that; absent: nothing. */
  succeeds?: Condition[];
  /** Absent: no limit. */
  timeoutSeconds?: number;
}

/** A query of one row and one column, `freshness`: the newest timestamp in a place, or null. */
export interface FreshnessQuery {
  place: 'source' | 'crude' | 'heap';
  database: string;
  server: string;
  sql: string;
  parameters: CallParameter[];
}

/** A FlexiBee company that is followed. */
export interface FollowedCompany extends Company {
  /** The code of its data source, by which it is called everywhere. */
  code: string;
}

/** What an entity of a data source with a connection asks. */
export interface SourceQuery extends RowQuery {
  /** Id of the connection. */
  connection: string;
}

export interface Catalog {
  /** Tells two catalogues apart: twelve hexadecimal digits of what they say. */
  readonly revision: string;
  /** What is locked, and closed, as one. */
  readonly servers: readonly { id: string }[];
  /** `connection` is the name of the setting that holds the connection string. */
  readonly databases: readonly { id: string; server: string; connection: string }[];
  /** FlexiBee companies; `connection` is the name of the setting that says where and who. */
  readonly companies: readonly FollowedCompany[];
  /** What dynsql may ask; `connection` is the name of the setting that says where and who. */
  readonly connections: readonly Connection[];
  /** Months that may be asked for: from `from` (`yyyy-mm`) to the current one in `timeZone`. */
  readonly periods: { from: string; timeZone: string };
  /** What the catalogue itself calls a guess. */
  readonly guesses: readonly Guess[];
  /** Code to description, in the catalogue's order. */
  codes(): Record<string, string>;
  /** Entity to description for a code, in sync order; undefined: unknown code. */
  names(code: string): Record<string, string> | undefined;
  /** Whether an entity's sync needs a month; undefined: unknown name. */
  isDated(name: string): boolean | undefined;
  hasEntity(name: string): boolean;
  /** Entities that any of the data sources has, in sync order. RangeError: unknown code. */
  entityOrder(...codes: string[]): string[];
  /**
   * The stages of one entity of one data source, in order. RangeError: unknown code, an entity that
   * code does not have, or a dated entity without a valid period. An undated one ignores `period`.
   */
  stages(request: { name: string; code: string; period?: Period }): ResolvedStage[];
  /** The query of an entity; undefined: it has none. RangeError as for `stages`. */
  rowQuery(request: { name: string; code: string }): SourceQuery | undefined;
  /** Queries of the newest timestamps, at most one a place. RangeError as for `stages`. */
  freshness(request: { name: string; code: string }): FreshnessQuery[];
}

function revisionOf(data: CatalogData): string {
  const text = JSON.stringify(data, (_key, value) => (value instanceof Map ? [...value] : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** `data` has passed the schema and the checks. */
export function makeCatalog(data: CatalogData): Catalog {
  const sources = new Map(data.dataSources.map((source) => [source.code, source]));
  const connections = new Map(data.connections.map((connection) => [connection.id, connection]));
  const entities = new Map(data.entities.map((entity) => [entity.name, entity]));
  const servers = new Map(data.databases.map((database) => [database.id, database.server]));

  const serverOf = (database: string) => servers.get(database) ?? '';
  /** Of what is asked in place of a database; undefined: nothing is. */
  const askedServer = ({ company, connection = '' }: DataSource) => {
    const known = connections.get(connection);
    return company?.server ?? (known?.kind === 'abra-gen' ? known.server : undefined);
  };
  const sourceOf = (code: string) => {
    const source = sources.get(code);
    if (source === undefined) {
      throw new RangeError(`no data source ${code}; use one of ${[...sources.keys()].join(', ')}`);
    }
    return source;
  };
  const requested = ({ name, code }: { name: string; code: string }) => {
    const source = sourceOf(code);
    const entity = entities.get(name);
    if (entity === undefined || !entitiesOf(data, source).includes(entity)) {
      const names = entitiesOf(data, source).map((known) => known.name);
      throw new RangeError(`${code} has no entity ${name}; use one of ${names.join(', ')}`);
    }
    return { subject: subjectOf(data, entity, source), chain: chainOf(data, source.system) };
  };

  return {
    revision: revisionOf(data),
    servers: data.servers.map(({ id }) => ({ id })),
    databases: data.databases.map(({ id, server, connection }) => ({ id, server, connection })),
    companies: data.dataSources.flatMap(({ code, company }) =>
      company === undefined ? [] : [{ code, ...company }],
    ),
    connections: data.connections,
    periods: data.periods,
    guesses: guessesIn(data),
    codes: () => Object.fromEntries(data.dataSources.map((item) => [item.code, item.description])),
    names: (code) => {
      const source = sources.get(code);
      if (source === undefined) return undefined;
      const known = entitiesOf(data, source);
      return Object.fromEntries(known.map((item) => [item.name, item.description]));
    },
    isDated: (name) => entities.get(name)?.dated,
    hasEntity: (name) => entities.has(name),
    entityOrder: (...codes) => {
      const known = new Set(codes.flatMap((code) => entitiesOf(data, sourceOf(code))));
      return data.entities.filter((entity) => known.has(entity)).map(({ name }) => name);
    },

    stages: (request) => {
      const { subject, chain } = requested(request);
      const { entity, source } = subject;
      const values = parameterValues(entity, source, request.period);
      return chain.flatMap((pipeline) =>
        pipeline.stages.map((declared): ResolvedStage => {
          const stage = adapted(declared, subject);
          const database = databaseOf(stage, source);
          const asked = stage.kind === 'procedure' ? undefined : askedServer(source);
          const parameters =
            stage.kind === 'dynsql' ? periodParameter(values) : passed(stage.parameters, values);
          const takesPeriod =
            entity.dated &&
            (stage.kind === 'dynsql' || stage.parameters.some(({ from }) => isOfPeriod(from)));
          const procedure = procedureName(filled(stage.procedure, entity));
          if (procedure === undefined) throw new Error(`unchecked procedure ${stage.procedure}`);
          return {
            stage: stage.stage,
            kind: stage.kind,
            ...(stage.shared ? {} : { code: source.code }),
            shared: stage.shared,
            ...(takesPeriod && request.period && { period: request.period }),
            database,
            server: asked ?? serverOf(database),
            procedure,
            parameters,
            setOptions: [...stage.setOptions],
            transaction: stage.transaction ?? 'own',
            repeatable: stage.repeatable,
            returnCheck: returnCheckOf(stage, pipeline),
            ...(stage.succeeds.length > 0 && { succeeds: structuredClone(stage.succeeds) }),
            ...(stage.timeoutSeconds === undefined ? {} : { timeoutSeconds: stage.timeoutSeconds }),
          };
        }),
      );
    },

    rowQuery: (request) => {
      const { entity, source } = requested(request).subject;
      const { dynsql } = entity;
      const { connection } = source;
      return dynsql && connection ? { ...dynsql, connection } : undefined;
    },

    freshness: (request) => {
      const { subject, chain } = requested(request);
      const { entity, source } = subject;
      const queries = chain.flatMap((pipeline) => pipeline.freshness);
      return queries
        .filter((query) => !query.except.includes(entity.name))
        .map((declared): FreshnessQuery => {
          const query = adapted(declared, subject);
          const database = databaseOf(query, source);
          return {
            place: query.place,
            database,
            server: serverOf(database),
            sql: filled(query.sql, entity),
            parameters: passed(query.parameters, namesIn(entity, source)),
          };
        });
    },
  };
}
