/** Rows of a query as a PDF. */

import { setImmediate } from 'node:timers/promises';
import { unlessAborted } from '../../async/abort.ts';
import { readAsked } from './asked.ts';
import { laid } from './band.ts';
import { Flow } from './flow.ts';
import { codeOf } from './fonts.ts';
import { Formatter } from './format.ts';
import { pageTexts, putHead } from './head.ts';
import type { Language } from './layout.ts';
import { Paper } from './paper.ts';
import type { PrintJob } from './print-job.ts';
import type { Report } from './report.ts';
import { putSignatures } from './signatures.ts';
import { styles } from './style.ts';
import { type ReportRow, Table } from './table.ts';
import { words } from './words.ts';

/**
 * Prints a report as its rows come: pages are given as they fill up, and no row is taken before what
 * it fills has been. Memory holds one row with its nested ones, and 1 KB for each page.
 *
 * The first bytes come after the first row, so that a query that fails at once can still be answered
 * with an error. A failure of `rows` ends the report with it; on every way out `rows` is left.
 *
 * @param rows in the order that `reportQuery` asks for
 * @throws the signal's reason, also where `rows` is waited for
 */
export async function* printReport(
  report: Report,
  rows: AsyncIterable<ReportRow>,
  job: PrintJob,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted();
  const { layout, definition } = report;
  const { language } = layout;
  const zone = layout.timezone ?? definition.document.timezone;
  const formatter = new Formatter(language, zone);
  const asked = readAsked(job.query, definition, layout, formatter);
  const texts = pageTexts(layout, asked, job, formatter);
  const paper = await Paper.open(layout, styles.page, job);
  try {
    const flow = new Flow(paper, layout, texts);
    putHead(flow, layout, asked, texts);
    const { printed } = job;
    const table = new Table({ flow, formatter, language, zone, printed }, layout.table);
    table.begin();
    let count = 0;
    let pages = 0;
    let isCut = false;
    for await (const row of untilAborted(rows, signal)) {
      isCut = count === asked.top;
      if (isCut) break;
      count += 1;
      table.row(row);
      if (paper.pages === pages) continue;
      pages = paper.pages;
      yield paper.take() ?? new Uint8Array();
      // Rows may come from memory, and nobody else would get a turn.
      await setImmediate();
    }
    if (count === 0) table.note(words[language].noRows);
    if (isCut) table.note(words[language].cut.replace('{top}', String(count)));
    table.end();
    tellMissing(flow, language);
    putSignatures(flow, layout);
    flow.end();
    paper.end();
    const rest = paper.take();
    if (rest !== undefined) yield rest;
  } finally {
    paper.close();
  }
}

/** As many codes as are listed. */
const mostCodes = 40;

function tellMissing(flow: Flow, language: Language): void {
  const { paper } = flow;
  const codes = paper.missing.map(codeOf);
  if (codes.length === 0) return;
  const { missing, more } = words[language];
  const others = codes.length - mostCodes;
  const rest = others > 0 ? ` ${more.replace('{count}', String(others))}` : '';
  const { margin, width, structure } = paper;
  const text = `${missing}: ${codes.slice(0, mostCodes).join(', ')}${rest}`;
  const cells = [{ x: margin, width: width - 2 * margin, align: 'left' as const, text }];
  const element = structure.root.child('P');
  flow.putWithLast(laid({ cells, style: styles.note, element }, paper));
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
