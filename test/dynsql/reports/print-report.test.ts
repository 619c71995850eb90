import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { padding } from '../../../shared/dynsql/reports/style.ts';
import { pdfOf, reportWith, row } from './world.ts';

const plain = { 'table.groups': [], 'table.details': [] };
const nbsp = (text: string) => text.replaceAll('_', '\u00a0');

describe('a printed report', () => {
  it('has title, heading, groups, rows, nested rows, sums, header and footer', async () => {
    const payments = (notes: string[]) => ({
      datasets: [
        {
          name: 'PAYMENTS',
          items: [
            {
              PAIDON: '2019-07-05',
              AMOUNT: 0.1,
              datasets: [{ name: 'Notes', items: notes.map((TEXT) => ({ TEXT })) }],
            },
            { PAIDON: '2019-07-06', AMOUNT: 0.2 },
          ],
        },
      ],
    });
    const { pages, fonts } = await pdfOf(reportWith(), [
      row(1, { BALANCE: 1_234_567.891 }),
      row(2, { BALANCE: -0.001, ...payments(['платёж через банк']) }),
      row(3, { SOURCE: '0c20', BALANCE: null, OWNER: null }),
      row(4, { PERIOD: '2019-08-01', SOURCE: '0c20', BALANCE: '7.5' }),
    ]);
    assert.deepEqual(
      pages.map(({ lines }) => lines),
      [
        [
          nbsp('Лицевые счета | 05.03.2024,_13:34'),
          'Лицевые счета',
          nbsp('Напечатано: | 05.03.2024,_13:34, ekonom'),
          'Счёт | Владелец | Сальдо',
          'июль 2019 г.'.replaceAll(' ', '\u00a0'),
          'Источник 0c10',
          nbsp('0c10-0000001 | Иванов 1 | 1_234_567,89'),
          '0c10-0000002 | Иванов 2 | 0,00',
          'Дата | Оплачено',
          '05.07.2019 | 0,10',
          'Заметка',
          'платёж через банк',
          '06.07.2019 | 0,20',
          'Вместе | 0,30',
          nbsp('Итого по 0c10 | 1_234_567,89'),
          'Источник 0c20',
          '0c10-0000003',
          nbsp('Итого за июль_2019_г. | 1_234_567,89'),
          nbsp('август_2019_г.'),
          'Источник 0c20',
          '0c10-0000004 | Иванов 4 | 7,50',
          nbsp('Всего | 1_234_575,39'),
          'страница 1 из | 1',
        ],
      ],
    );
    assert.deepEqual(
      fonts.map((name) => name.replace(/^[A-Z]{6}\+/, '')),
      ['DejaVuSansCondensed', 'DejaVuSansCondensed-Bold'],
    );
  });

  it('numbers its pages and repeats headings and open groups on each', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => row(index));
    const { pages } = await pdfOf(reportWith(), rows);
    const count = pages.length;
    assert.ok(count > 5 && count < 20, `${count} pages`);
    pages.forEach(({ lines, height, texts }, index) => {
      assert.equal(lines.at(-1), `страница ${index + 1} из | ${count}`);
      const heading = lines.indexOf('Счёт | Владелец | Сальдо');
      assert.equal(heading, index === 0 ? 3 : 1);
      assert.equal(lines[heading + 2], 'Источник 0c10');
      assert.ok(texts.every(({ y }) => y > 34 && y < height - 34));
    });
    const printedRows = pages.flatMap(({ lines }) => lines.filter((line) => /^0c10-/.test(line)));
    assert.equal(printedRows.length, 500);
    // 0 + 0.01 + … + 4.99
    assert.ok(pages.at(-1)?.lines.includes(nbsp('Всего | 1_247,50')));
  });

  it('never leaves a heading without what it is the heading of', async () => {
    const items = [{ PAIDON: '2019-07-05', AMOUNT: 1 }];
    for (const offset of [0, 1, 2, 3, 4]) {
      // Pages break at another place each time.
      const rows = Array.from({ length: 30 }, (_, index) =>
        row(index, {
          SOURCE: `0c${index % 7}`,
          OWNER: 'Иванов\n'.repeat(1 + ((index + offset) % 5)).trim(),
          datasets: [{ name: 'Payments', items }],
        }),
      );
      const { pages } = await pdfOf(reportWith({ 'table.groups[1].footer': undefined }), rows);
      assert.ok(pages.length > 2);
      for (const { lines } of pages) {
        assert.doesNotMatch(lines.at(-2) ?? '', /^(Дата|Источник|Счёт|июль)/);
      }
    }
  });

  it('shows moments by the clock of its readers', async () => {
    const columns = [{ field: 'Changed$DATE', caption: 'Изменён', width: 40, format: 'datetime' }];
    const edits = { ...plain, 'table.columns': columns, 'table.total': undefined };
    const changed = { CHANGED$DATE: '2020-01-14T22:05:00.000Z' };
    for (const [timezone, text] of [
      [undefined, nbsp('14.01.2020,_23:05')],
      ['Asia/Vladivostok', nbsp('15.01.2020,_08:05')],
    ]) {
      const { pages } = await pdfOf(reportWith({ ...edits, timezone }), [row(1, changed)]);
      assert.equal(pages[0]?.lines[4], text);
    }
  });

  it('repeats the heading of nested rows, too', async () => {
    const items = Array.from({ length: 200 }, () => ({ PAIDON: '2019-07-05', AMOUNT: 0.1 }));
    const { pages } = await pdfOf(reportWith(), [
      row(1, { datasets: [{ name: 'Payments', items }] }),
    ]);
    assert.ok(pages.length > 2);
    for (const { lines } of pages) assert.ok(lines.includes('Дата | Оплачено'));
    assert.ok(pages.at(-1)?.lines.includes('Вместе | 20,00'));
  });

  it('keeps a row on one page unless it is higher than a page', async () => {
    const many = (letter: string, lines: number) => Array(lines).fill(letter).join('\n');
    const rows = [
      row(1, { OWNER: many('а', 40) }),
      row(2, { OWNER: many('б', 40) }),
      row(3, { OWNER: many('в', 200) }),
      row(4),
    ];
    const { pages } = await pdfOf(reportWith(plain), rows);
    const linesWith = (letter: string) =>
      pages.map(({ texts }) => texts.filter(({ text }) => text === letter).length);
    assert.deepEqual(linesWith('а').filter(Boolean), [40]);
    assert.deepEqual(linesWith('б').filter(Boolean), [40]);
    const third = linesWith('в').filter(Boolean);
    assert.equal(third.length, 3);
    // Above its first part is what the rows before came to.
    assert.ok((third[0] ?? 0) < (third[1] ?? 0));
    assert.equal(
      third.reduce((sum, count) => sum + count, 0),
      200,
    );
    assert.ok(pages.at(-1)?.lines.some((line) => line.includes('Иванов 4')));
  });

  it('makes a number smaller that does not fit, and breaks a long word', async () => {
    const { pages } = await pdfOf(reportWith(plain), [
      row(1, { BALANCE: 123_456_789_012_345.67, OWNER: 'ы'.repeat(100) }),
    ]);
    const texts = pages[0]?.texts ?? [];
    const number = texts.find(({ text }) => text.startsWith(nbsp('123_456')));
    assert.equal(number?.text, nbsp('123_456_789_012_345,67'));
    assert.ok(number.size < 8 && number.size > 5);
    const parts = texts.filter(({ text }) => /^ы+$/.test(text)).map(({ text }) => text.length);
    assert.equal(
      parts.reduce((sum, length) => sum + length, 0),
      100,
    );
    assert.ok(parts.length > 1 && new Set(parts.slice(0, -1)).size === 1, `${parts}`);
  });

  it('has the code of what the font does not have in its place, and says so at the end', async () => {
    const { pages } = await pdfOf(reportWith(plain), [
      row(1, { OWNER: 'и\u0306 漢 א\u200d' }),
      row(2, { OWNER: '\ud800\u0001\u202e Žižka \u{1f600}\ufe0f' }),
      row(3, { OWNER: '\u{20bb7} 漢' }),
    ]);
    assert.deepEqual(pages[0]?.lines.slice(4, -1), [
      '0c10-0000001 | й [U+6F22] [U+05D0] | 0,01',
      '0c10-0000002 | \ufffd  Žižka \u{1f600} | 0,02',
      '0c10-0000003 | [U+20BB7] [U+6F22] | 0,03',
      'Всего | 0,06',
      'Вместо знаков, которых нет в шрифте, напечатаны их коды: U+6F22, U+05D0, U+20BB7',
    ]);
  });

  it('says so where there are no rows', async () => {
    const { pages } = await pdfOf(reportWith({ language: 'cs', header: {} }), []);
    assert.deepEqual(
      pages.map(({ lines }) => lines),
      [
        [
          'Лицевые счета',
          nbsp('Vytištěno: | 5._3._2024_13:34, ekonom'),
          'Счёт | Владелец | Сальдо',
          'Žádné záznamy',
          'strana 1 z | 1',
        ],
      ],
    );
  });

  it('has the page that its layout asks for', async () => {
    for (const [page, width, height] of [
      [{}, 595.275591, 841.889764],
      [{ orientation: 'landscape' }, 841.889764, 595.275591],
      [{ size: 'A3', margin: 20 }, 841.889764, 1190.551181],
    ] as const) {
      const { pages } = await pdfOf(reportWith({ ...plain, page }), [row(1)]);
      assert.deepEqual([pages[0]?.width, pages[0]?.height], [width, height]);
      const margin = 'margin' in page ? 20 : 12;
      assert.equal(pages[0]?.texts[0]?.x.toFixed(2), ((margin * 72) / 25.4).toFixed(2));
    }
  });

  it('cuts texts of a page that would run into each other', async () => {
    const long = 'слово '.repeat(30).trim();
    const header = { left: long, right: long };
    const { pages } = await pdfOf(reportWith({ ...plain, header }), [row(1)]);
    assert.match(pages[0]?.lines[0] ?? '', /^(слово )+слово… \| (слово )+слово…$/);
  });

  it('sums a first column below its caption', async () => {
    const columns = [
      { field: 'Balance', caption: 'Сальдо', width: 30, format: 'decimal', sum: true },
    ];
    const { pages } = await pdfOf(reportWith({ ...plain, 'table.columns': columns }), [row(150)]);
    assert.deepEqual(pages[0]?.lines.slice(3, -1), ['Сальдо', '1,50', 'Всего', '1,50']);
  });

  it('prints every word of every row on the page, however odd its layout', async () => {
    const words = fc.array(fc.stringMatching(/^[а-я]{1,12}$/), { minLength: 1, maxLength: 60 });
    const text = words.map((list) => list.join(' '));
    const item = fc.record({
      PAIDON: fc.constant('2019-07-05'),
      AMOUNT: fc.double({ noNaN: true }),
    });
    const rows = fc.array(
      fc.record({
        ACCOUNT: text,
        OWNER: text,
        SOURCE: fc.constantFrom('0c10', '0c20'),
        PERIOD: fc.constantFrom('2019-07-01', '2019-08-01'),
        BALANCE: fc.integer(),
        datasets: fc.array(item, { maxLength: 40 }).map((items) => [{ name: 'Payments', items }]),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const edits = fc.record({
      'page.size': fc.constantFrom('A4', 'A5'),
      'page.orientation': fc.constantFrom('portrait', 'landscape'),
      'page.margin': fc.integer({ min: 5, max: 10 }),
      'table.columns[0].width': fc.integer({ min: 8, max: 40 }),
      'table.columns[0].caption': text.map((caption) => caption.slice(0, 120)),
      'table.columns[1].width': fc.integer({ min: 8, max: 40 }),
      'table.groups[1].header': fc.constantFrom('{Source}', '{Owner}{Owner}{Account}'),
    });
    const withoutTotals = {
      'table.columns[2].sum': undefined,
      'table.groups[0].footer': undefined,
      'table.groups[1].footer': undefined,
      'table.total': undefined,
    };
    await fc.assert(
      fc.asyncProperty(rows, edits, fc.boolean(), async (list, places, hasTotals) => {
        const totals = hasTotals ? {} : withoutTotals;
        const { pages } = await pdfOf(reportWith({ page: {}, ...places, ...totals }), list);
        const margin = (places['page.margin'] * 72) / 25.4;
        for (const { texts, width, height } of pages) {
          for (const { x, y } of texts) {
            assert.ok(x >= margin - 0.01 && x <= width - margin + 0.01, `x ${x} of ${width}`);
            assert.ok(y >= margin && y <= height - margin, `y ${y} of ${height}`);
          }
        }
        // Captions of what is carried stand where the first column does.
        if (hasTotals) return;
        const bare = (part: string) => part.replace(/[^а-я]/g, '');
        const left = pages.flatMap(({ texts }) =>
          texts.filter(({ x, font }) => font === 'F1' && Math.abs(x - margin - padding.x) < 0.01),
        );
        assert.equal(
          bare(left.map((one) => one.text).join('')),
          bare(list.map(({ ACCOUNT }) => ACCOUNT).join('')),
        );
      }),
      { numRuns: 25 },
    );
  });
});
