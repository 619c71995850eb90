/** What dynsql's parts hand to one another. */

import type { SqlParameter } from '../database/link.ts';
import type { FieldError } from '../faults/field-error.ts';
import type {
  Condition,
  Dataset,
  DefinitionDocument,
  Field,
  OrderKey,
  Template,
} from './language/definition.ts';

/** A definition ready to be asked: its document, found by name without regard to case. */
export interface Definition {
  /** As it was given, keys that are unknown here included. */
  readonly document: DefinitionDocument;
  readonly id: string;
  readonly name: string;
  /** The dataset without a master: MAIN. */
  readonly root: LoadedDataset;
  /** Every dataset, by its folded name (`name.ts`), in the order of the definition. */
  readonly datasets: ReadonlyMap<string, LoadedDataset>;
}

/** A dataset with what belongs to it; folded names are the keys of its maps. */
export interface LoadedDataset {
  readonly document: Dataset;
  /** As the definition spells it: `VATRates`. */
  readonly name: string;
  readonly master: LoadedDataset | undefined;
  /** Names of the master's fields that the SQL refers to as `:name`. */
  readonly masterFields: readonly string[];
  /** In the order of the definition. */
  readonly children: readonly LoadedDataset[];
  readonly fields: ReadonlyMap<string, Field>;
  readonly conditions: ReadonlyMap<string, LoadedCondition>;
  readonly keys: ReadonlyMap<string, OrderKey>;
}

export interface LoadedCondition {
  readonly document: Condition;
  /** Undefined where the definition has none, as those that ABRA Gen gives out. */
  readonly template: Template | undefined;
}

/** A query that fits its definition. */
export interface CheckedQuery {
  readonly definition: Definition;
  readonly root: CheckedLevel;
  /** Rows of the root left out at the beginning, from 0. */
  readonly skip: number;
  /** At most so many rows of the root. */
  readonly top: number | undefined;
  /** Whether the answer says how many rows of the root there are. */
  readonly count: boolean;
  /** Whether the answer says where to go on: after its beginning (`true`), or after another page. */
  readonly next: true | string | undefined;
}

/** One dataset of a query. */
export interface CheckedLevel {
  readonly dataset: LoadedDataset;
  /** Empty of a parent that only its children brought along. */
  readonly fields: readonly Field[];
  readonly conditions: readonly CheckedWhere[];
  /** Conditions whose templates only ABRA Gen has; then `conditions` is empty. */
  readonly given: readonly GivenCondition[];
  readonly order: readonly CheckedOrder[];
  /**
   * Rows that are equal in these fields are one, and others put together as they say; undefined: rows
   * are as they are.
   */
  readonly groupedBy: readonly Field[] | undefined;
  /** In the order of the definition. */
  readonly children: readonly CheckedLevel[];
}

/**
 * What rows must fulfil: conditions, and what joins them. A row either fulfils a condition or does
 * not: those that SQL cannot tell of, for a NULL, do not, and `not` gives them.
 */
export type CheckedWhere =
  | CheckedCondition
  | { readonly all: readonly CheckedWhere[] }
  | { readonly any: readonly CheckedWhere[] }
  | { readonly not: CheckedWhere };

/** A condition with the SQL fragment that its value and flags choose. */
export interface CheckedCondition {
  readonly condition: Condition;
  /** With placeholders: `{ALIAS}`, names in the condition's `params`, and those of `values`. */
  readonly fragment: string;
  /** What stands for each placeholder of the fragment: `VALUE`, `FROM`, `TO`, `LIST`. */
  readonly values: Readonly<Record<string, TypedValue>>;
}

/** A condition with its value in one form, whatever form it came in. */
export interface GivenCondition {
  readonly condition: Condition;
  /** To be written by JSON.stringify; undefined where there is none. */
  readonly value: unknown;
  readonly flags: readonly string[];
}

/** A value that only travels as a parameter; a list travels as one, a JSON array. */
export type TypedValue =
  | { readonly type: string; readonly value: string | number | boolean }
  | { readonly type: string; readonly list: readonly (string | number | boolean)[] };

export interface CheckedOrder {
  readonly key: OrderKey;
  readonly descending: boolean;
}

/** What is wrong with a query: every fault with its place, such as `where[2].value`. */
export type QueryCheck =
  | { readonly query: CheckedQuery; readonly errors?: never }
  | { readonly query?: never; readonly errors: readonly FieldError[] };

/** A field in the result set. */
export interface StatementColumn {
  /** In the result set: `c1`. */
  readonly name: string;
  /** In the answer: the field's name in upper case. */
  readonly key: string;
  /** ABRA's: `dtString`, `dtInteger`, `dtFloat`, `dtBoolean`, `dtDate`, `dtDateTime`, … */
  readonly datatype: string;
  /** IANA zone of stored dates and times: `Europe/Prague`. */
  readonly zone: string;
}

/** SQL with what it is sent with. */
export interface SqlText {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

/**
 * A query: the rows of all its levels in one statement, in the order of the answer, each row before
 * what is below it. Where there are several levels, the column `l` says of which a row is, as its
 * place in `levels`; columns of others are NULL.
 */
export interface Statement extends SqlText {
  /**
   * The same rows where the database has no row versioning: levels are copied first, each by a
   * statement of its own, so that rows are kept from nobody while they are read.
   */
  readonly copying: SqlText;
  /** The root's first, each parent before its children. */
  readonly levels: readonly StatementLevel[];
  /** The first row says how many there are: its `l` is the one after the last level's, its `q` the number. */
  readonly hasCount: boolean;
  /** Of one that is read page by page. */
  readonly page: StatementPage | undefined;
}

export interface StatementPage {
  /** Of the root: what its rows are sorted by, in the result set. */
  readonly columns: readonly string[];
  /** As many rows as a page that is full has. */
  readonly top: number;
  /** Tells the query from others, for `sealed`. */
  readonly query: string;
}

export interface StatementLevel {
  /** As the definition spells it; `name` in the answer. */
  readonly dataset: string;
  /** 0 for the root. */
  readonly depth: number;
  /** Place of the parent in the list of levels; undefined for the root. */
  readonly parent: number | undefined;
  /** Places of the children, in the order of the answer. */
  readonly children: readonly number[];
  readonly columns: readonly StatementColumn[];
  /**
   * Columns with the positions of the row's ancestors, from the root's down, and of the row itself:
   * `n0`, `n1`, … A position counts from 1 within the ancestor's own parent. Not there where there is
   * one level only.
   */
  readonly positions: readonly string[];
  /** The row's column beside the parent's column of equal value. */
  readonly parentKey: readonly { readonly own: string; readonly parent: string }[];
}
