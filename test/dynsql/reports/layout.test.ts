import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { LoadedDataset } from '../../../shared/dynsql/definition.ts';
import { checkQuery } from '../../../shared/dynsql/language/query.ts';
import { shippedDynsql } from '../../../shared/dynsql/language/shipped-dynsql.ts';
import { loadReport, reportQuery } from '../../../shared/dynsql/reports/report.ts';
import type { ReportRow } from '../../../shared/dynsql/reports/table.ts';
import type { Json } from '../../catalog/edited.ts';
import { definition, faultsOf, pdfOf, reportWith } from './world.ts';

const keysOfColumn =
  'field, caption, width, align, format, places, texts, sum, aggregate, currency';
const column = 'table.columns[2]';
const detail = 'table.details[0]';

/** What was wrong, the edits, the whole list of faults. */
const cases: [string, Record<string, Json | undefined>, string[]][] = [
  [
    'a misspelt key and a missing one',
    { [`${column}.widht`]: 30, [`${column}.width`]: undefined },
    [
      `${column}.width: missing; use a number of millimetres from 8 to 400`,
      `${column}.widht: not a key of a column; use ${keysOfColumn} (did you mean width?)`,
    ],
  ],
  [
    'fields that the dataset does not have',
    {
      [`${column}.field`]: 'Ballance',
      'table.groups[1].fields[0]': 'Sources',
      'table.groups[1].header': 'Источник {Sorce}',
      [`${detail}.columns[0].field`]: 'Owner',
    },
    [
      `${column}.field: "Ballance" is not a field of MAIN; use one of its 8 (did you mean Balance?)`,
      'table.groups[1].fields[0]: "Sources" is not a field of MAIN; use one of its 8 (did you mean Source?)',
      'table.groups[1].header: "Sorce" is not a field of MAIN; use one of its 8 (did you mean Source?)',
      `${detail}.columns[0].field: "Owner" is not a field of Payments; use one of its 2`,
    ],
  ],
  [
    'a format that the data type does not have',
    { [`${column}.field`]: 'Owner' },
    [`${column}.format: "decimal" is not a format of dtString; use text`],
  ],
  [
    'what its format does not take',
    {
      'table.columns[0].places': 2,
      'table.columns[0].texts': { true: 'а', false: 'б' },
      'table.columns[0].sum': true,
    },
    [
      'table.columns[0].places: not taken by the format text; leave it out or use decimal',
      'table.columns[0].texts: not taken by the format text; leave it out or use boolean',
      'table.columns[0].sum: not possible of the format text; use integer or decimal',
    ],
  ],
  [
    'totals and highlights that mean nothing',
    {
      'table.columns[0].aggregate': 'avg',
      'table.columns[1].currency': 'Sourse',
      [`${column}.aggregate`]: 'count',
      'table.highlights': [
        { when: [{ field: 'Owner', is: '<', value: 'today' }], columns: ['Ovner'], bold: true },
        { when: [{ field: 'Balanse', is: '>', value: 0 }] },
      ],
      period: 'Owner',
    },
    [
      'period: "Owner" is not a condition on dates of MAIN; use Period',
      'table.columns[0].aggregate: not possible of the format text; use integer or decimal',
      'table.columns[1].currency: "Sourse" is not a field of MAIN; use one of its 8 (did you mean Source?)',
      'table.columns[1].currency: of a column without a total; add "sum": true or leave it out',
      `${column}.sum: true beside "aggregate": "count"; leave one of them out`,
      'table.highlights[0].when[0].value: "today" is for dates, and Owner is dtString',
      'table.highlights[0].columns[0]: "Ovner" is not the field of a column; use one of Account, Owner, Balance (did you mean Owner?)',
      'table.highlights[1].when[0].field: "Balanse" is not a field of MAIN; use one of its 8 (did you mean Balance?)',
      'table.highlights[1]: changes nothing; add bold, color or fill',
    ],
  ],
  [
    'highlights and signatures of another shape',
    {
      'table.highlights': [
        { when: [], bold: 'yes', color: 'red' },
        { when: [{ field: 'Owner', is: 'below', value: null }], fill: '#ff' },
      ],
      signatures: ['a', 'b', 'c', 'd', 'e'],
      [`${column}.aggregate`]: 'max',
      company: '',
    },
    [
      'company: "" is not a company; use text of 1 to 120 characters',
      `${column}.aggregate: "max" is not an aggregate; use one of sum, count, avg`,
      'table.highlights[0].when: empty; name at least one of the comparisons',
      'table.highlights[0].bold: "yes" is not a flag; use true or false',
      'table.highlights[0].color: "red" is not a color; use #rrggbb, such as #b00020',
      'table.highlights[1].when[0].is: "below" is not a comparison; use one of <, <=, =, <>, >=, >',
      'table.highlights[1].when[0].value: null is not a value; use text of at most 200 characters, a number, true or false',
      'table.highlights[1].fill: "#ff" is not a color; use #rrggbb, such as #fff3cd',
      'signatures: too many; use up to 4',
    ],
  ],
  [
    'sums that would be printed nowhere',
    { [`${detail}.total`]: undefined },
    [`${detail}.columns[1].sum: nowhere to print it; give the table a total or a group a footer`],
  ],
  [
    'columns wider than the page',
    { 'table.columns[0].width': 100, [`${detail}.columns[0].width`]: 150.5 },
    [
      'table.columns: 190 mm wide together; the page leaves 186 mm',
      `${detail}.columns: 180.5 mm wide together; the page leaves 180 mm`,
    ],
  ],
  [
    'a dataset that is not the root, and one that is not below',
    { 'table.dataset': 'Payments', [`${detail}.dataset`]: 'Notes' },
    [
      'table.dataset: "Payments" is not the root dataset; use MAIN',
      `${detail}.dataset: "Notes" is not a dataset below MAIN; use Payments`,
    ],
  ],
  [
    'a key that the definition does not have',
    { 'table.orderby[0].id': 'Sourc', [`${detail}.orderby`]: [{ id: 'PaidOn' }] },
    [
      'table.orderby[0].id: "Sourc" is not a key of MAIN; use Source (did you mean Source?)',
      `${detail}.orderby[0].id: "PaidOn" is not a key of Payments; there is none`,
    ],
  ],
  [
    'texts with braces that mean nothing',
    {
      'table.groups[0].header': 'Месяц {Period',
      'table.groups[0].footer': '{Period:mnth}',
      'table.groups[1].header': 'Источник {}',
      'table.total': 'Всего {Source}',
      'header.left': '{titel}',
      'header.center': '{printed:date}',
      'header.right': 'из {pages} страниц',
    },
    [
      'header.left: {titel}: "titel" is not a name here; use one of title, company, period, user, printed, page, pages (did you mean title?)',
      'header.center: {printed:date}: no format is taken here; write {printed}',
      'header.right: {pages} with text after it; put {pages} at the end of the text',
      'table.groups[0].header: a brace without its partner; write {Name}',
      'table.groups[0].footer: {Period:mnth}: "mnth" is not a format; use one of integer, decimal, date, datetime, month (did you mean month?)',
      'table.groups[1].header: {} names nothing; write {Name}',
    ],
  ],
  [
    'a field in the text before the total',
    { 'table.total': 'Всего {Source}' },
    ['table.total: {Source}: no field is the same in all rows; use text without braces'],
  ],
  [
    'values that are not allowed',
    {
      id: 'w4',
      title: ' ',
      language: 'de',
      timezone: 'Prague',
      'page.size': 'A44',
      'page.margin': 100,
      'table.columns[0].format': 'dat',
      'table.columns[1].align': 'middle',
      [`${column}.places`]: 1.5,
    },
    [
      'id: "w4" is not the id of a report; use 10 characters of 0-9 and A-Z, such as W400000001',
      'title: " " is not a title; use text of 1 to 120 characters',
      'language: "de" is not a language; use one of cs, ru, en',
      'timezone: "Prague" is not a time zone; use an IANA name, such as Europe/Moscow',
      'page.size: "A44" is not a size of paper; use one of A3, A4, A5 (did you mean A4?)',
      'page.margin: 100 is not a margin; use a number of millimetres from 5 to 40',
      'table.columns[0].format: "dat" is not a format; use one of text, integer, decimal, date, datetime, month, boolean (did you mean date?)',
      'table.columns[1].align: "middle" is not an alignment; use one of left, center, right',
      `${column}.places: 1.5 is not a number of decimal places; use a whole number from 0 to 6`,
    ],
  ],
  [
    'letters that the font does not have',
    { title: 'Účty 帳', signatures: ['Составил', 'א'], 'table.total': 'Всего \u{1f9fe}' },
    ['帳 (U+5E33)', 'א (U+05D0)', '\u{1f9fe} (U+1F9FE)'].map((character, index) => {
      const place = ['title', 'signatures[1]', 'table.total'][index];
      return `${place}: has ${character}, which the font of reports does not have; write it in other letters`;
    }),
  ],
  [
    'no columns',
    { 'table.columns': [] },
    ['table.columns: empty; name at least one of the columns'],
  ],
  [
    'an unknown definition',
    { definition: 'TEST0000000000000000000002' },
    [
      'definition: "TEST0000000000000000000002" is not a definition; use TEST0000000000000000000001 (did you mean TEST0000000000000000000001?)',
    ],
  ],
];

describe('a layout', () => {
  for (const [name, edits, faults] of cases) {
    it(`is refused with ${name}`, () => {
      // Places below these have to be there before they are edited.
      const places = { page: {}, ...edits };
      assert.deepEqual(faultsOf(() => reportWith(places)).sort(), [...faults].sort());
    });
  }

  it('is refused where it is no object', () => {
    for (const value of [null, 3, 'W400000001', []]) {
      const [fault, ...others] = faultsOf(() => loadReport(value, [definition], 'x.json'));
      assert.match(fault ?? '', /^\(root\): .* is not a layout; use an object with id, title/);
      assert.deepEqual(others, []);
    }
  });

  it('finds names without regard to case', () => {
    const edits = { [`${column}.field`]: 'BALANCE', 'table.dataset': 'main' };
    assert.deepEqual(
      faultsOf(() => reportWith(edits)),
      [],
    );
  });

  it('asks for what it prints, each field once', () => {
    assert.deepEqual(reportQuery(reportWith({ 'table.groups[0].header': '{owner} {Rooms}' })), {
      select: ['Account', 'owner', 'Balance', 'Period', 'Rooms', 'Source'],
      orderby: [{ id: 'Source', ordering: 'asc' }],
      datasets: [
        { name: 'payments', select: ['PaidOn', 'Amount'], orderby: [] },
        { name: 'Notes', select: ['Text'], orderby: [] },
      ],
    });
  });
});

describe('the shipped reports', () => {
  const { reports } = shippedDynsql();

  it('are the files of catalog/reports', () => {
    const files = readdirSync(new URL('../../../catalog/reports/', import.meta.url));
    assert.equal(reports.length, files.length);
    assert.equal(new Set(reports.map(({ layout }) => layout.id)).size, files.length);
  });

  const samples: Record<string, unknown> = {
    dtstring: 'Příliš žluťoučký kůň, съешь ещё этих мягких французских булок',
    dtinteger: 12345,
    dtfloat: 1234.5,
    dtboolean: true,
    dtdate: '2019-07-01',
    dtdatetime: '2019-07-01T10:00:00.000Z',
  };
  /** Two rows of every field, with two of each dataset below. */
  const sampleRows = (dataset: LoadedDataset): ReportRow[] =>
    [1, 2].map(() => ({
      ...Object.fromEntries(
        [...dataset.fields.values()].map(({ fieldname, datatype }) => [
          fieldname.toUpperCase(),
          samples[datatype.toLowerCase()],
        ]),
      ),
      datasets: dataset.children.map((child) => ({ name: child.name, items: sampleRows(child) })),
    }));

  for (const report of reports) {
    const { layout } = report;
    it(`${layout.id} ${layout.title}: asked and printed`, async () => {
      assert.deepEqual(checkQuery(report.definition, reportQuery(report)).errors, undefined);
      const { pages } = await pdfOf(report, sampleRows(report.definition.root));
      const lines = pages.flatMap((page) => page.lines);
      assert.ok(lines.includes(layout.title));
      const text = lines.join(' ');
      for (const { caption } of layout.table.columns) {
        for (const word of caption.split(/[ -]/)) assert.ok(text.includes(word), word);
      }
      const number = { cs: '1\u00a0234,50', ru: '1\u00a0234,50', en: '1,234.50' }[layout.language];
      assert.ok(text.includes(number));
      assert.match(pages[0]?.lines.at(-1) ?? '', /^(strana 1 z|страница 1 из) \| \d$/);
    });
  }
});
