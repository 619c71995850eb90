/** What can be looked up in a catalogue that has been checked. */

import type { ProductSchemas } from '../database/product-schemas.ts';
import type { ReturnCheck } from '../database/return-value.ts';
import type { TransactionMode } from '../database/transaction.ts';
import type { RowQuery } from '../dynsql/rows/row-query-schema.ts';
import type { DayWindow } from '../time/day-window.ts';
import type { Guess } from './guesses.ts';
import type { CallParameter } from './parameter-values.ts';
import type { Period } from './period.ts';
import type { Window } from './restraint-schema.ts';
import type { Check, Company, Connection, Freshness, Stage } from './schema.ts';
import type { Condition } from './success-schema.ts';
import type { TitleLanguage } from './title.ts';

/**
 * One procedure call of one entity of one data source, or for `flexibee` and `dynsql` one call a
 * piece of it.
 */
export interface ResolvedStage {
  /** The stage's name in its pipeline: `export`, `crude`, `heap`. */
  stage: string;
  kind: Stage['kind'];
  /** The code the call really runs for. Absent where it is made once for an entity, or a run. */
  code?: string;
  /** What one call is made for, where that is not one entity of one source. */
  once?: NonNullable<Stage['once']>;
  /** Names of the stages on this way that come right before it. */
  after: string[];
  /** How many of the calls of these must have succeeded. */
  needs: Stage['needs'];
  /** Its place among all stages of the catalogue: what comes after another has a higher one. */
  rank: number;
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
  /** How many stages its server allows at once; absent: one. */
  atOnce?: number;
  /** Names of which no other stage holds one while it runs, sorted; absent: none. */
  exclusive?: string[];
  /** When it may begin; absent: at any hour. */
  window?: StageWindow;
}

/** Hours of a day, and what becomes of a stage outside of them. */
export interface StageWindow extends DayWindow {
  outside: Window['outside'];
}

/** Where a data source's own data are: what a run that has an entity of it has to itself. */
export interface SourcePlace {
  server: string;
  /** Ids or code of what is there: one of the three. */
  database?: string;
  company?: string;
  connection?: string;
  /** Where it is by the settings (`located`). */
  location?: string;
}

export type OnDifference = NonNullable<Check['onDifference']>;
export type Clock = NonNullable<Freshness['clock']>;

/** A query of one row and one column, `freshness`: the newest timestamp in a place, or null. */
export interface FreshnessQuery {
  place: string;
  database: string;
  server: string;
  sql: string;
  parameters: CallParameter[];
  /** What is older than that is old; absent: nobody watches. */
  maxAgeMs?: number;
  /** By which its timestamps are written; `utc` where the catalogue does not say. */
  clock: Clock;
}

/**
 * A query of one place of a check: rows of groups, each with the columns `code` and `month` where it
 * has several, `moved`, the number of its rows that have moved, where it knows, and measures.
 */
export interface CheckQuery extends Omit<FreshnessQuery, 'maxAgeMs' | 'clock'> {
  /** Places of one check are compared with the first of them. */
  check: string;
  /** The stage before which the clock of its database is read. */
  before: string;
  /** The month that is in its parameters. */
  period?: Period;
  /** What a measure may differ by, `*` for all others: a number, or a share as `0.1 %`. */
  tolerance?: Record<string, number | string>;
  onDifference: OnDifference;
  timeoutSeconds: number;
}

/** A stage or a query of one entity of one data source, and where the catalogue says so. */
export interface Placed<T> {
  entity: string;
  /** The source whose export it really runs for. */
  code: string;
  item: T;
  /** The paths of its parts: `pipelines[0].stages[0].overrides[1].procedure`. */
  at: { database: string; name: string; parameters: string };
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
  readonly servers: readonly { id: string; stagesAtOnce: number }[];
  /** `connection` is the name of the setting that holds the connection string. */
  readonly databases: readonly {
    id: string;
    server: string;
    connection: string;
    /** What the product's own schemas are called there. */
    schemas?: ProductSchemas;
  }[];
  /** FlexiBee companies; `connection` is the name of the setting that says where and who. */
  readonly companies: readonly FollowedCompany[];
  /** What dynsql may ask; `connection` is the name of the setting that says where and who. */
  readonly connections: readonly Connection[];
  /** Months that may be asked for: from `from` (`yyyy-mm`) to the current one in `timeZone`. */
  readonly periods: { from: string; timeZone: string };
  /** What the catalogue itself calls a guess. */
  readonly guesses: readonly Guess[];
  /**
   * Code to description, in the catalogue's order.
   *
   * @param language of descriptions that have several; absent, or not there: the first one's
   */
  codes(language?: TitleLanguage): Record<string, string>;
  /** Entity to description for a code, in sync order; undefined: unknown code. */
  names(code: string, language?: TitleLanguage): Record<string, string> | undefined;
  /**
   * Whether an entity's sync needs a month at any of these data sources, or where none is given at
   * any at all; undefined: unknown name. RangeError: unknown code.
   */
  isDated(name: string, ...codes: string[]): boolean | undefined;
  /** The entities that one comes after, where a run has them. */
  entitiesBefore(name: string): readonly string[];
  hasEntity(name: string): boolean;
  /** Entities that any of the data sources has, in sync order. RangeError: unknown code. */
  entityOrder(...codes: string[]): string[];
  /**
   * The stages of one entity of one data source, in order. RangeError: unknown code, an entity that
   * code does not have, or a dated entity without a valid period. An undated one ignores `period`.
   */
  stages(request: { name: string; code: string; period?: Period }): ResolvedStage[];
  /** The place of the source that an entity is exported from. RangeError as for `stages`. */
  sourcePlace(request: { name: string; code: string }): SourcePlace;
  /** Names that stages of any server share, each once, sorted. */
  readonly exclusives: readonly string[];
  /** The query of an entity; undefined: it has none. RangeError as for `stages`. */
  rowQuery(request: { name: string; code: string }): SourceQuery | undefined;
  /** Queries of the newest timestamps, at most one a place. RangeError as for `stages`. */
  freshness(request: { name: string; code: string }): FreshnessQuery[];
  /**
   * Queries of checks, in the order of the way; of one that takes the month, of that month. RangeError
   * as for `stages`.
   */
  checks(request: { name: string; code: string; period?: Period }): CheckQuery[];
  /** All stages there are, with any month; `at.name` is where the procedure stands. */
  placedStages(): Placed<ResolvedStage>[];
  /** All queries of freshness; `at.name` is where the text stands. */
  placedFreshness(): Placed<FreshnessQuery>[];
  /** All queries of checks, with any month. */
  placedChecks(): Placed<CheckQuery>[];
}
