import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReportRow } from '../../../shared/dynsql/reports/table.ts';
import type { Json } from '../../catalog/edited.ts';
import type { PdfPage } from './pdf.ts';
import { pdfOf, reportWith, row } from './world.ts';

const plain = { 'table.groups': [], 'table.details': [] };
/** Pages of some twenty lines. */
const small = { page: { size: 'A5', orientation: 'landscape', margin: 12 } };
const spaces = (text: string) => text.replaceAll('\u00a0', ' ');
const linesOf = ({ lines }: PdfPage) => lines.map(spaces);
const isRow = (line: string) => /^0c10-/.test(line);
const amountOf = (line: string | undefined) =>
  Number(line?.split(' | ').at(-1)?.replaceAll(' ', '').replace(',', '.'));

async function printedLines(
  edits: Record<string, Json | undefined>,
  rows: readonly ReportRow[],
): Promise<string[][]> {
  const { pages } = await pdfOf(reportWith({ ...small, ...edits }), rows);
  return pages.map(linesOf);
}

describe('totals on pages', () => {
  it('stand below a row of theirs, wherever the page ends', async () => {
    for (const count of [26, 27, 29, 31, 33, 34, 36]) {
      const rows = Array.from({ length: count }, (_, index) =>
        row(index, {
          SOURCE: `0c${Math.floor(index / 7)}`,
          PERIOD: `2019-0${1 + Math.floor(index / 14)}-01`,
          datasets:
            index % 3 === 0
              ? [{ name: 'Payments', items: [{ AMOUNT: 1 }, { AMOUNT: 2 }].slice(index % 2) }]
              : [],
        }),
      );
      for (const lines of await printedLines({}, rows)) {
        const total = lines.findIndex((line) => /^(Итого|Всего|Вместе)/.test(line));
        const first = lines.findIndex((line) => isRow(line) || /^\d\d\.|^[12],00$/.test(line));
        assert.ok(total === -1 || (first !== -1 && first < total), lines.join('\n'));
      }
    }
  });

  it('are carried from page to page, and come to the same', async () => {
    const rows = Array.from({ length: 120 }, (_, index) =>
      row(index, { SOURCE: index < 70 ? '0c10' : '0c20' }),
    );
    const pages = await printedLines({ 'table.details': [] }, rows);
    assert.ok(pages.length > 4);
    let group = '';
    let sum = 0;
    let carried: number | undefined;
    for (const [index, lines] of pages.entries()) {
      for (const line of lines) {
        if (line.startsWith('Перенос: ')) {
          assert.equal(amountOf(line), carried);
          assert.equal(line.split(' | ')[0], `Перенос: ${group}`);
        } else if (line.startsWith('К переносу: ')) {
          carried = amountOf(line);
          assert.equal(carried, Math.round(sum * 100) / 100);
          group = line.split(' | ')[0]?.slice('К переносу: '.length) ?? '';
          assert.match(group, /^Итого по 0c[12]0$/);
        } else if (isRow(line)) {
          sum += amountOf(line);
        } else if (line.startsWith('Итого по')) {
          assert.equal(amountOf(line), Math.round(sum * 100) / 100);
          sum = 0;
        }
      }
      const isLast = index === pages.length - 1;
      assert.equal(
        lines.some((line) => line.startsWith('К переносу')),
        !isLast,
      );
      assert.equal(
        lines.some((line) => line.startsWith('Перенос')),
        index > 0,
      );
    }
  });

  it('of the table above are carried above the headings of nested rows', async () => {
    const items = Array.from({ length: 40 }, () => ({ PAIDON: '2019-07-05' }));
    const edits = {
      'table.details[0].columns[1].sum': undefined,
      'table.details[0].total': undefined,
    };
    const pages = await printedLines({ ...edits, 'table.groups': [] }, [
      row(150, { datasets: [{ name: 'Payments', items }] }),
      row(1),
    ]);
    const second = pages[1] ?? [];
    const at = (start: string) => second.findIndex((line) => line.startsWith(start));
    assert.ok(at('Счёт') < at('Перенос: Всего | 1,50') && at('Перенос') < at('Дата'), `${second}`);
  });

  it('are not said again after a single row, but for those of the report', async () => {
    const datasets = [{ name: 'Payments', items: [{ AMOUNT: 5 }] }];
    const [lines = []] = await printedLines({}, [
      row(1, { SOURCE: '0c10', PERIOD: '2019-01-01', datasets }),
      row(2, { SOURCE: '0c20', PERIOD: '2019-01-01' }),
    ]);
    const totals = lines.filter((line) => /^(Итого|Всего|Вместе)/.test(line));
    assert.deepEqual(totals, ['Итого за январь 2019 г. | 0,03', 'Всего | 0,03']);
  });

  const columns = [
    { field: 'Account', caption: 'Счёт', width: 30 },
    { field: 'Owner', caption: 'Владелец', width: 30, aggregate: 'count' },
    {
      field: 'Balance',
      caption: 'Сальдо',
      width: 30,
      format: 'decimal',
      sum: true,
      currency: 'Source',
    },
    { field: 'Source', caption: 'Валюта', width: 20 },
    { field: 'Rooms', caption: 'Комнат', width: 30, format: 'integer', aggregate: 'avg' },
  ];
  const money = [
    row(1, { SOURCE: 'EUR', BALANCE: 1, ROOMS: 1 }),
    row(2, { SOURCE: 'CZK', BALANCE: '100.10', ROOMS: 2 }),
    row(3, { SOURCE: 'CZK', BALANCE: 200, OWNER: null, ROOMS: null }),
  ];

  it('have a line for each currency, with counts and averages in the first', async () => {
    const [lines = []] = await printedLines({ ...plain, 'table.columns': columns }, money);
    assert.deepEqual(lines.slice(-3, -1), [
      'Всего | кол-во 2 | 300,10 | CZK | среднее 1,50',
      'Всего | 1,00 | EUR',
    ]);
  });

  it('say their currency where no column does', async () => {
    const edits = {
      ...plain,
      'table.columns': columns.filter(({ field }) => field !== 'Source' && field !== 'Owner'),
      'table.columns[0].width': 60,
    };
    const [lines = []] = await printedLines(edits, money);
    assert.deepEqual(lines.slice(-3, -1), [
      'Всего CZK | 300,10 | среднее 1,50',
      'Всего EUR | 1,00',
    ]);
  });

  it('have their caption above where there is no room before them', async () => {
    const narrow = { ...plain, 'table.columns[0].width': 8, 'table.columns[1]': columns[2] };
    const [lines = []] = await printedLines({ ...narrow, 'table.columns[2]': undefined }, money);
    assert.deepEqual(lines.slice(-5, -1), ['Всего CZK', '300,10', 'Всего EUR', '1,00']);
  });
});
