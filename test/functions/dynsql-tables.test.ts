/** Rows as CSV and XLSX over the routes, of an aggregate base and of ABRA Gen. */

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { sheetsOf } from '../dynsql/tables/hand-made.ts';
import { startConnections, type TestConnections } from '../support/dynsql-connections.ts';
import { call, type Reply, type TestApp, testApp } from './app.ts';

const countries = '01B4XCTHYNDL3C5P00CA141B44';
const accounts = 'AB01SYNCBOARDACCOUNTS00001';
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

let running: TestConnections;
let app: TestApp;
before(async () => {
  running = await startConnections();
  app = { ...testApp(), dynsql: running.connections };
});
after(() => running.close());
afterEach(() => running.abraGen.faults.clear());

const authorization = 'Bearer demo-token';

function exec(
  connection: string,
  body: unknown,
  query: Record<string, string> = {},
  headers = {},
  id = countries,
): Promise<Reply> {
  return call(app, 'dynsql_exec', {
    method: 'POST',
    params: { connection, id },
    query,
    headers: { 'content-type': 'application/json', authorization, ...headers },
    body: { string: JSON.stringify(body) },
  });
}

const byCode = { select: ['Code', 'Name'], where: { id: 'Code', value: 'CZ' } };
const nested = {
  select: ['Code', 'Name'],
  where: { id: 'Code', value: ['GB', 'CH', 'CZ'] },
  orderby: { id: 'Code' },
  datasets: { name: 'history', select: ['EUMember', 'DateOfChange$DATE'] },
};

interface Item {
  CODE: string;
  NAME: string;
  datasets: { items: { EUMEMBER: boolean; DATEOFCHANGE$DATE: string }[] }[];
}

/** The rows of the answer in JSON, as lines of values. */
async function asJson(connection: string): Promise<(string | null)[][]> {
  const { text } = await exec(connection, nested);
  assert.match(text, /"items"/);
  const items: Item[] = JSON.parse(text).items;
  return items.flatMap(({ CODE, NAME, datasets: [history] }) => {
    const lines = (history?.items ?? []).map((row) => [
      CODE,
      NAME,
      String(row.EUMEMBER),
      row.DATEOFCHANGE$DATE,
    ]);
    return lines.length > 0 ? lines : [[CODE, NAME, null, null]];
  });
}

for (const connection of ['ab', 'demodata']) {
  test(`${connection}: CSV and XLSX have what JSON has`, async () => {
    const lines = await asJson(connection);
    assert.ok(lines.length >= 4);
    const csv = await exec(connection, nested, { format: 'csv' });
    assert.equal(csv.status, 200, csv.text);
    const cell = (value: string | null) =>
      /[",]/.test(value ?? '') ? `"${value}"` : (value ?? '');
    assert.equal(
      `${csv.text}\n`,
      [['CODE', 'NAME', 'HISTORY.EUMEMBER', 'HISTORY.DATEOFCHANGE$DATE'], ...lines]
        .map((line) => `${line.map(cell).join(',')}\r\n`)
        .join(''),
    );
    const workbook = await exec(connection, nested, { format: 'xlsx' });
    assert.equal(workbook.status, 200);
    const [main, history] = sheetsOf(workbook.bytes);
    assert.deepEqual([main?.name, history?.name], ['MAIN', 'HISTORY_']);
    assert.deepEqual(
      [main?.cells['A1'], main?.cells['B1'], main?.cells['C1']],
      ['#', 'CODE', 'NAME'],
    );
    assert.equal(main?.cells['B2'], lines[0]?.[0]);
    assert.equal(history?.cells['A1'], 'MAIN.#');
    // A day, whatever the form in which it comes.
    assert.match(history?.cells['C2'] ?? '', /^[23]:\d{5}$/);
    const below = lines.filter(([, , member]) => member !== null);
    assert.equal(
      Object.keys(history?.cells ?? {}).filter((place) => place.startsWith('A')).length,
      below.length + 1,
    );
  });

  test(`${connection}: the form follows Accept, and format goes before it`, async () => {
    const cases: [accept: string | undefined, query: Record<string, string>, type: string][] = [
      [undefined, {}, 'application/json'],
      ['*/*', {}, 'application/json'],
      ['text/html,application/xhtml+xml,*/*;q=0.8', {}, 'application/json'],
      ['text/csv', {}, 'text/csv; charset=utf-8; header=present'],
      ['text/*', {}, 'text/csv; charset=utf-8; header=present'],
      ['application/json;q=0.5, text/csv', {}, 'text/csv; charset=utf-8; header=present'],
      ['application/json;q=0, */*', {}, 'text/csv; charset=utf-8; header=present'],
      [xlsx, {}, xlsx],
      ['text/html', { format: 'csv' }, 'text/csv; charset=utf-8; header=present'],
      ['application/json', { format: 'xlsx' }, xlsx],
      ['text/csv', { format: 'json' }, 'application/json'],
      [undefined, { format: 'csv', dry: 'true' }, 'application/json; charset=utf-8'],
    ];
    for (const [accept, query, type] of cases) {
      const reply = await exec(connection, byCode, query, accept === undefined ? {} : { accept });
      assert.equal(reply.status, 200, reply.text);
      assert.equal(reply.headers.get('content-type'), type, accept);
      const isFile = type.startsWith('text/csv') || type === xlsx;
      assert.equal(
        reply.headers.get('content-disposition'),
        isFile
          ? `attachment; filename="Zeme.${type === xlsx ? 'xlsx' : 'csv'}"; filename*=UTF-8''Zem%C4%9B.${type === xlsx ? 'xlsx' : 'csv'}`
          : null,
      );
    }
  });

  test(`${connection}: what does not go together is refused`, async () => {
    const cases: [query: Record<string, string>, accept: string, status: number, field: string][] =
      [
        [{ format: 'xls' }, '*/*', 400, 'format'],
        [{ format: 'CSV' }, '*/*', 400, 'format'],
        [{ format: 'csv', bom: 'yes' }, '*/*', 400, 'bom'],
        [{ bom: 'true' }, '*/*', 400, 'bom'],
        [{ format: 'xlsx', escape: 'true' }, '*/*', 400, 'escape'],
        [{ format: 'csv', report: 'W400000001' }, '*/*', 400, 'format'],
        [{}, 'text/html', 406, 'Accept'],
      ];
    for (const [query, accept, status, field] of cases) {
      const reply = await exec(connection, byCode, query, { accept });
      assert.equal(reply.status, status, reply.text);
      assert.equal(JSON.parse(reply.text).errors[0].field, field);
    }
    const wrong = await exec(connection, { select: 'x' }, { format: 'xlsx' });
    assert.equal(wrong.status, 400);
    assert.match(wrong.headers.get('content-type') ?? '', /problem\+json/);
  });

  test(`${connection}: rows are compressed, workbooks are as they are`, async () => {
    for (const [format, coding] of Object.entries({ json: 'br', csv: 'br', xlsx: null })) {
      const reply = await exec(connection, byCode, { format }, { 'accept-encoding': 'gzip, br' });
      assert.equal(reply.headers.get('content-encoding'), coding);
      assert.equal(
        reply.headers.get('vary'),
        coding === null ? 'Accept' : 'Accept, Accept-Encoding',
      );
    }
  });

  test(`${connection}: GET gives tables, too`, async () => {
    const reply = await call(app, 'dynsql_rows', {
      params: { connection, id: countries },
      query: { select: 'Code', 'where.Code': 'CZ', format: 'csv', bom: 'true' },
      headers: { authorization },
    });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.bytes.toString('latin1'), '\u00ef\u00bb\u00bfCODE\r\nCZ\r\n');
  });
}

test('numbers and days of an aggregate base are cells of their types', async () => {
  const body = {
    select: ['personal_account_id', 'account_number', 'opened_on'],
    datasets: [{ name: 'payments', select: ['payment_id', 'amount', 'payment_date'] }],
    top: 2,
  };
  const reply = await exec('ab', body, { format: 'xlsx' }, {}, accounts);
  assert.equal(reply.status, 200, reply.text);
  const [main, payments] = sheetsOf(reply.bytes);
  assert.equal(main?.name, 'MAIN');
  assert.equal(payments?.name, 'PAYMENTS');
});

test('an answer of ABRA Gen that is no rows is told before anything is sent', async () => {
  running.abraGen.faults.set({ kind: ['exec'], times: 1, broken: 'garbage' } as never);
  const reply = await exec('demodata', byCode, { format: 'xlsx' });
  assert.equal(reply.status, 502, reply.text);
});
