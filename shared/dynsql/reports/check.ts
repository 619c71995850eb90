/** Whether a layout fits the definition whose rows it prints. */

import { faultAt, notOneOf, type Path } from '../../faults/catalog-error.ts';
import { didYouMean } from '../../faults/near-name.ts';
import type { Definition, LoadedDataset } from '../definition.ts';
import { foldName, sameName } from '../name.ts';
import type { ColumnLayout, Format, GroupLayout, LayoutDocument, TableLayout } from './layout.ts';
import { namesOf } from './layout-template.ts';
import { indentMm, pageSize } from './page-size.ts';

const dates = ['date', 'datetime', 'month'] as const;
/** Formats that values of a data type can be written in; of one not listed here, all. */
const suitable = new Map<string, readonly Format[]>(
  Object.entries({
    dtstring: ['text'],
    dtmemo: ['text'],
    dtnote: ['text'],
    dtid: ['text'],
    dttime: ['text'],
    dtboolean: ['text', 'boolean'],
    dtinteger: ['text', 'integer', 'decimal'],
    dtcurrency: ['text', 'integer', 'decimal'],
    // ABRA declares stored dates as numbers, too.
    dtfloat: ['text', 'integer', 'decimal', ...dates],
    dtdate: ['text', ...dates],
    dtdatetime: ['text', ...dates],
    dttimestamp: ['text', ...dates],
  }),
);

export const isNumeric = (format: Format): boolean => format === 'integer' || format === 'decimal';

/** Every fault on a line of its own: path, what is there, what to use. */
export function layoutFaults(layout: LayoutDocument, definition: Definition): string[] {
  const { table } = layout;
  const root = definition.root;
  const rootFaults = sameName(table.dataset, root.name)
    ? []
    : [faultAt(['table', 'dataset'], notOneOf(table.dataset, 'the root dataset', [root.name]))];
  return [...rootFaults, ...tableFaults(table, root, ['table'], pageSize(layout.page).tableWidth)];
}

const sumless = 'nowhere to print it; give the table a total or a group a footer';

/** @param room millimetres from the table's left side to the margin of the page */
function tableFaults(
  table: TableLayout,
  dataset: LoadedDataset,
  path: Path,
  room: number,
): string[] {
  const width = table.columns.reduce((sum, column) => sum + column.width, 0);
  const tooWide = `${rounded(width)} mm wide together; the page leaves ${rounded(room)} mm`;
  const at = (...steps: Path) => [...path, ...steps];
  const keys = [...dataset.keys.values()].map(({ id }) => id);
  const hasSums = table.total !== undefined || table.groups.some(({ footer }) => footer);
  return [
    ...table.orderby.flatMap(({ id }, index) =>
      dataset.keys.has(foldName(id))
        ? []
        : [faultAt(at('orderby', index, 'id'), notOneOf(id, `a key of ${dataset.name}`, keys))],
    ),
    ...table.columns.flatMap(({ sum }, index) =>
      sum && !hasSums ? [faultAt(at('columns', index, 'sum'), sumless)] : [],
    ),
    ...(width > room + 1e-9 ? [faultAt(at('columns'), tooWide)] : []),
    ...table.columns.flatMap((column, index) =>
      columnFaults(column, dataset, at('columns', index)),
    ),
    ...table.groups.flatMap((group, index) => groupFaults(group, dataset, at('groups', index))),
    ...templateFaults(table.total, dataset, at('total'), []),
    ...table.details.flatMap((detail, index) => {
      const child = dataset.children.find(({ name }) => sameName(name, detail.dataset));
      if (child) return tableFaults(detail, child, at('details', index), room - indentMm);
      const names = dataset.children.map(({ name }) => name);
      const text = notOneOf(detail.dataset, `a dataset below ${dataset.name}`, names);
      return [faultAt(at('details', index, 'dataset'), text)];
    }),
  ];
}

function columnFaults(column: ColumnLayout, dataset: LoadedDataset, path: Path): string[] {
  const at = (key: keyof ColumnLayout, text: string) => faultAt([...path, key], text);
  const { field, format } = column;
  const faults = fieldFaults(field, dataset, [...path, 'field']);
  const datatype = dataset.fields.get(foldName(field))?.datatype;
  const allowed = datatype === undefined ? undefined : suitable.get(datatype.toLowerCase());
  if (allowed && !allowed.includes(format)) {
    faults.push(at('format', notOneOf(format, `a format of ${datatype}`, allowed)));
  }
  if (column.places !== undefined && format !== 'decimal') {
    faults.push(at('places', `not taken by the format ${format}; leave it out or use decimal`));
  }
  if (column.texts !== undefined && format !== 'boolean') {
    faults.push(at('texts', `not taken by the format ${format}; leave it out or use boolean`));
  }
  if (column.sum && !isNumeric(format)) {
    faults.push(at('sum', `not possible of the format ${format}; use integer or decimal`));
  }
  return faults;
}

function groupFaults(group: GroupLayout, dataset: LoadedDataset, path: Path): string[] {
  return [
    ...group.fields.flatMap((field, index) =>
      fieldFaults(field, dataset, [...path, 'fields', index]),
    ),
    ...templateFaults(group.header, dataset, [...path, 'header']),
    ...templateFaults(group.footer, dataset, [...path, 'footer']),
  ];
}

/** @param allowed names it may use; undefined: all fields of the dataset */
function templateFaults(
  template: string | undefined,
  dataset: LoadedDataset,
  path: Path,
  allowed?: readonly [],
): string[] {
  return namesOf(template ?? '').flatMap((name) =>
    allowed === undefined
      ? fieldFaults(name, dataset, path)
      : [faultAt(path, `{${name}}: no field is the same in all rows; use text without braces`)],
  );
}

/** Definitions have up to hundreds of fields, so those that it could be are enough. */
function fieldFaults(name: string, dataset: LoadedDataset, path: Path): string[] {
  if (dataset.fields.has(foldName(name))) return [];
  const names = [...dataset.fields.values()].map(({ fieldname }) => fieldname);
  const use = `use one of its ${names.length}${didYouMean(name, names)}`;
  return [faultAt(path, `${JSON.stringify(name)} is not a field of ${dataset.name}; ${use}`)];
}

const rounded = (millimetres: number): number => Math.round(millimetres * 10) / 10;
