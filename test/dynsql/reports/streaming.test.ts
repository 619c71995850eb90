import assert from 'node:assert/strict';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { printReport } from '../../../shared/dynsql/reports/print-report.ts';
import type { ReportRow } from '../../../shared/dynsql/reports/table.ts';
import { readPdf } from './pdf.ts';
import { bytesOf, never, pdfOf, printed, reportWith, row, rowsOf } from './world.ts';

const report = reportWith({ 'table.details': [] });

/** Rows that are counted as they are taken, and that tell when they are left. */
function countedRows(count: number) {
  const state = { taken: 0, left: false };
  async function* rows(): AsyncGenerator<ReportRow> {
    try {
      for (let index = 0; index < count; index++) {
        state.taken += 1;
        yield row(index);
      }
    } finally {
      state.left = true;
    }
  }
  return { state, rows: rows() };
}

describe('printing as rows come', () => {
  it('takes no more rows than fill the pages that were taken', async () => {
    const { state, rows } = countedRows(100_000);
    const chunks = printReport(report, rows, printed, never);
    await chunks.next();
    const takenByPage: number[] = [];
    for (let page = 0; page < 5; page++) {
      await chunks.next();
      takenByPage.push(state.taken);
    }
    const steps = takenByPage.slice(1).map((taken, index) => taken - (takenByPage[index] ?? 0));
    assert.ok(
      steps.every((step) => step > 20 && step < 80),
      `rows a page: ${steps}`,
    );
    assert.equal(state.left, false);
    await chunks.return();
    assert.equal(state.left, true);
  });

  it('waits for a slow reader of its stream', async () => {
    const { state, rows } = countedRows(100_000);
    const started = Promise.withResolvers<void>();
    const stop = new AbortController();
    const stuck = new Writable({ highWaterMark: 1, write: () => started.resolve() });
    const body = Readable.from(printReport(report, rows, printed, stop.signal));
    const done = pipeline(body, stuck);
    await started.promise;
    // A page takes a turn of the event loop, so many turns without one mean that it stands.
    for (let turns = 0, taken = -1; turns < 50; turns += 1) {
      if (state.taken !== taken) turns = 0;
      taken = state.taken;
      await setImmediate();
    }
    assert.ok(state.taken < 2_500, `${state.taken} rows`);
    stuck.destroy(new Error('hung up'));
    await assert.rejects(done, /hung up/);
    while (!state.left) await setImmediate();
  });

  it('does not keep the pages that were taken', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heapAt = new Map<number, number>();
    let page = 0;
    // Every row has words that no other has, which a cache of words would keep.
    const { rows } = countedRows(9_000);
    for await (const _ of printReport(report, rows, printed, never)) {
      page += 1;
      if (page !== 30 && page !== 150) continue;
      collect();
      heapAt.set(page, process.memoryUsage().heapUsed);
    }
    assert.ok(page > 150, `${page} pages`);
    const growth = (heapAt.get(150) ?? 0) - (heapAt.get(30) ?? 0);
    assert.ok(growth < 4e6, `${(growth / 120 / 1e3).toFixed(1)} KB a page`);
  });

  it('gives no byte before the first row, so that a query may still fail', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has one
    async function* failing(): AsyncGenerator<ReportRow> {
      throw new Error('Invalid object name');
    }
    const chunks = printReport(report, failing(), printed, never);
    await assert.rejects(chunks.next(), /Invalid object name/);
  });

  it('ends with the failure of its rows', async () => {
    async function* failing(): AsyncGenerator<ReportRow> {
      for (let index = 0; index < 200; index++) yield row(index);
      throw new Error('Connection lost');
    }
    const taken: Uint8Array[] = [];
    const print = async () => {
      for await (const chunk of printReport(report, failing(), printed, never)) taken.push(chunk);
    };
    await assert.rejects(print(), /Connection lost/);
    assert.ok(taken.length > 1);
    assert.doesNotMatch(Buffer.concat(taken).toString('latin1'), /%%EOF/);
  });

  it('writes the same whether rows come at once or one by one', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => row(index));
    async function* slow(): AsyncGenerator<ReportRow> {
      for (const one of rows) {
        await setImmediate();
        yield one;
      }
    }
    const pdf = readPdf(await bytesOf(printReport(report, slow(), printed, never)));
    assert.deepEqual(pdf, await pdfOf(report, rows));
  });

  it('can print several reports side by side', async () => {
    const sets = [1, 2, 3].map((set) => Array.from({ length: 60 * set }, (_, index) => row(index)));
    const alone = await Promise.all(
      sets.map(async (rows) => bytesOf(printReport(report, rowsOf(rows), printed, never))),
    );
    for (const [index, rows] of sets.entries()) {
      assert.deepEqual(readPdf(alone[index] ?? Buffer.alloc(0)), await pdfOf(report, rows));
    }
  });
});

describe('printing that is aborted', () => {
  const reason = new Error('the client went away');

  it('does not begin', async () => {
    const { state, rows } = countedRows(10);
    const chunks = printReport(report, rows, printed, AbortSignal.abort(reason));
    await assert.rejects(chunks.next(), reason);
    assert.equal(state.taken, 0);
  });

  it('ends between two rows', async () => {
    const { state, rows } = countedRows(100_000);
    const stop = new AbortController();
    const chunks = printReport(report, rows, printed, stop.signal);
    await chunks.next();
    await chunks.next();
    stop.abort(reason);
    await assert.rejects(chunks.next(), reason);
    assert.equal(state.left, true);
    assert.ok(state.taken < 200);
  });

  it('ends while a row is waited for that never comes', async () => {
    const stop = new AbortController();
    let isLeft = false;
    const asked = Promise.withResolvers<void>();
    const stuck: AsyncIterable<ReportRow> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked.resolve();
          return new Promise(() => undefined);
        },
        return: () => {
          isLeft = true;
          return new Promise(() => undefined);
        },
      }),
    };
    const first = printReport(report, stuck, printed, stop.signal).next();
    await asked.promise;
    stop.abort(reason);
    await assert.rejects(first, reason);
    assert.equal(isLeft, true);
  });
});
