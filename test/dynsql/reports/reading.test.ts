/** What makes a page easy to read, and hard to read wrong. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { printReport } from '../../../shared/dynsql/reports/print-report.ts';
import { type PdfPage, readPdf, readPdfObjects } from './pdf.ts';
import { bytesOf, faultsOf, never, pdfOf, printed, reportWith, row, rowsOf } from './world.ts';

const plain = { 'table.groups': [], 'table.details': [] };
const spaces = (text: string) => text.replaceAll('\u00a0', ' ');
const linesOf = (page: PdfPage | undefined) => (page?.lines ?? []).map(spaces);
const find = (page: PdfPage | undefined, text: string) =>
  page?.texts.find((one) => spaces(one.text) === text) ?? assert.fail(`no ${text}`);

describe('the head of a report', () => {
  const head = async (edits: object, job: object) => {
    const { pages } = await pdfOf(reportWith({ ...plain, ...edits }), [row(1)], job);
    const lines = linesOf(pages[0]);
    return lines.slice(1, lines.indexOf('Счёт | Владелец | Сальдо'));
  };

  it('says whose figures these are, what was asked, and who has printed them when', async () => {
    const query = {
      where: [
        { ID: 'period', value: ['2019-07-31', '2019-07-01'] },
        { id: 'Owner', value: '*ов', flags: 'CaseInsensitive' },
        { id: 'balance', value: [1000, -5.5] },
        { id: 'Kind', value: '1;3' },
        { id: 'Closed', value: false },
        { id: 'Account', value: Array.from({ length: 15 }, (_, index) => `a${index}`) },
        { id: 'Strange', value: { from: 1 } },
      ],
      datasets: { name: 'payments', select: 'Amount', where: { id: 'PaidOn', value: 43647 } },
      top: 100,
      skip: 20,
    };
    assert.deepEqual(await head({ company: 'ООО «Дом»', period: 'Period' }, { query }), [
      'Лицевые счета',
      'Организация: | ООО «Дом»',
      'Период: | 01.07.2019 – 31.07.2019',
      'Условия: | Владелец: *ов (CaseInsensitive); Сальдо: -5,5 – 1 000; Kind: Долг, Переплата; Закрыт: нет; Счёт: a0, a1, a2, a3, a4, a5,',
      'a6, a7, a8, a9, a10, a11 и другие (3); {"id":"Strange","value":{"from":1}}',
      'Записи: | не более 100, без первых 20',
      'Напечатано: | 05.03.2024, 13:34, ekonom',
    ]);
  });

  it('says alternatives, open ranges, two of a list and what is empty in words', async () => {
    const query = {
      where: [
        {
          and: [
            { id: 'Period', value: { from: '2019-07-01' } },
            { id: 'Rooms', value: [5, 1] },
          ],
        },
        { OR: [{ id: 'Balance', value: { To: -5.5 } }, { not: { id: 'Owner', isNull: true } }] },
        {
          not: [
            { id: 'Closed', value: true },
            { id: 'Owner', value: 'x' },
          ],
        },
        { id: 'Account', value: { in: ['a', 'b'] } },
        { id: 'Rooms', value: { in: [7, 9], from: 12, to: 15 } },
        { id: 'Owner', isNull: false },
        { id: 'At', value: ['16:30', '08:00'] },
      ],
    };
    assert.deepEqual(await head({ language: 'cs', period: 'Period' }, { query }), [
      'Лицевые счета',
      'Období: | od 1. 7. 2019',
      'Podmínky: | Комнат: 1 – 5; (Сальдо: do -5,5 nebo neplatí (Владелец: nevyplněno)); neplatí (Закрыт: ano a Владелец: x); Счёт: a, b;',
      'Комнат: 7, 9 nebo 12 – 15; Владелец: vyplněno; At: 08:00 – 16:30',
      'Vytištěno: | 5. 3. 2024 13:34, ekonom',
    ]);
    const both = { where: { id: 'Period', value: { to: '2019-07-31', from: '2019-07-01' } } };
    const [, period] = await head({ period: 'Period' }, { query: both });
    assert.equal(period, 'Период: | 01.07.2019 – 31.07.2019');
    const ended = { where: { id: 'Period', value: { to: '2019-07-31' } } };
    const lines = await head({ language: 'en', period: 'Period' }, { query: ended });
    assert.equal(lines[1], 'Period: | to 31 Jul 2019');
    // Within an alternative it is no period of the report.
    const either = {
      where: {
        or: [
          { id: 'Period', value: '2019-07-31' },
          { id: 'Period', isNull: true },
        ],
      },
    };
    assert.deepEqual(
      (await head({ language: 'en', period: 'Period' }, { query: either })).slice(1, 3),
      ['Period: | not limited', 'Conditions: | (Месяц: 31 Jul 2019 or Месяц: empty)'],
    );
  });

  it('says that a period was not limited, and who it is for', async () => {
    const lines = await head({ language: 'cs', period: 'Period' }, { user: undefined });
    assert.deepEqual(lines, [
      'Лицевые счета',
      'Období: | bez omezení',
      'Vytištěno: | 5. 3. 2024 13:34',
    ]);
  });

  it('stands in the lines of every page where they name it', async () => {
    const header = { left: '{company}', center: '{period}', right: '{user}' };
    const { pages } = await pdfOf(
      reportWith({ ...plain, header, company: 'Дом', period: 'Period' }),
      Array.from({ length: 100 }, (_, index) => row(index)),
    );
    assert.ok(pages.length > 1);
    for (const page of pages) assert.equal(linesOf(page)[0], 'Дом | без ограничения | ekonom');
  });
});

describe('rows that are left out', () => {
  const print = async (top: number) => {
    const { pages } = await pdfOf(reportWith(plain), [row(100), row(200), row(300)], {
      query: { top },
    });
    return linesOf(pages[0]);
  };

  it('are told above the total', async () => {
    const lines = await print(2);
    assert.deepEqual(lines.slice(-5, -1), [
      '0c10-0000100 | Иванов 100 | 1,00',
      '0c10-0000200 | Иванов 200 | 2,00',
      'Напечатаны только первые записи: 2. Остальных здесь нет, и в итоги они не входят.',
      'Всего | 3,00',
    ]);
    assert.ok(lines.includes('Записи: | не более 2'));
  });

  it('are not told where there are none', async () => {
    const lines = await print(3);
    assert.ok(lines.includes('Всего | 6,00'));
    assert.ok(!lines.some((line) => line.startsWith('Напечатаны только')));
  });
});

describe('a page', () => {
  it('has room between a number and the text on its right', async () => {
    const columns = [
      { field: 'Balance', caption: 'Сальдо', width: 30, format: 'decimal' },
      { field: 'Owner', caption: 'Владелец', width: 60 },
    ];
    const edits = { ...plain, 'table.columns': columns, 'table.total': undefined };
    const { pages } = await pdfOf(reportWith(edits), [row(1)]);
    const end = ((12 + 30) * 72) / 25.4;
    for (const text of ['Иванов 1', 'Владелец']) {
      const { x } = find(pages[0], text);
      assert.ok(x - end >= 7, `${x - end}`);
    }
  });

  it('breaks neither numbers nor what belongs to them', async () => {
    const OWNER = 'оплата по счёту 1 234 567,50 руб. за 54,2 м² и 40702810900000005555 ';
    for (const width of [24, 30, 36, 50]) {
      const { pages } = await pdfOf(reportWith({ ...plain, 'table.columns[1].width': width }), [
        row(1, { OWNER: OWNER.repeat(3) }),
      ]);
      const texts = pages.flatMap((page) => page.texts.map(({ text }) => spaces(text)));
      const count = (part: string) => texts.filter((text) => text.includes(part)).length;
      for (const part of ['1 234 567,50', '54,2 м²', '40702810900000005555']) {
        assert.equal(count(part), 3, `${part} in ${width} mm`);
      }
    }
  });

  it('gives a number that would be too small a line of its own', async () => {
    const edits = { ...plain, 'table.columns[2].width': 12, 'table.columns[0].width': 8 };
    const numbers = ['-123456789012345678901234.56', '-987654321098765432109876.54'];
    const { pages } = await pdfOf(
      reportWith(edits),
      numbers.map((BALANCE, index) => row(index, { ACCOUNT: 'a', BALANCE })),
    );
    for (const text of [
      '-123 456 789 012 345 678 901 234,56',
      '-987 654 321 098 765 432 109 876,54',
    ]) {
      const number = find(pages[0], text);
      assert.equal(number.size, 8);
      assert.ok(pages[0]?.texts.every((one) => one === number || one.y !== number.y));
      assert.ok(number.x > (12 * 72) / 25.4);
    }
    assert.ok(linesOf(pages[0]).includes('-1 111 111 110 111 111 111 011 111,10'));
  });

  it('makes the words of a heading smaller before it breaks them', async () => {
    const edits = {
      ...plain,
      'table.columns[2].caption': 'Задолженность',
      'table.columns[2].width': 18,
    };
    const { pages } = await pdfOf(reportWith(edits), [row(1)]);
    const { size } = find(pages[0], 'Задолженность');
    assert.ok(size < 8 && size >= 5, `${size}`);
  });

  it('shows rows as its highlights say', async () => {
    const highlights = [
      { when: [{ field: 'Balance', is: '<', value: 0 }], columns: ['Balance'], color: '#b00020' },
      {
        when: [
          { field: 'Period', is: '<', value: 'today' },
          { field: 'Closed', is: '<>', value: true },
        ],
        bold: true,
      },
    ];
    const { pages } = await pdfOf(reportWith({ ...plain, 'table.highlights': highlights }), [
      row(1, { BALANCE: -5, PERIOD: '2024-03-05', CLOSED: false }),
      row(2, { BALANCE: 6, PERIOD: '2024-03-04', CLOSED: false }),
      row(3, { BALANCE: 7, PERIOD: '2024-03-04', CLOSED: true }),
      row(4, { BALANCE: null, PERIOD: null, CLOSED: null }),
    ]);
    const look = (text: string) => {
      const { font, color } = find(pages[0], text);
      return [font, color];
    };
    assert.deepEqual(['-5,00', 'Иванов 1', '6,00', 'Иванов 2', 'Иванов 3', 'Иванов 4'].map(look), [
      ['F1', '0.69 0 0.125'],
      ['F1', undefined],
      ['F2', undefined],
      ['F2', undefined],
      ['F1', undefined],
      ['F1', undefined],
    ]);
  });

  it('has lines to sign on below the last total', async () => {
    const signatures = ['Составил', 'Проверил'];
    for (const count of [40, 44, 45, 46, 47]) {
      const rows = Array.from({ length: count }, (_, index) => row(index));
      const { pages } = await pdfOf(reportWith({ ...plain, signatures }), rows);
      const lines = linesOf(pages.at(-1));
      const total = lines.findIndex((line) => line.startsWith('Всего'));
      assert.equal(lines[total + 1], 'Составил | Проверил');
      assert.match(lines[total - 1] ?? '', /^0c10-/);
    }
  });
});

describe('a logo', () => {
  const chunk = (type: string, body: Buffer) => {
    const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    check.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, check]);
  };
  /** Of one colour; `colors` is PNG's colour type. */
  const png = (width: number, height: number, colors = 2, channels = 3, interlaced = 0) => {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, colors, 0, 0, interlaced], 8);
    return Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.alloc(height * (1 + width * channels)))),
      chunk('IEND', Buffer.alloc(0)),
    ]);
  };
  const layout = (bytes: Buffer, height = 12) => ({
    ...plain,
    logo: { image: `data:image/png;base64,${bytes.toString('base64')}`, height, alt: 'Дом' },
  });

  it('stands at the right margin beside the head, with its text', async () => {
    const report = reportWith(layout(png(30, 10), 20));
    const bytes = await bytesOf(printReport(report, rowsOf([row(1)]), printed, never));
    const { contents, dictionary } = readPdfObjects(bytes);
    const [, mark, width, height, x, y] =
      /\/Figure <<\/MCID (\d+)>> BDC\nq\n(\S+) 0 0 -?(\S+) (\S+) (\S+) cm\n\/I1 Do\nQ\nEMC/.exec(
        contents[0] ?? '',
      ) ?? [];
    assert.equal(mark, '0');
    const mm = (points: string | undefined) => Math.round((Number(points) * 254) / 72) / 10;
    assert.deepEqual([mm(width), mm(height), mm(x)], [60, 20, 210 - 12 - 60]);
    assert.ok(Number(y) > 0);
    const figure = Array.from({ length: 20 }, (_, id) => dictionary(id + 1)).find((text) =>
      text.includes('/S /Figure'),
    );
    assert.match(figure ?? '', /\/Alt \(/);
    const [page] = readPdf(bytes).pages;
    assert.ok(find(page, 'Счёт').y > Number(y), 'the table is below it');
  });

  const cases: [string, Buffer, string][] = [
    [
      'that is cut off',
      png(30, 10).subarray(0, 60),
      'logo.image: is no whole PNG or JPEG; save it again',
    ],
    [
      'of other bytes',
      Buffer.from('hello world'),
      'logo.image: is no whole PNG or JPEG; save it again',
    ],
    [
      'with transparency',
      png(30, 10, 6, 4),
      'logo.image: is a PNG with transparency; save it without',
    ],
    [
      'that is interlaced',
      png(30, 10, 2, 3, 1),
      'logo.image: is an interlaced PNG; save it without',
    ],
    ['of too many pixels', png(4001, 1), 'logo.image: is 4001 by 1 pixels; use 1 to 4000 of each'],
    [
      'that is too wide',
      png(100, 10),
      'logo.height: makes it 120 mm wide; half of the page is 93 mm',
    ],
  ];
  for (const [name, bytes, fault] of cases) {
    it(`${name} is refused`, () => {
      assert.deepEqual(
        faultsOf(() => reportWith(layout(bytes))),
        [fault],
      );
    });
  }
});
