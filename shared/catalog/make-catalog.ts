/** Lookups in a catalogue that has been checked. */

import { usualSchemas } from '../database/product-schemas.ts';
import { revisionOf } from '../json/revision.ts';
import { durationMs } from '../time/duration.ts';
import type { Catalog, CheckQuery, FreshnessQuery, ResolvedStage, SourcePlace } from './catalog.ts';
import { guessesIn } from './guesses.ts';
import { filledSql, procedureOf } from './name-template.ts';
import { namesIn, parameterValues, passed, periodParameter } from './parameter-values.ts';
import { placedIn, type Unplaced } from './places.ts';
import {
  chainOf,
  checksOf,
  databaseOf,
  entitiesOf,
  inOrder,
  namedAs,
  precedingOf,
  readingsOf,
  returnCheckOf,
  stagesOf,
  subjectOf,
  windowOf,
} from './resolve.ts';
import type { CatalogData, DataSource, Entity, Stage } from './schema.ts';
import { titleIn } from './title.ts';
import { isOfPeriod } from './value-source.ts';

/** A question that takes longer is not worth a run's waiting; the catalogue may say otherwise. */
const usualCheckSeconds = 60;
function exclusivesIn(data: CatalogData): string[] {
  const stages = data.pipelines.flatMap((pipeline) => pipeline.stages);
  const names = stages.flatMap(({ exclusive, overrides }) => [
    ...exclusive,
    ...overrides.flatMap((override) => override.exclusive ?? []),
  ]);
  return [...new Set(names)].sort();
}

/** Stages so that those of a pipeline come before those of the one it goes on with. */
function ranksOf(data: CatalogData): Map<Stage, number> {
  const lengths = data.pipelines.map((pipeline) => {
    return { pipeline, length: chainOf(data, pipeline.id).length };
  });
  const ordered = lengths.toSorted((one, other) => other.length - one.length);
  const stages = ordered.flatMap(({ pipeline }) => pipeline.stages);
  return new Map(stages.map((stage, index) => [stage, index]));
}

/** `data` has passed the schema and the checks. */
export function makeCatalog(data: CatalogData): Catalog {
  const sources = new Map(data.dataSources.map((source) => [source.code, source]));
  const connections = new Map(data.connections.map((connection) => [connection.id, connection]));
  const entities = new Map(data.entities.map((entity) => [entity.name, entity]));
  const servers = new Map(data.databases.map((database) => [database.id, database.server]));
  const ordered = inOrder(data.entities);
  const ranks = ranksOf(data);

  const atOnceAt = new Map(data.servers.map(({ id, stagesAtOnce }) => [id, stagesAtOnce]));
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
  const known = new Map<string, Entity[]>();
  /** Entities of a source, in the order of its sync. */
  const entitiesIn = (source: DataSource) => {
    const found = known.get(source.code);
    if (found !== undefined) return found;
    const has = new Set(entitiesOf(data, source));
    const own = ordered.filter((entity) => has.has(entity));
    known.set(source.code, own);
    return own;
  };
  const requested = ({ name, code }: { name: string; code: string }) => {
    const source = sourceOf(code);
    const entity = entities.get(name);
    if (entity === undefined || !entitiesIn(source).includes(entity)) {
      const names = entitiesIn(source).map((one) => one.name);
      throw new RangeError(`${code} has no entity ${name}; use one of ${names.join(', ')}`);
    }
    return subjectOf(data, entity, source);
  };

  const catalog: Unplaced = {
    revision: revisionOf(data),
    servers: data.servers.map(({ id, stagesAtOnce }) => ({ id, stagesAtOnce })),
    databases: data.databases.map(({ id, server, connection, schemas }) => ({
      ...{ id, server, connection },
      schemas: {
        crude: schemas?.crude ?? usualSchemas.crude,
        flexi: schemas?.flexi ?? usualSchemas.flexi,
      },
    })),
    companies: data.dataSources.flatMap(({ code, company }) =>
      company === undefined ? [] : [{ code, ...company }],
    ),
    connections: data.connections,
    periods: data.periods,
    guesses: guessesIn(data),
    exclusives: exclusivesIn(data),
    codes: (language) =>
      Object.fromEntries(
        data.dataSources.map(({ code, description }) => [code, titleIn(description, language)]),
      ),
    names: (code, language) => {
      const source = sources.get(code);
      if (source === undefined) return undefined;
      return Object.fromEntries(
        entitiesIn(source).map(({ name, description }) => [name, titleIn(description, language)]),
      );
    },
    isDated: (name, ...codes) => {
      const entity = entities.get(name);
      if (entity === undefined) return undefined;
      const asked = codes.length === 0 ? data.dataSources : codes.map(sourceOf);
      return asked.some(
        (source) => entitiesIn(source).includes(entity) && subjectOf(data, entity, source).dated,
      );
    },
    hasEntity: (name) => entities.has(name),
    entitiesBefore: (name) => entities.get(name)?.after ?? [],
    entityOrder: (...codes) => {
      const own = new Set(codes.flatMap((code) => entitiesIn(sourceOf(code))));
      return ordered.filter((entity) => own.has(entity)).map(({ name }) => name);
    },

    stages: (request) => {
      const subject = requested(request);
      const { source, dated } = subject;
      const values = parameterValues(subject, request.period);
      return stagesOf(data, subject).map(({ declared, item: stage }): ResolvedStage => {
        const database = databaseOf(stage, source) ?? unchecked(stage.stage);
        const asked = stage.kind === 'procedure' ? undefined : askedServer(source);
        const parameters =
          stage.kind === 'dynsql' ? periodParameter(values) : passed(stage.parameters, values);
        const takesPeriod =
          dated &&
          (stage.kind === 'dynsql' || stage.parameters.some(({ from }) => isOfPeriod(from)));
        const procedure = procedureOf(stage.procedure, namedAs(subject));
        if (typeof procedure === 'string') return unchecked(stage.procedure);
        const isOfSource = stage.once === undefined || stage.once === 'source';
        const server = asked ?? serverOf(database);
        const atOnce = atOnceAt.get(server) ?? 1;
        const window = windowOf(stage, source, data.periods.timeZone);
        return {
          stage: stage.stage,
          kind: stage.kind,
          ...(isOfSource && { code: source.code }),
          ...(stage.once && { once: stage.once }),
          after: precedingOf(data, declared, subject),
          needs: stage.needs,
          rank: ranks.get(declared) ?? 0,
          ...(takesPeriod && request.period && { period: request.period }),
          database,
          server,
          procedure,
          parameters,
          setOptions: [...stage.setOptions],
          transaction: stage.transaction ?? 'own',
          repeatable: stage.repeatable ?? false,
          returnCheck: returnCheckOf(stage),
          ...(stage.succeeds.length > 0 && { succeeds: structuredClone(stage.succeeds) }),
          ...(stage.timeoutSeconds === undefined ? {} : { timeoutSeconds: stage.timeoutSeconds }),
          ...(atOnce > 1 && { atOnce }),
          ...(stage.exclusive.length > 0 && { exclusive: stage.exclusive.toSorted() }),
          ...(window && { window }),
        };
      });
    },

    sourcePlace: (request): SourcePlace => {
      const { source } = requested(request);
      const { code, database, company, connection } = source;
      if (database !== undefined) return { server: serverOf(database), database };
      const server = askedServer(source) ?? unchecked(code);
      return company ? { server, company: code } : { server, connection: connection ?? '' };
    },

    rowQuery: (request) => {
      const { entity, source } = requested(request);
      const { dynsql } = entity;
      const { connection } = source;
      return dynsql && connection ? { ...dynsql, connection } : undefined;
    },

    freshness: (request) => {
      const subject = requested(request);
      return readingsOf(data, subject).map(({ item }): FreshnessQuery => {
        const database = databaseOf(item, subject.source) ?? unchecked(item.place);
        return {
          place: item.place,
          database,
          server: serverOf(database),
          sql: filledSql(item.sql, namedAs(subject)),
          parameters: passed(item.parameters, namesIn(subject)),
          ...(item.maxAge && { maxAgeMs: durationMs(item.maxAge) ?? 0 }),
          clock: item.clock ?? 'utc',
        };
      });
    },

    checks: (request) => {
      const subject = requested(request);
      const queries = checksOf(data, subject);
      if (queries.length === 0) return [];
      const values = parameterValues(subject, request.period);
      const [first] = stagesOf(data, subject);
      return queries.map(({ item }): CheckQuery => {
        const database = databaseOf(item, subject.source) ?? unchecked(item.place);
        const { check, place, tolerance, onDifference = 'warn' } = item;
        const takesPeriod = subject.dated && item.parameters.some(({ from }) => isOfPeriod(from));
        return {
          check,
          place,
          before: item.before ?? first?.item.stage ?? '',
          ...(takesPeriod && request.period && { period: request.period }),
          database,
          server: serverOf(database),
          sql: filledSql(item.sql, namedAs(subject)),
          parameters: passed(item.parameters, values),
          ...(tolerance && { tolerance }),
          onDifference,
          timeoutSeconds: item.timeoutSeconds ?? usualCheckSeconds,
        };
      });
    },
  };
  return { ...catalog, ...placedIn(data, catalog) };
}

function unchecked(what: string): never {
  throw new Error(`unchecked: ${what}`);
}
