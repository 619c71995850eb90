/** The rows of a dataset as a table: headings, groups, totals, and the tables nested in its rows. */

import { foldName } from '../name.ts';
import { type Band, type Cell, heightOf, type LaidBand, laid, ofElement } from './band.ts';
import { isNumeric } from './check.ts';
import type { Carry, Flow } from './flow.ts';
import type { Formatter } from './format.ts';
import { Highlights } from './highlight.ts';
import type { ColumnLayout, GroupLayout, Language, TableLayout } from './layout.ts';
import { filled } from './layout-template.ts';
import { indentMm, points } from './page-size.ts';
import type { Element } from './structure.ts';
import { grays, numberGap, styles } from './style.ts';
import { aggregateOf, type TotalledColumn, Totals, type TotalsLine } from './totals.ts';
import { words } from './words.ts';

/** A row as an answer has it: fields by their names in upper case, nested rows below `datasets`. */
export interface ReportRow {
  readonly [field: string]: unknown;
  readonly datasets?: readonly ReportDataset[];
}
export interface ReportDataset {
  readonly name: string;
  readonly items: readonly ReportRow[];
}

/** What is the same for all tables of a report. */
export interface TableContext {
  readonly flow: Flow;
  readonly formatter: Formatter;
  readonly language: Language;
  /** By whose clock moments are shown. */
  readonly zone: string;
  readonly printed: Date;
}

interface Column extends Omit<ColumnLayout, 'aggregate' | 'places'>, TotalledColumn {
  readonly box: Pick<Cell, 'x' | 'width' | 'align' | 'inset' | 'fit'>;
}

interface OpenGroup {
  readonly layout: GroupLayout;
  /** What its rows have in common. */
  readonly values: string;
  totals: Totals;
}

/** More lines of carried totals than this are not carried: pages are for rows. */
const mostCarried = 6;

/** Rows of a table that its structure has in one part. */
const mostRowsOfElement = 200;

/** Room for the caption of totals; where there is less before the first one, it is above. */
const leastCaption = 60;

export class Table {
  readonly #context: TableContext;
  readonly #layout: TableLayout;
  readonly #columns: readonly Column[];
  readonly #heading: LaidBand;
  readonly #highlights: Highlights;
  readonly #details: readonly (readonly [name: string, Table])[];
  readonly #depth: number;
  readonly #hasTotals: boolean;
  /** Of a line of carried totals. */
  readonly #carriedHeight: number;
  #groups: OpenGroup[] = [];
  #total: Totals;
  #last: ReportRow | undefined;
  /** Of the table above, where this one has nothing to carry. */
  #outer: Carry | undefined;
  /** What is open of it in the document's structure, from the outermost on; the last has the rows. */
  #elements: Element[] = [];
  #rowsOfElement = 0;

  /** @param depth 0 for the root */
  constructor(context: TableContext, layout: TableLayout, depth = 0) {
    const { flow, printed, zone } = context;
    this.#context = context;
    this.#layout = layout;
    this.#depth = depth;
    this.#columns = placed(layout.columns, flow.paper.margin + points(indentMm * depth));
    this.#hasTotals = this.#columns.some(({ aggregate }) => aggregate !== undefined);
    this.#highlights = new Highlights(layout, styles.row, zone, printed);
    this.#heading = this.#laid({
      cells: this.#columns.map(({ caption, box: { fit: _, ...box } }) => ({
        ...box,
        text: caption,
        keepsWords: true,
        scope: 'Column' as const,
      })),
      style: styles.heading,
      fill: grays.heading,
    });
    this.#details = layout.details.map((detail) => [
      foldName(detail.dataset),
      new Table(context, detail, depth + 1),
    ]);
    this.#total = new Totals(this.#columns);
    const lineHeight = flow.paper.lineHeight(styles.carried);
    this.#carriedHeight = heightOf({ lineHeight }, 1);
  }

  /**
   * @param outer what a page carries where this table has nothing to carry
   * @param within what it is in, in the document's structure
   */
  begin(outer?: Carry, within?: Element): void {
    this.#total = new Totals(this.#columns);
    this.#last = undefined;
    this.#outer = outer;
    const { flow } = this.#context;
    const { root, isOn } = flow.paper.structure;
    this.#elements = [];
    if (isOn) {
      const table = (within ?? root).child('Table');
      this.#elements = [table, table.child('TBody')];
      this.#rowsOfElement = 0;
    }
    flow.beginHeading(ofElement(this.#rowElement(), this.#heading));
  }

  /** Of the next row in the document's structure. */
  #rowElement(): Element | undefined {
    const { structure } = this.#context.flow.paper;
    const [table, body] = this.#elements;
    if (table === undefined || body === undefined || !structure.isOn) return undefined;
    this.#rowsOfElement += 1;
    if (this.#rowsOfElement <= mostRowsOfElement) return body.child('TR');
    // It is held until it is closed.
    const next = table.child('TBody');
    body.close();
    this.#elements = [table, next];
    this.#rowsOfElement = 1;
    return next.child('TR');
  }

  /** @param isWithLast it stands on the page of what is above the table */
  row(row: ReportRow, isWithLast = false): void {
    const { flow, formatter } = this.#context;
    this.#changeGroups(row);
    this.#last = row;
    if (this.#hasTotals) {
      this.#total = this.#total.with(row);
      for (const group of this.#groups) group.totals = group.totals.with(row);
    }
    const lookOf = this.#highlights.of(row);
    const band = this.#laid({
      cells: this.#columns.map((column) => ({
        ...column.box,
        ...lookOf(column.key),
        text: formatter.text(row[column.key], column),
      })),
      style: styles.row,
      ruleBelow: grays.line,
      element: this.#rowElement(),
    });
    const carry = this.#carry();
    if (isWithLast) flow.putWithLast(band, carry);
    else flow.put(band, carry);
    if (row.datasets === undefined || this.#details.length === 0) return;
    let isFirst = true;
    for (const [name, table] of this.#details) {
      if (table.#nested(row.datasets, name, isFirst, carry, this)) isFirst = false;
    }
    flow.carry(carry);
  }

  /** A line across the page, for what is no row. */
  note(text: string): void {
    const { flow } = this.#context;
    const { width, margin } = flow.paper;
    const cells = [{ ...this.#across(text), width: width - 2 * margin }];
    const element = this.#rowElement();
    flow.putWithLast(this.#laid({ cells, style: styles.note, element }));
  }

  end(): void {
    this.#closeGroups(0);
    const { total } = this.#layout;
    const { flow } = this.#context;
    flow.carry(this.#outer);
    // Of a single row it would say the same again; the report's own total is looked for.
    const leastRows = this.#depth === 0 ? 1 : 2;
    if (total !== undefined && this.#hasTotals && this.#total.rows >= leastRows) {
      this.#putTotals(total, this.#total, this.#outer);
    }
    flow.endHeading();
    for (const element of this.#elements.toReversed()) element.close();
    this.#elements = [];
  }

  /**
   * The rows of this dataset that belong to a row of the dataset above.
   *
   * @param isFirst whether nothing is below that row so far
   * @returns whether there are any
   */
  #nested(
    datasets: readonly ReportDataset[],
    dataset: string,
    isFirst: boolean,
    carry: Carry | undefined,
    parent: Table,
  ): boolean {
    const items = datasets.find(({ name }) => foldName(name) === dataset)?.items ?? [];
    if (items.length === 0) return false;
    // A row of the table above, whose only cell is this one.
    const around = parent.#rowElement();
    const cell = around?.child('TD', { span: parent.#columns.length });
    this.begin(carry, cell);
    items.forEach((item, index) => {
      this.row(item, isFirst && index === 0);
    });
    this.end();
    cell?.close();
    around?.close();
    return true;
  }

  #changeGroups(row: ReportRow): void {
    const { groups } = this.#layout;
    const values = groups.map(({ fields }) =>
      JSON.stringify(fields.map((field) => row[foldName(field)])),
    );
    const changed = values.findIndex((value, index) => value !== this.#groups[index]?.values);
    if (changed === -1) return;
    this.#closeGroups(changed);
    groups.slice(changed).forEach((layout, index) => {
      const cells = [{ ...this.#across(this.#text(layout.header, row)), scope: 'Row' as const }];
      const element = this.#rowElement();
      const heading = this.#laid({ cells, style: styles.group, ruleBelow: grays.line, element });
      this.#context.flow.beginHeading(heading);
      const totals = new Totals(this.#columns);
      this.#groups.push({ layout, values: values[changed + index] ?? '', totals });
    });
  }

  /** Ends the open groups from the innermost up to the one at `depth`. */
  #closeGroups(depth: number): void {
    const { flow } = this.#context;
    while (this.#groups.length > depth) {
      const group = this.#groups.pop();
      if (group === undefined) return;
      const { layout, totals } = group;
      const carry = this.#carry();
      flow.carry(carry);
      if (layout.footer !== undefined && totals.rows > 1) {
        this.#putTotals(this.#text(layout.footer, this.#last), totals, carry);
      }
      flow.endHeading();
    }
  }

  /** On the page of the last row. The caption is before the first total, or above it. */
  #putTotals(caption: string, totals: Totals, carry: Carry | undefined): void {
    const bands = this.#totalBands(caption, totals, { style: styles.sums });
    for (const band of bands) {
      const element = this.#rowElement();
      this.#context.flow.putWithLast(this.#laid({ ...band, element }), carry);
    }
  }

  /** The totals that are printed next, as far as they have come. */
  #carry(): Carry | undefined {
    if (!this.#hasTotals) return this.#outer;
    const group = this.#groups.findLast(({ layout }) => layout.footer !== undefined);
    const caption = group?.layout.footer ?? this.#layout.total;
    const totals = group?.totals ?? this.#total;
    if (caption === undefined) return this.#outer;
    const last = this.#last;
    const linesOfOne = this.#captionIsAbove ? 2 : 1;
    const lines = totals.lineCount * linesOfOne;
    if (lines > mostCarried) return undefined;
    const mostLines = lines + totals.lineCount * this.#columns.length;
    const { carriedForward, broughtForward } = words[this.#context.language];
    const bands = (text: string) => {
      const said = text.replace('{caption}', () => this.#text(caption, last));
      return this.#totalBands(said, totals, { style: styles.carried, isOneLine: true }).map(
        (band) => this.#laid(band),
      );
    };
    return {
      headings: this.#context.flow.headings,
      most: mostLines * this.#carriedHeight,
      forward: () => bands(carriedForward),
      brought: () => bands(broughtForward),
    };
  }

  get #firstTotal(): number {
    return this.#columns.findIndex(({ aggregate }) => aggregate !== undefined);
  }

  get #captionIsAbove(): boolean {
    return this.#widthOf(this.#firstTotal) < leastCaption;
  }

  #totalBands(
    caption: string,
    totals: Totals,
    { style, isOneLine = false }: Pick<Band, 'style'> & { isOneLine?: boolean },
  ): Band[] {
    return totals.lines().flatMap((line, index) => {
      const ruleAbove = index === 0 ? { ruleAbove: grays.sums } : {};
      const look = { style, ruleBelow: grays.line };
      const fit = isOneLine ? ({ fit: 'cut' } as const) : {};
      const first = this.#firstTotal;
      const isAbove = this.#captionIsAbove;
      const start = isAbove ? 0 : first;
      const currencyColumn = this.#currencyColumn(first);
      const isSaidBefore = currencyColumn === undefined && line.currency;
      const text = isSaidBefore ? `${caption} ${line.currency}` : caption;
      const before = {
        ...this.#across(text, isAbove ? undefined : start),
        ...fit,
        scope: 'Row' as const,
      };
      const cells = this.#columns.slice(start).map((column, place) => ({
        ...column.box,
        fit: 'whole' as const,
        text:
          column === currencyColumn
            ? (line.currency ?? '')
            : this.#totalText(column, line, start + place),
      }));
      if (!isAbove) return [{ ...look, ...ruleAbove, cells: [before, ...cells] }];
      return [
        { ...look, ...ruleAbove, cells: [before] },
        { ...look, cells },
      ];
    });
  }

  /** The column that shows the totals' currency, behind the first of them. */
  #currencyColumn(first: number): Column | undefined {
    const keys = new Set(this.#columns.map(({ currencyKey }) => currencyKey));
    return this.#columns.find(
      ({ key, aggregate }, index) => index > first && aggregate === undefined && keys.has(key),
    );
  }

  #totalText(column: Column, line: TotalsLine, index: number): string {
    const value = line.values[index];
    if (value === undefined) return '';
    const { formatter, language } = this.#context;
    const { count, average } = words[language];
    if (column.aggregate === 'count') {
      return `${count}\u00a0${formatter.text(value, { format: 'integer' })}`;
    }
    if (column.aggregate === 'sum') return formatter.text(value, column);
    const { places } = column;
    return `${average}\u00a0${formatter.text(value, { format: 'decimal', places })}`;
  }

  /** A text over the first `count` columns, or all of them. */
  #across(text: string, count = this.#columns.length): Cell {
    const x = this.#columns[0]?.box.x ?? 0;
    return { x, width: this.#widthOf(count), align: 'left', text, span: count };
  }

  #widthOf(count: number): number {
    return this.#columns.slice(0, count).reduce((sum, { box }) => sum + box.width, 0);
  }

  #text(template: string, row: ReportRow | undefined): string {
    return filled(template, ({ name, format }) => {
      const key = foldName(name);
      const column = this.#columns.find((candidate) => candidate.key === key);
      const value = row?.[key];
      const plain = typeof value === 'boolean' ? ('boolean' as const) : ('text' as const);
      const own = column ?? { format: plain };
      return this.#context.formatter.text(value, format === undefined ? own : { format });
    });
  }

  #laid(band: Band): LaidBand {
    return laid(band, this.#context.flow.paper);
  }
}

/** Columns side by side from `left` on. */
function placed(columns: readonly ColumnLayout[], left: number): Column[] {
  let x = left;
  let isBehindNumber = false;
  return columns.map((column) => {
    const width = points(column.width);
    const align = column.align ?? (isNumeric(column.format) ? 'right' : 'left');
    const isWhole = column.format !== 'text' && column.format !== 'boolean';
    const inset = isBehindNumber && align !== 'right' ? numberGap : 0;
    const box = { x, width, align, inset, ...(isWhole ? { fit: 'whole' as const } : {}) };
    x += width;
    isBehindNumber = align === 'right';
    const aggregate = aggregateOf(column);
    return {
      ...column,
      key: foldName(column.field),
      aggregate,
      currencyKey: column.currency === undefined ? undefined : foldName(column.currency),
      places: column.places ?? 2,
      box,
    };
  });
}
