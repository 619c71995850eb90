/** Rows of a query as a PDF. */

import { setImmediate } from 'node:timers/promises';
import { unlessAborted } from '../../async/abort.ts';
import { laid } from './band.ts';
import { Flow } from './flow.ts';
import { Formatter, words } from './format.ts';
import { Paper } from './paper.ts';
import type { Report } from './report.ts';
import { styles } from './style.ts';
import { type ReportRow, Table } from './table.ts';

/**
 * Prints a report as its rows come: pages are given as they fill up, and no row is taken before what
 * it fills has been. Memory holds one row with its nested ones, and 1 KB for each page.
 *
 * The first bytes come after the first row, so that a query that fails at once can still be answered
 * with an error. A failure of `rows` ends the report with it; on every way out `rows` is left.
 *
 * @param rows in the order that `reportQuery` asks for
 * @param printed when, for headers, footers and the file's properties
 * @throws the signal's reason, also where `rows` is waited for
 */
export async function* printReport(
  report: Report,
  rows: AsyncIterable<ReportRow>,
  printed: Date,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted();
  const { layout, definition } = report;
  const zone = layout.timezone ?? definition.document.timezone;
  const formatter = new Formatter(layout.language, zone);
  const paper = await Paper.open(layout, styles.page, printed);
  try {
    const flow = new Flow(paper, layout, formatter, printed);
    flow.newPage();
    const table = new Table(flow, layout.table, formatter);
    const { margin, width } = paper;
    const title = { text: layout.title, x: margin, width: width - 2 * margin } as const;
    flow.put(laid({ cells: [{ ...title, align: 'left' }], style: styles.title }, paper));
    table.begin();
    let isEmpty = true;
    for await (const row of untilAborted(rows, signal)) {
      isEmpty = false;
      table.row(row);
      const written = paper.take();
      if (written === undefined) continue;
      yield written;
      // Rows may come from memory, and nobody else would get a turn.
      await setImmediate();
    }
    if (isEmpty) table.note(words[layout.language].noRows);
    table.end();
    paper.end();
    const rest = paper.take();
    if (rest !== undefined) yield rest;
  } finally {
    paper.close();
  }
}

/** The same items until the signal; `items` is told that no more are wanted. */
async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal) {
  const iterator = items[Symbol.asyncIterator]();
  try {
    while (true) {
      signal.throwIfAborted();
      const next = await unlessAborted(iterator.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    const left = Promise.resolve(iterator.return?.());
    // A source that is stuck does not hear of it before its next row.
    if (signal.aborted) left.catch(() => undefined);
    else await left;
  }
}
