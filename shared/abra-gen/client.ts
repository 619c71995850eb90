/** The dynamic SQLs of one connection of an ABRA Gen server. */

import type { Readable } from 'node:stream';
import { z } from 'zod';
import { AgedCache } from '../async/aged-cache.ts';
import type { CheckedQuery, Definition, QueryCheck } from '../dynsql/definition.ts';
import { type NormalQuery, normalQuery } from '../dynsql/language/normal-query.ts';
import { checkQuery, queryFault } from '../dynsql/language/query.ts';
import { parseDefinition } from '../dynsql/language/read-definition.ts';
import { CatalogError } from '../faults/catalog-error.ts';
import { AbraGenError } from './errors.ts';
import { type AbraGenConnection, Requests } from './requests.ts';
import type { AbraGenServers } from './servers.ts';

const listedSchema = z.looseObject({ id: z.string(), name: z.string() });
export type DefinitionList = z.infer<typeof listedSchema>[];

export interface FetchedDefinition {
  /** The JSON as ABRA Gen gave it. */
  text: string;
  definition: Definition;
}

/** An answer under way; destroying the body ends the query. */
export interface AbraGenAnswer {
  /** As it was checked and sent. */
  query: CheckedQuery;
  contentType: string;
  /** A failure after the first byte ends it with an AbraGenError. */
  body: Readable;
}

/** To be kept for the life of the process: it holds the list and the definitions. */
export class AbraGenClient {
  readonly #servers: AbraGenServers;
  readonly #origin: string;
  readonly #requests: Requests;
  readonly #lists: AgedCache<DefinitionList>;
  readonly #definitions: AgedCache<FetchedDefinition>;

  constructor(connection: AbraGenConnection, servers: AbraGenServers) {
    this.#servers = servers;
    this.#origin = connection.address.origin;
    this.#requests = new Requests(connection, servers);
    this.#lists = new AgedCache(servers.limits.now);
    this.#definitions = new AgedCache(servers.limits.now);
  }

  /** The server, and how many queries may be under way there. */
  get pool(): { key: string; places: number } {
    const { requestsPerServer } = this.#servers.limits;
    return { key: this.#origin, places: requestsPerServer };
  }

  /** All definitions, not older than `maxAgeMs`. @throws AbraGenError, or the reason of `signal` */
  list(signal: AbortSignal, maxAgeMs = this.#servers.limits.maxAgeMs): Promise<DefinitionList> {
    const ask = { method: 'GET', path: 'dynsql' } as const;
    const fetch = async () => {
      const { value } = await this.#requests.json(ask, never());
      if (isList(value)) return value;
      const fault = 'the answer is no list of id and name';
      throw this.#requests.error(ask, { kind: 'answer not understood', fault });
    };
    return this.#lists.get('', maxAgeMs, fetch, signal);
  }

  /**
   * @param id packed CLSID, in letters of any case
   * @throws AbraGenError, or the reason of `signal`
   */
  async definition(
    id: string,
    signal: AbortSignal,
    maxAgeMs = this.#servers.limits.maxAgeMs,
  ): Promise<FetchedDefinition> {
    const ask = this.#askOf(id);
    const fetch = async () => {
      const { text, value } = await this.#requests.json(ask, never());
      try {
        return { text, definition: parseDefinition(value) };
      } catch (error) {
        if (!(error instanceof CatalogError)) throw error;
        const fault = `the answer is no definition: ${error.message}`;
        throw this.#requests.error(ask, { kind: 'answer not understood', fault });
      }
    };
    return this.#definitions.get(ask.definition, maxAgeMs, fetch, signal);
  }

  /**
   * Checks a query against its definition and sends it in its one form; the rows come as JSON.
   *
   * @throws QueryFault with every fault of the query, before anything is sent; AbraGenError,
   *   or the reason of `signal`, which holds for the body, too
   */
  exec(id: string, query: unknown, signal: AbortSignal): Promise<AbraGenAnswer> {
    return this.#ask(id, query, { accept: 'application/json' }, signal);
  }

  /** The same, printed: a PDF. @param report id of the report in ABRA Gen, in letters of any case */
  report(id: string, query: unknown, report: string, signal: AbortSignal): Promise<AbraGenAnswer> {
    return this.#ask(
      id,
      query,
      { accept: 'application/pdf', query: { report: report.toUpperCase() } },
      signal,
    );
  }

  /**
   * What would be sent to ask a query.
   *
   * @throws as `exec`
   */
  async normal(id: string, query: unknown, signal: AbortSignal): Promise<NormalQuery> {
    return normalQuery(await this.#checked(id, query, signal));
  }

  async #ask(
    id: string,
    body: unknown,
    how: { accept: 'application/json' | 'application/pdf'; query?: Record<string, string> },
    signal: AbortSignal,
  ): Promise<AbraGenAnswer> {
    const query = await this.#checked(id, body, signal);
    const { path, definition } = this.#askOf(id);
    const { headMs, idleMs } = this.#servers.limits;
    const ask = {
      method: 'POST' as const,
      path: `${path}/exec`,
      body: JSON.stringify(normalQuery(query)),
      // It changes nothing.
      isRepeatable: true,
      definition,
      headMs,
      idleMs,
      ...how,
    };
    try {
      const { headers, body: answer } = await this.#requests.stream(ask, signal);
      return { query, contentType: headers['content-type'] ?? how.accept, body: answer };
    } catch (error) {
      // Perhaps it is no longer what we know.
      const isRefused = error instanceof AbraGenError && error.status !== undefined;
      if (isRefused) this.#definitions.delete(definition);
      throw error;
    }
  }

  /**
   * A query with what its definition says of it.
   *
   * @throws QueryFault with every fault of the query, AbraGenError, or the reason of `signal`
   */
  async #checked(id: string, query: unknown, signal: AbortSignal): Promise<CheckedQuery> {
    const { definition } = await this.definition(id, signal);
    const known = checked(definition, query);
    if (known.query !== undefined) return known.query;
    // Somebody may have added the field a minute ago.
    const fresh = await this.definition(id, signal, this.#servers.limits.refusalAgeMs);
    const again = checked(fresh.definition, query);
    if (again.query === undefined) throw queryFault(again.errors);
    return again.query;
  }

  #askOf(id: string) {
    const definition = id.toUpperCase();
    const path = `dynsql/${definition}`;
    const ask = { method: 'GET', path, definition } as const;
    if (/^[0-9A-Z]{26}$/.test(definition)) return ask;
    const fault = 'not found: an id has 26 characters of 0-9 and A-Z';
    const shown = { ...ask, path: 'dynsql/…' };
    throw this.#requests.error(shown, { kind: 'not found', fault });
  }
}

/** Ends at the first that is none. */
function isList(value: unknown): value is DefinitionList {
  return Array.isArray(value) && value.every((item) => listedSchema.safeParse(item).success);
}

function checked(definition: Definition, body: unknown): QueryCheck {
  const result = checkQuery(definition, body, { templates: 'elsewhere' });
  if (result.query === undefined) return result;
  const { top, skip, count, next } = result.query;
  const asked = { top: top !== undefined, skip: skip !== 0, count, next: next !== undefined };
  const ours = Object.entries(asked).flatMap(([name, isAsked]) => (isAsked ? [name] : []));
  if (ours.length === 0) return result;
  const errors = ours.map((field) => ({
    field,
    message: `${field} cannot be used with ABRA Gen, which gives all rows; leave it out`,
    allowed: 'left out',
  }));
  return { errors };
}

/** What several wait for is stopped by its own deadline only. */
const never = () => new AbortController().signal;
