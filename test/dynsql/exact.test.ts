/** Numbers and times from the server's columns to the client, digit for digit, and back. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { requireQuery } from '../../shared/dynsql/language/query.ts';
import { parseDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { printReport } from '../../shared/dynsql/reports/print-report.ts';
import { loadReport, reportQuery } from '../../shared/dynsql/reports/report.ts';
import { loadRows } from '../../shared/dynsql/rows/load-rows.ts';
import { keyFieldsOf } from '../../shared/dynsql/rows/row-key.ts';
import { sqlRows } from '../../shared/dynsql/rows/sql-rows.ts';
import { items, itemTexts, runQuery } from '../../shared/dynsql/run/run-query.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import { parseExact } from '../../shared/json/exact-json.ts';
import { type AggregateBase, startAggregateBases } from '../support/aggregate-bases.ts';
import { soon } from '../support/storage.ts';
import { readPdf } from './reports/pdf.ts';
import { bytesOf, never, printed } from './reports/world.ts';
import { procedure } from './rows/apply-target.ts';

const fields: Record<string, [datatype: string, type: string]> = {
  ID: ['dtInteger', 'bigint'],
  Wide: ['dtFloat', 'decimal(38, 20)'],
  Amount: ['dtFloat', 'decimal(18, 2)'],
  Paid: ['dtCurrency', 'money'],
  At: ['dtDateTime', 'datetime2(7)'],
  Moment: ['dtDateTime', 'datetimeoffset(7)'],
  Clock: ['dtTime', 'time(7)'],
};
const condition = (id: string, datatype: string, template: string, field: string) => ({
  id,
  dataset: 'MAIN',
  alias: 'A',
  datatype,
  template,
  params: `FIELD=${field}`,
});
const fragments = {
  single: '{ALIAS}.{FIELD} = {VALUE}',
  range: '{ALIAS}.{FIELD} BETWEEN {FROM} AND {TO}',
};
const definition = parseDefinition({
  id: 'TESTEXACT00000000000000001',
  name: 'Exact',
  timezone: 'Europe/Prague',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM dbo.exact A {WHERE} {ORDERBY}',
      aliases: [{ alias: 'A' }],
      uniquefields: 'ID',
      fields: Object.entries(fields).map(([fieldname, [datatype]]) => ({
        expression: `A.${fieldname}`,
        fieldname,
        datatype,
      })),
    },
  ],
  conditions: [
    condition('Wide', 'ctFloat', 'WIDE', 'Wide'),
    condition('Amount', 'ctFloat', 'AMOUNT', 'Amount'),
    condition('ID', 'ctInteger', 'ID', 'ID'),
    { ...condition('IDs', 'ctInteger', 'IDS', 'ID') },
    { ...condition('Wides', 'ctFloat', 'WIDES', 'Wide') },
  ],
  keys: [{ id: 'ID', sql: 'A.ID', dataset: 'MAIN' }],
  templates: {
    WIDE: { type: 'decimal(38,20)', ...fragments },
    AMOUNT: { type: 'decimal(18,2)', ...fragments },
    ID: { type: 'bigint', ...fragments },
    IDS: { type: 'bigint', list: '{ALIAS}.{FIELD} IN {LIST}' },
    WIDES: { type: 'decimal(38,20)', list: '{ALIAS}.{FIELD} IN {LIST}' },
  },
});

const report = loadReport(
  {
    id: 'W4EXACT001',
    title: 'Exact',
    definition: definition.id,
    language: 'cs',
    table: {
      dataset: 'MAIN',
      orderby: [{ id: 'ID' }],
      columns: [
        { field: 'ID', caption: 'Id', width: 50, format: 'integer' },
        { field: 'Amount', caption: 'Amount', width: 50, format: 'decimal', sum: true },
        { field: 'Paid', caption: 'Paid', width: 60, format: 'decimal', places: 4, sum: true },
      ],
      total: 'Total',
    },
  },
  [definition],
);

const all = { select: Object.keys(fields), orderby: { id: 'ID' } };
const rows = [
  '{"ID":9007199254740992,"WIDE":500.00000000000000000000,"AMOUNT":1234567890123456.78,"PAID":922337203685477.5807,"AT":"2019-07-01T10:34:56.1234567Z","MOMENT":"2019-07-01T22:00:00.0000001Z","CLOCK":"12:34:56.7654321"}',
  '{"ID":9007199254740993,"WIDE":123456789012345678.12345678901234567890,"AMOUNT":0.01,"PAID":-922337203685477.5807,"AT":"2019-12-31T22:59:59.9999999Z","MOMENT":"2019-12-31T22:59:59.999Z","CLOCK":"23:59:59.9999999"}',
  '{"ID":9223372036854775807,"WIDE":-0.00000000000000000001,"AMOUNT":-1234567890123456.76,"PAID":0.0001,"AT":"2019-07-01T10:00:00.000Z","MOMENT":"2019-07-01T10:00:00.000Z","CLOCK":"00:00:00"}',
];

describe('dynsql, digit for digit', () => {
  let base: AggregateBase;
  before(async () => {
    [base] = (await startAggregateBases()) as [AggregateBase];
    const columns = Object.entries(fields).map(([name, [, type]]) => `${name} ${type} NOT NULL`);
    await base.query(`CREATE TABLE dbo.exact (${columns.join(', ')})`);
    await base.query(`INSERT INTO dbo.exact VALUES
      (9007199254740992, 500, 1234567890123456.78, 922337203685477.5807, '2019-07-01T12:34:56.1234567', '2019-07-02T00:00:00.0000001+02:00', '12:34:56.7654321'),
      (9007199254740993, 123456789012345678.12345678901234567890, 0.01, -922337203685477.5807, '2019-12-31T23:59:59.9999999', '2019-12-31T23:59:59.9990000+01:00', '23:59:59.9999999'),
      (9223372036854775807, -0.00000000000000000001, -1234567890123456.76, 0.0001, '2019-07-01T12:00:00', '2019-07-01T10:00:00+00:00', '00:00:00')`);
  });
  after(() => base.close());

  const statement = (body: unknown) => buildStatement(requireQuery(definition, body));
  const answer = async (body: unknown) =>
    (await bytesOf(runQuery(statement(body), base.databases, 'ab', soon()))).toString();
  const whole = (found: readonly string[]) => `{"name":"MAIN","items":[${found.join(',')}]}`;

  it('rows are JSON numbers with all their digits, and times of seven decimals', async () => {
    assert.equal(await answer(all), whole(rows));
  });

  const conditions: [where: string, found: number[]][] = [
    ['{"id":"Wide","value":123456789012345678.12345678901234567890}', [1]],
    ['{"id":"Wide","value":"123456789012345678.12345678901234567890"}', [1]],
    ['{"id":"Wide","value":"123456789012345678.12345678901234567891"}', []],
    ['{"id":"Wide","value":500}', [0]],
    ['{"id":"Wide","value":[500.00000000000000000001,"500.00000000000000000000"]}', [0]],
    ['{"id":"Amount","value":1234567890123456.78}', [0]],
    ['{"id":"Amount","value":[1234567890123456.79, 1234567890123456.77]}', [0]],
    ['{"id":"Amount","value":"-1234567890123456.76"}', [2]],
    ['{"id":"ID","value":9007199254740993}', [1]],
    ['{"id":"ID","value":"9223372036854775807"}', [2]],
    ['{"id":"IDs","value":[9007199254740993, 9223372036854775807]}', [1, 2]],
    ['{"id":"Wides","value":[-0.00000000000000000001, 500]}', [0, 2]],
  ];
  for (const [where, found] of conditions) {
    it(`a condition's value arrives: ${where}`, async () => {
      const body = parseExact(`{"where":${where}}`) as object;
      assert.equal(await answer({ ...all, ...body }), whole(found.map((at) => rows[at] ?? '')));
    });
  }

  it('a report prints the digits, and sums them', async () => {
    const query = requireQuery(definition, reportQuery(report));
    const found = items(buildStatement(query), base.databases, 'ab', soon());
    const pdf = readPdf(await bytesOf(printReport(report, found, printed, never)));
    const lines = pdf.pages.flatMap((page) => page.lines.map((line) => line.replace(/\s/g, ' ')));
    assert.deepEqual(lines.slice(-5, -1), [
      '9 007 199 254 740 992 | 1 234 567 890 123 456,78 | 922 337 203 685 477,5807',
      '9 007 199 254 740 993 | 0,01 | -922 337 203 685 477,5807',
      '9 223 372 036 854 775 807 | -1 234 567 890 123 456,76 | 0,0001',
      'Total | 0,03 | 0,0001',
    ]);
  });

  it('rows come into the aggregate base letter for letter, told apart by every digit', async () => {
    const set = { source: 'exact', entity: 'exact', period: '', definition: definition.id };
    const target = sqlRows(base.databases, { database: 'ab', procedure });
    const done = await loadRows(
      {
        set,
        rows: (signal) => itemTexts(statement(all), base.databases, 'ab', signal),
        keyFields: keyFieldsOf(definition, all.select),
        target,
      },
      () => {},
      soon(),
    );
    assert.deepEqual([done.rows, done.created], [3, 3]);
    assert.deepEqual(
      await base.query(
        "SELECT row_key, payload FROM crude.dynsql_row WHERE source = N'exact' ORDER BY row_key",
      ),
      rows.map((payload) => ({ row_key: /\d+/.exec(payload)?.[0], payload })),
    );
    // As another session computes with them.
    assert.deepEqual(
      await base.query(`SELECT SUM(x.amount) AS amount, SUM(x.wide) AS wide, MAX(x.id) AS id
FROM crude.dynsql_row AS r CROSS APPLY OPENJSON(r.payload)
WITH (id bigint '$.ID', amount decimal(18, 2) '$.AMOUNT', wide decimal(38, 20) '$.WIDE') AS x
WHERE r.source = N'exact'`),
      [
        {
          amount: '0.03',
          wide: '123456789012346178.12345678901234567889',
          id: '9223372036854775807',
        },
      ],
    );
  });
});
