/** Reports: layouts that were checked against the definitions whose rows they print. */

import { CatalogError, faultAt, notOneOf } from '../../faults/catalog-error.ts';
import type { Definition } from '../definition.ts';
import { foldName } from '../name.ts';
import { layoutFaults } from './check.ts';
import { type LayoutDocument, layoutSchema, type TableLayout } from './layout.ts';
import { namesOf } from './layout-template.ts';

/** A layout that fits its definition. */
export interface Report {
  readonly layout: LayoutDocument;
  readonly definition: Definition;
}

/**
 * Reads a layout from its JSON, without a look at its definition.
 *
 * @param from names where it came from, for the faults
 * @throws CatalogError that lists what does not have the shape of a layout
 */
export function parseLayout(value: unknown, from = 'the layout'): LayoutDocument {
  const result = layoutSchema.safeParse(value);
  if (!result.success) {
    const faults = result.error.issues.flatMap(({ code, path, message }) =>
      code === 'unrecognized_keys' ? message.split('\n') : [faultAt(path, message)],
    );
    throw new CatalogError(faults, from);
  }
  return result.data;
}

/**
 * Reads a layout from its JSON, and checks it against its definition.
 *
 * @param definitions those that reports can print
 * @param from names where it came from, for the faults
 * @throws CatalogError with every fault: path, what is there, what to use
 */
export function loadReport(
  value: unknown,
  definitions: readonly Definition[],
  from = 'the layout',
): Report {
  const layout = parseLayout(value, from);
  const definition = definitions.find(({ id }) => id === layout.definition);
  if (definition === undefined) {
    const ids = definitions.map(({ id }) => id);
    const fault = faultAt(['definition'], notOneOf(layout.definition, 'a definition', ids));
    throw new CatalogError([fault], from);
  }
  const faults = layoutFaults(layout, definition);
  if (faults.length > 0) throw new CatalogError(faults, from);
  return { layout, definition };
}

type Order = TableLayout['orderby'];

/** What a query must ask for so that its rows can be printed, in the words of its body. */
export interface ReportQuery {
  readonly select: readonly string[];
  readonly orderby: Order;
  /** In no level but the first: a query names its datasets side by side. */
  readonly datasets: readonly {
    readonly name: string;
    readonly select: readonly string[];
    readonly orderby: Order;
  }[];
}

/**
 * `select`, `orderby` and `datasets` of the query behind a report. The rest of a body (`where`, …)
 * stays the caller's; a caller's own keys come after these, or groups would fall apart.
 */
export function reportQuery({ layout }: Report): ReportQuery {
  const { dataset: _, ...root } = levelQuery(layout.table);
  return { ...root, datasets: nestedQueries(layout.table) };
}

const nestedQueries = (table: TableLayout): ReportQuery['datasets'] =>
  table.details.flatMap((detail) => {
    const { dataset: name, ...query } = levelQuery(detail);
    return [{ name, ...query }, ...nestedQueries(detail)];
  });

/** Every field that a table prints or groups by, once. */
function levelQuery({ dataset, columns, groups, highlights, orderby }: TableLayout) {
  const names = [
    ...columns.flatMap(({ field, currency = [] }) => [field, ...[currency].flat()]),
    ...highlights.flatMap(({ when }) => when.map(({ field }) => field)),
    ...groups.flatMap(({ fields, header, footer = '' }) => [
      ...fields,
      ...namesOf(header),
      ...namesOf(footer),
    ]),
  ];
  const select = [...new Map(names.map((name) => [foldName(name), name])).values()];
  return { dataset, select, orderby };
}
