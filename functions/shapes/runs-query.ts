/** What `/runs` is asked for: which runs, and which page of them. */

import type { Catalog } from '../../shared/catalog/index.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { type RunFilter, type RunState, runStates } from '../../shared/sync/syncs.ts';
import { endOfMoment, momentOf, momentUse } from '../../shared/time/moment.ts';
import { pageAfterSchema, pageLimitSchema, runIdSchema, userSchema } from './runs.ts';

const defaultLimit = 50;

export interface RunsQuery {
  filter: RunFilter;
  limit: number;
  /** Of a search a run's id, of the listing of all runs a mark of storage's. */
  after?: string;
}

/** What a query may name. */
type Known = Pick<Catalog, 'codes' | 'hasEntity' | 'entityOrder' | 'periods'>;

/** Names of the parameters that say which runs. */
const filters = ['state', 'code', 'name', 'user', 'from', 'to', 'board'] as const;

/** Whether it asks for some runs, and not for all. */
export function isFiltered(query: URLSearchParams): boolean {
  return filters.some((name) => query.has(name));
}

/**
 * Throws `HttpProblem` 400 that names every bad parameter.
 *
 * @param isSearch `after` is a run's id
 */
export function runsQuery(query: URLSearchParams, catalog: Known, isSearch: boolean): RunsQuery {
  const errors: FieldError[] = [];
  const refuse = (field: string, value: unknown, allowed: string, hint = '') => {
    errors.push({
      field,
      message: `${field} must be ${allowed}${hint}`,
      value: show(value),
      allowed,
    });
  };
  const parsed = <T>(
    field: string,
    parse: (text: string) => T | undefined,
    allowed: string,
  ): T | undefined => {
    const text = query.get(field);
    if (text === null) return undefined;
    const value = parse(text);
    if (value === undefined) refuse(field, text, allowed);
    return value;
  };
  const listed = (field: string, names: readonly string[]): string[] | undefined => {
    const values = query.get(field)?.split(',');
    const bad = values?.find((value) => !names.includes(value));
    if (bad === undefined) return values;
    refuse(field, bad, allowedNames(field, names), didYouMean(bad, names));
    return undefined;
  };
  const codes = Object.keys(catalog.codes());
  const states = listed('state', runStates) as RunState[] | undefined;
  const runCodes = listed('code', codes);
  const names = listed('name', catalog.entityOrder(...codes));
  const user = parsed('user', (text) => userSchema.safeParse(text).data, 'who asked, on one line');
  const boards = parsed('board', boardsOf, 'the name of a board, or several with commas');
  const { timeZone } = catalog.periods;
  const from = parsed('from', (text) => momentOf(text, timeZone), momentUse);
  const to = parsed('to', (text) => endOfMoment(text, timeZone), momentUse);
  if (from !== undefined && to !== undefined && from >= to) {
    refuse('to', query.get('to'), 'later than from');
  }
  const limit = parsed('limit', (text) => pageLimitSchema.safeParse(text).data, allowed.limit);
  const mark = isSearch ? runIdSchema : pageAfterSchema;
  const after = parsed('after', (text) => mark.safeParse(text).data, allowed.after);
  if (errors.length > 0) throw invalid(errors);
  return {
    filter: {
      ...(states && { states }),
      ...(runCodes && { codes: runCodes }),
      ...(names && { names }),
      ...(user !== undefined && { user }),
      ...(boards && { boards }),
      ...(from && { from }),
      ...(to && { to }),
    },
    limit: limit ?? defaultLimit,
    ...(after !== undefined && { after }),
  };
}

const allowed = {
  limit: 'a whole number from 1 to 200',
  after: 'taken from the next link of a page',
};

/** A catalogue's own list is too long to be told; where it stands is told. */
function allowedNames(field: string, names: readonly string[]): string {
  if (field === 'name')
    return 'an entity, as /{code}/valid_names lists them, or several with commas';
  return `one of ${names.join(', ')}, or several with commas`;
}

function boardsOf(text: string): string[] | undefined {
  const names = text.split(',');
  return names.every((name) => /^[^\p{Cc}\p{Cs}]{1,64}$/u.test(name)) ? names : undefined;
}

/** What to throw for a mark that the storage does not know. */
export function invalidAfter(query: URLSearchParams): HttpProblem {
  const value = show(query.get('after'));
  const message = `after must be ${allowed.after}`;
  return invalid([{ field: 'after', message, value, allowed: allowed.after }]);
}

function invalid(errors: readonly FieldError[]): HttpProblem {
  const [first] = errors;
  return new HttpProblem('invalid-value', `Invalid ${first?.field} value: ${first?.value}.`, {
    errors,
  });
}
