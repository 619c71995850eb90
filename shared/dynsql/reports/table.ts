/** The rows of a dataset as a table: headings, groups, sums, and the tables nested in its rows. */

import { type Band, type Cell, type LaidBand, laid } from './band.ts';
import { isNumeric } from './check.ts';
import type { Flow } from './flow.ts';
import type { Formatter } from './format.ts';
import type { ColumnLayout, GroupLayout, TableLayout } from './layout.ts';
import { filled } from './layout-template.ts';
import { indentMm, points } from './page-size.ts';
import { grays, styles } from './style.ts';
import { Sum } from './sum.ts';

/** A row as an answer has it: fields by their names in upper case, nested rows below `datasets`. */
export interface ReportRow {
  readonly [field: string]: unknown;
  readonly datasets?: readonly ReportDataset[];
}
export interface ReportDataset {
  readonly name: string;
  readonly items: readonly ReportRow[];
}

interface Column extends ColumnLayout {
  /** In a row. */
  readonly key: string;
  readonly box: Pick<Cell, 'x' | 'width' | 'align' | 'isWhole'>;
}

interface OpenGroup {
  readonly layout: GroupLayout;
  /** What its rows have in common. */
  readonly values: string;
  readonly sums: Sum[];
}

export class Table {
  readonly #flow: Flow;
  readonly #layout: TableLayout;
  readonly #formatter: Formatter;
  readonly #columns: readonly Column[];
  readonly #heading: LaidBand;
  readonly #details: readonly (readonly [name: string, Table])[];
  #groups: OpenGroup[] = [];
  #total: Sum[] = [];
  #last: ReportRow | undefined;

  /** @param depth 0 for the root */
  constructor(flow: Flow, layout: TableLayout, formatter: Formatter, depth = 0) {
    this.#flow = flow;
    this.#layout = layout;
    this.#formatter = formatter;
    this.#columns = placed(layout.columns, flow.paper.margin + points(indentMm * depth));
    this.#heading = this.#laid({
      cells: this.#columns.map(({ caption, box }) => ({ ...box, isWhole: false, text: caption })),
      style: styles.heading,
      fill: grays.heading,
    });
    this.#details = layout.details.map((detail) => [
      detail.dataset.toLowerCase(),
      new Table(flow, detail, formatter, depth + 1),
    ]);
  }

  begin(): void {
    this.#total = this.#newSums();
    this.#last = undefined;
    this.#flow.beginHeading(this.#heading);
  }

  row(row: ReportRow): void {
    this.#changeGroups(row);
    this.#last = row;
    this.#flow.put(
      this.#laid({
        cells: this.#columns.map((column) => ({
          ...column.box,
          text: this.#formatter.text(row[column.key], column),
        })),
        style: styles.row,
        ruleBelow: grays.line,
      }),
    );
    for (const sums of [this.#total, ...this.#groups.map((group) => group.sums)]) {
      this.#columns.forEach(({ key, sum }, index) => {
        if (sum) sums[index]?.add(row[key]);
      });
    }
    for (const [name, table] of this.#details) table.#nested(row, name);
  }

  /** A line across the table, for what is no row. */
  note(text: string): void {
    this.#flow.put(this.#laid({ cells: [this.#across(text)], style: styles.row }));
  }

  end(): void {
    this.#closeGroups(0);
    const { total } = this.#layout;
    if (total !== undefined) this.#sums(total, this.#total);
    this.#flow.endHeading();
  }

  /** The rows of this dataset that belong to a row of the dataset above. */
  #nested(parent: ReportRow, name: string): void {
    const items = parent.datasets?.find((dataset) => dataset.name.toLowerCase() === name)?.items;
    if (items === undefined || items.length === 0) return;
    this.begin();
    for (const item of items) this.row(item);
    this.end();
  }

  #changeGroups(row: ReportRow): void {
    const { groups } = this.#layout;
    const values = groups.map(({ fields }) =>
      JSON.stringify(fields.map((field) => row[field.toUpperCase()])),
    );
    const changed = values.findIndex((value, index) => value !== this.#groups[index]?.values);
    if (changed === -1) return;
    this.#closeGroups(changed);
    groups.slice(changed).forEach((layout, index) => {
      const cells = [this.#across(this.#text(layout.header, row))];
      this.#flow.beginHeading(this.#laid({ cells, style: styles.group, ruleBelow: grays.line }));
      const sums = this.#newSums();
      this.#groups.push({ layout, values: values[changed + index] ?? '', sums });
    });
  }

  /** Ends the open groups from the innermost up to the one at `depth`. */
  #closeGroups(depth: number): void {
    for (const { layout, sums } of this.#groups.slice(depth).reverse()) {
      if (layout.footer !== undefined) this.#sums(this.#text(layout.footer, this.#last), sums);
      this.#flow.endHeading();
    }
    this.#groups = this.#groups.slice(0, depth);
  }

  /** The caption before the first sum, or above it where the first column is summed. */
  #sums(caption: string, sums: readonly Sum[]): void {
    const first = this.#columns.findIndex(({ sum }) => sum);
    const isAbove = first <= 0;
    const line = { style: styles.sums, ruleBelow: grays.line };
    const before = this.#across(caption, isAbove ? undefined : first);
    const cells = this.#columns.slice(Math.max(0, first)).map((column, index) => {
      const sum = column.sum ? String(sums[Math.max(0, first) + index]) : undefined;
      return { ...column.box, text: this.#formatter.text(sum, column) };
    });
    if (!isAbove) {
      this.#flow.put(this.#laid({ ...line, cells: [before, ...cells], ruleAbove: grays.sums }));
      return;
    }
    const above = this.#laid({ ...line, cells: [before], ruleAbove: grays.sums });
    this.#flow.put(above);
    if (first === 0) this.#flow.put(this.#laid({ ...line, cells }));
  }

  /** A text over the first `count` columns, or all of them. */
  #across(text: string, count = this.#columns.length): Cell {
    const x = this.#columns[0]?.box.x ?? 0;
    const width = this.#columns.slice(0, count).reduce((sum, { box }) => sum + box.width, 0);
    return { x, width, align: 'left', text };
  }

  #text(template: string, row: ReportRow | undefined): string {
    return filled(template, ({ name, format }) => {
      const key = name.toUpperCase();
      const column = this.#columns.find((candidate) => candidate.key === key);
      const own = column ?? { format: 'text' as const };
      return this.#formatter.text(row?.[key], format === undefined ? own : { format });
    });
  }

  #newSums(): Sum[] {
    return this.#columns.map(() => new Sum());
  }

  #laid(band: Band): LaidBand {
    return laid(band, this.#flow.paper);
  }
}

/** Columns side by side from `left` on. */
function placed(columns: readonly ColumnLayout[], left: number): Column[] {
  let x = left;
  return columns.map((column) => {
    const width = points(column.width);
    const align = column.align ?? (isNumeric(column.format) ? 'right' : 'left');
    const isWhole = column.format !== 'text' && column.format !== 'boolean';
    const box = { x, width, align, isWhole };
    x += width;
    return { ...column, key: column.field.toUpperCase(), box };
  });
}
