/** What dynsql's routes need of a connection, whatever stands behind it. */

import type { FairPlaces } from '../../async/fair-places.ts';
import type { Definition, SqlText } from '../../dynsql/definition.ts';
import type { NormalQuery } from '../../dynsql/language/normal-query.ts';
import type { TableAnswer } from '../../dynsql/tables/table.ts';

export interface ListedDefinition {
  id: string;
  name: string;
}

/** A query as it was sent. */
export interface Ask {
  /** Packed CLSID of the definition. */
  definition: string;
  body: unknown;
  /** Id of the report to print; absent: the rows as JSON. */
  report?: string | undefined;
  /** Who asks: the name of a token. */
  user?: string | undefined;
}

/** A query that has been found right, as far as it is known here. */
export interface Answer {
  /** Makes the answer; nothing runs before the first piece is asked for. */
  make(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>;
  /**
   * The rows as those of tables; not where a report was asked for.
   *
   * @throws as `make` before its first piece
   */
  tables(signal: AbortSignal): Promise<TableAnswer>;
  /** @throws as `make` before its first piece */
  dry(signal: AbortSignal): Promise<DryAnswer>;
}

/** What would run: the statement, or the query that ABRA Gen is sent, which keeps its SQL to itself. */
export type DryAnswer =
  | { statements: readonly ({ dataset: string } & SqlText)[] }
  | { query: NormalQuery };

/** What a definition is asked by, for whoever looks around. */
export interface DescribedDefinition {
  definition: Definition;
  /** `elsewhere`: ABRA Gen keeps the templates of its conditions to itself. */
  templates: 'needed' | 'elsewhere';
  /** Undefined: ABRA Gen does not tell. */
  reports: readonly ListedReport[] | undefined;
}

export interface ListedReport {
  id: string;
  title: string;
  /** Of its texts: `cs`. */
  language: string;
}

export interface DynsqlConnection {
  readonly id: string;
  /** One a query that is under way; of all connections to one server, or database. */
  readonly places: FairPlaces;
  /** @throws QueryFault, AbraGenError, or the reason of `signal` */
  list(signal: AbortSignal): Promise<readonly ListedDefinition[]>;
  /** JSON. @throws QueryFault where there is none, AbraGenError, or the reason of `signal` */
  definition(id: string, signal: AbortSignal): Promise<string>;
  /** @throws as `definition` */
  described(id: string, signal: AbortSignal): Promise<DescribedDefinition>;
  /** @throws QueryFault: no such definition, or every fault of the query where it is known here */
  answer(ask: Ask): Answer;
}
