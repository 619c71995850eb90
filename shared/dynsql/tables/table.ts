/** An answer as tables: one a dataset, whose rows come each before what is below it. */

import type { CheckedLevel, CheckedQuery } from '../definition.ts';
import { selectedKey } from '../language/selected-key.ts';
import { foldName } from '../name.ts';

/**
 * A value as its JSON text, with all digits that it has; a double, or a short whole number, as
 * itself.
 */
export type Cell = string | number;

export interface TableColumn {
  /** The field's name in upper case, as in the answer. */
  readonly key: string;
  /** ABRA's: `dtString`, `dtFloat`, … */
  readonly datatype: string;
  /** IANA zone of the clock that its times are read by. */
  readonly zone: string;
}

export interface Table {
  /** As the definition spells it. */
  readonly dataset: string;
  /** 0 for the root. */
  readonly depth: number;
  /** Place of the parent in the list of tables; undefined for the root. */
  readonly parent: number | undefined;
  readonly columns: readonly TableColumn[];
  /** Places of the columns that tell a row from others; empty where the query does not select them. */
  readonly keys: readonly number[];
  readonly hasChildren: boolean;
}

export interface TableRow {
  /** Of its table. */
  readonly place: number;
  /** In the order of the table's columns. */
  readonly cells: readonly Cell[];
}

export interface TableAnswer {
  /** Of the definition. */
  readonly name: string;
  /** The root's first, each parent before its children. */
  readonly tables: readonly Table[];
  /**
   * Some at a time, as they come. The first ones, or the end, come when what gives them has given
   * something: what fails before that fails before anything is sent.
   */
  readonly rows: AsyncGenerator<readonly TableRow[], void, undefined>;
}

/**
 * The tables of a query, in the order of the levels of its statement.
 *
 * @param zone where the definition does not say by whose clock its times are read
 */
export function tablesOf(
  { definition, root }: CheckedQuery,
  zone: string = definition.document.timezone,
): Table[] {
  const tables: Table[] = [];
  const add = (level: CheckedLevel, depth: number, parent: number | undefined): void => {
    const { dataset, fields, children } = level;
    const place = tables.length;
    tables.push({
      dataset: dataset.name,
      depth,
      parent,
      columns: fields.map(({ fieldname, datatype }) => {
        return { key: foldName(fieldname), datatype, zone };
      }),
      keys: keysOf(level),
      hasChildren: children.length > 0,
    });
    for (const child of children) add(child, depth + 1, place);
  };
  add(root, 0, undefined);
  return tables;
}

function keysOf({ dataset, fields }: CheckedLevel): number[] {
  const selected = fields.map(({ fieldname }) => foldName(fieldname));
  return selectedKey(dataset, selected).map((name) => selected.indexOf(name));
}
