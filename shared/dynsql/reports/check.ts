/** Whether a layout fits the definition whose rows it prints. */

import { faultAt, notOneOf, type Path } from '../../faults/catalog-error.ts';
import { didYouMean } from '../../faults/near-name.ts';
import type { Definition, LoadedCondition, LoadedDataset } from '../definition.ts';
import { foldName, sameName } from '../name.ts';
import type {
  ColumnLayout,
  Format,
  GroupLayout,
  HighlightLayout,
  LayoutDocument,
  TableLayout,
} from './layout.ts';
import { namesOf } from './layout-template.ts';
import { readLogo } from './logo.ts';
import { indentMm, pageSize } from './page-size.ts';
import { aggregateOf } from './totals.ts';

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
  const { table, period } = layout;
  const root = definition.root;
  const rootFaults = sameName(table.dataset, root.name)
    ? []
    : [faultAt(['table', 'dataset'], notOneOf(table.dataset, 'the root dataset', [root.name]))];
  return [
    ...rootFaults,
    ...periodFaults(period, root),
    ...logoFaults(layout),
    ...tableFaults(table, root, ['table'], pageSize(layout.page).tableWidth),
  ];
}

const dated = (condition: LoadedCondition): boolean =>
  condition.template?.kind === 'date' || /^ctDate/i.test(condition.document.datatype);

function periodFaults(period: string | undefined, root: LoadedDataset): string[] {
  if (period === undefined) return [];
  const condition = root.conditions.get(foldName(period));
  if (condition !== undefined && dated(condition)) return [];
  const known = [...root.conditions.values()].filter(dated).map(({ document }) => document.id);
  return [faultAt(['period'], notOneOf(period, `a condition on dates of ${root.name}`, known))];
}

function logoFaults({ logo, page }: LayoutDocument): string[] {
  const read = logo && readLogo(logo.image);
  if (logo === undefined || typeof read !== 'object') return [];
  const width = (logo.height * read.width) / read.height;
  const most = pageSize(page).tableWidth / 2;
  if (width <= most) return [];
  const text = `makes it ${rounded(width)} mm wide; half of the page is ${rounded(most)} mm`;
  return [faultAt(['logo', 'height'], text)];
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
    ...table.columns.flatMap(({ sum, aggregate }, index) =>
      (sum || aggregate) && !hasSums
        ? [faultAt(at('columns', index, sum ? 'sum' : 'aggregate'), sumless)]
        : [],
    ),
    ...(width > room + 1e-9 ? [faultAt(at('columns'), tooWide)] : []),
    ...table.columns.flatMap((column, index) =>
      columnFaults(column, dataset, at('columns', index)),
    ),
    ...table.groups.flatMap((group, index) => groupFaults(group, dataset, at('groups', index))),
    ...table.highlights.flatMap((highlight, index) =>
      highlightFaults(highlight, table, dataset, at('highlights', index)),
    ),
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
  const aggregate = aggregateOf(column);
  if (aggregate !== undefined && aggregate !== 'count' && !isNumeric(format)) {
    const use = `not possible of the format ${format}; use integer or decimal`;
    faults.push(at(column.sum ? 'sum' : 'aggregate', use));
  }
  if (column.sum && column.aggregate !== undefined && column.aggregate !== 'sum') {
    faults.push(at('sum', `true beside "aggregate": "${column.aggregate}"; leave one of them out`));
  }
  if (column.currency !== undefined) {
    faults.push(...fieldFaults(column.currency, dataset, [...path, 'currency']));
    if (aggregate === undefined) {
      faults.push(at('currency', 'of a column without a total; add "sum": true or leave it out'));
    }
  }
  return faults;
}

function highlightFaults(
  { when, columns = [], bold, color, fill }: HighlightLayout,
  table: TableLayout,
  dataset: LoadedDataset,
  path: Path,
): string[] {
  const printed = table.columns.map(({ field }) => field);
  const known = new Set(printed.map(foldName));
  return [
    ...when.flatMap(({ field, value }, index) => {
      const at = [...path, 'when', index];
      const { datatype = '' } = dataset.fields.get(foldName(field)) ?? {};
      const isOther = datatype !== '' && !/^dt(Date|DateTime|TimeStamp)$/i.test(datatype);
      return [
        ...fieldFaults(field, dataset, [...at, 'field']),
        ...(value === 'today' && isOther
          ? [faultAt([...at, 'value'], `"today" is for dates, and ${field} is ${datatype}`)]
          : []),
      ];
    }),
    ...columns.flatMap((name, index) =>
      known.has(foldName(name))
        ? []
        : [faultAt([...path, 'columns', index], notOneOf(name, 'the field of a column', printed))],
    ),
    ...(bold || color !== undefined || fill !== undefined
      ? []
      : [faultAt(path, 'changes nothing; add bold, color or fill')]),
  ];
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
