/** The client, and rows to the aggregate base, against the stand-in of ABRA Gen. */

import assert from 'node:assert/strict';
import { buffer, json, text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { startAbraGen } from 'abra-gen-server';
import { AbraGenClient } from '../../shared/abra-gen/client.ts';
import { AbraGenServers } from '../../shared/abra-gen/servers.ts';
import { QueryFault } from '../../shared/dynsql/language/query-faults.ts';
import { loadRows } from '../../shared/dynsql/rows/load-rows.ts';
import { keyFieldsOf } from '../../shared/dynsql/rows/row-key.ts';
import { queryBody } from '../../shared/dynsql/rows/row-query.ts';
import { rowQuerySchema } from '../../shared/dynsql/rows/row-query-schema.ts';
import { rowTexts } from '../../shared/dynsql/rows/row-texts.ts';
import { sqlRows } from '../../shared/dynsql/rows/sql-rows.ts';
import { startAggregateBases } from '../support/aggregate-bases.ts';
import { soon } from '../support/storage.ts';

const invoices = '40SBPEINEFD13ACM03KIU0CLP4';
const countries = '01B4XCTHYNDL3C5P00CA141B44';

const abraGen = await startAbraGen({ invoices: 600 });
const servers = new AbraGenServers({ retry: { attempts: 3, baseMs: 1, capMs: 2 } });
after(async () => {
  servers.close();
  await abraGen.close();
});

const clientOf = (name = 'demodata', password = 'supervisor') => {
  const login = { user: 'Supervisor', password, trustServerCertificate: false };
  return new AbraGenClient(
    { id: 'gen', name, address: { origin: abraGen.url, ...login } },
    servers,
  );
};
const client = clientOf();

const one = {
  select: ['ID', 'DocQueue_Code', 'Period_Code', 'OrdNumber', 'NotPaidAmount', 'DocDate$DATE'],
  where: { id: 'ID', value: '2E00000101' },
  datasets: [
    { name: 'batches', select: ['PosIndex', 'qunit', 'unitrate'] },
    { name: 'vatrates', select: ['VRVATUsageRowsCount', 'Name'] },
  ],
};
const many = {
  ...one,
  where: [
    { id: 'Firm_ID', value: ['J000000101', '7000000101', '2000000101'] },
    { id: 'SimplifiedVATDocument', value: true },
    { id: 'TradeType', value: '3;9' },
    { id: 'Rows', flags: ['WithDocumentsWithoutRows'] },
    { id: 'IntrastatCompleteKind', value: '0' },
    { id: 'DocDate', value: ['2020-11-14T12:00:00.000Z', '2020-11-14T23:00:00.000Z'] },
    { id: 'description', value: '*hello*', flags: ['CaseInsensitive'] },
    { id: 'OrdNumber', value: [3, 5] },
    { ID: 'ESLCompleteKind' },
  ],
  orderby: [{ id: 'DocDate', ordering: 'desc' }, { id: 'OrdNumber' }],
};

test('list, definition, query and report as the documentation has them', async () => {
  const list = await client.list(soon());
  assert.ok(list.some(({ id, name }) => id === countries && name === 'Země'));
  for (const { id } of list) {
    const { definition } = await client.definition(id, soon());
    assert.equal(definition.id, id);
  }
  const { contentType, body } = await client.exec(invoices, one, soon());
  assert.match(contentType, /^application\/json/);
  const answer = (await json(body)) as { name: string; items: Record<string, unknown>[] };
  assert.equal(answer.name, 'MAIN');
  assert.equal(answer.items[0]?.['DOCDATE$DATE'], '2020-10-14T22:00:00.000Z');
  const more = (await json((await client.exec(invoices, many, soon())).body)) as typeof answer;
  assert.equal(more.items.length, 2);
  const printed = await client.report(
    invoices,
    { select: 'ID', where: [{ id: 'ID', value: ['2E00000101'] }] },
    'W400000001',
    soon(),
  );
  assert.equal(printed.contentType, 'application/pdf');
  assert.match((await buffer(printed.body)).toString('latin1'), /^%PDF-[\s\S]*%%EOF\s*$/);
});

test('what ABRA Gen refuses comes with its own words', async () => {
  const wrong = clientOf('demodata', 'hush-hush').list(soon());
  await assert.rejects(wrong, { kind: 'wrong password', status: 401, said: /jméno|heslo/ });
  await assert.rejects(clientOf('nowhere').list(soon()), {
    kind: 'not found',
    status: 404,
    said: /Spojení 'nowhere' neexistuje/,
  });
  await assert.rejects(client.definition('X'.repeat(26), soon()), { status: 404 });
  await assert.rejects(client.report(invoices, { select: 'ID' }, 'NONE', soon()), {
    kind: 'not found',
    said: /Report 'NONE'/,
  });
  // Only ABRA Gen knows what its template takes.
  const odd = { select: 'ID', where: { id: 'Description', value: 'x', flags: 'Nonsense' } };
  await assert.rejects(client.exec(invoices, odd, soon()), (error: Error & { status: number }) => {
    assert.equal(error.status, 400);
    return true;
  });
  const before = abraGen.requests.count({ kind: 'exec' });
  await assert.rejects(client.exec(invoices, { select: 'OrdNumbr' }, soon()), QueryFault);
  assert.equal(abraGen.requests.count({ kind: 'exec' }), before);
});

test('troubles: passed over before the answer, told within it', async (t) => {
  t.after(() => abraGen.faults.clear());
  const query = { select: ['ID', 'OrdNumber'], datasets: [{ name: 'ROWS', select: 'PosIndex' }] };
  abraGen.faults.set({ kind: 'exec', times: 2, status: 503 });
  const whole = await text((await client.exec(invoices, query, soon())).body);
  abraGen.faults.set({ kind: 'exec', times: 1, broken: 'request' });
  assert.equal(await text((await client.exec(invoices, query, soon())).body), whole);
  for (const broken of ['cut', 'truncated'] as const) {
    abraGen.faults.set({ kind: 'exec', times: 1, broken });
    const rows = async () => {
      const { body } = await client.exec(invoices, query, soon());
      for await (const _ of rowTexts(body));
    };
    await assert.rejects(rows(), /no answer|cut off/, broken);
  }
});

test('rows of a month into the aggregate base, and what changed since', async (t) => {
  const [base] = await startAggregateBases();
  assert.ok(base);
  t.after(() => base.close());
  const target = sqlRows(base.databases, {
    database: 'ab',
    procedure: { schema: 'crude', name: 'sp_apply_dynsql_rows' },
  });
  const query = rowQuerySchema.parse({
    definition: invoices,
    select: ['ID', 'OrdNumber', 'Description', 'DocDate$DATE'],
    datasets: [{ name: 'ROWS', select: ['PosIndex'] }],
    period: { condition: 'DocDate' },
  });
  const { definition } = await client.definition(invoices, soon());
  const load = (month: number) =>
    loadRows(
      {
        set: { source: 'gen', entity: 'invoice', period: `2020-${month}`, definition: invoices },
        rows: async function* (signal) {
          const body = queryBody(query, { month, year: 2020 });
          yield* rowTexts((await client.exec(invoices, body, signal)).body);
        },
        keyFields: keyFieldsOf(definition, query.select),
        target,
        limits: { rows: 4, letters: 1_000_000 },
      },
      () => {},
      soon(),
    );
  const days = (date: string) => Date.parse(date) / 86_400_000 + 25_569;
  const counted = abraGen.database
    .prepare(
      'SELECT count(*) AS n FROM IssuedInvoices WHERE DocDate$DATE >= ? AND DocDate$DATE < ?',
    )
    .get(days('2020-10-01'), days('2020-11-01'));
  const rows = Number(counted?.['n']);
  assert.ok(rows > 4);
  assert.deepEqual(await load(10), { rows, created: rows, updated: 0, deleted: 0 });
  assert.deepEqual(await load(10), { rows, created: 0, updated: 0, deleted: 0 });
  const other = await load(11);
  assert.deepEqual([other.created, other.deleted], [other.rows, 0]);
  abraGen.database.exec("UPDATE IssuedInvoices SET Description = 'jinak' WHERE ID = '2E00000101'");
  assert.deepEqual(await load(10), { rows, created: 0, updated: 1, deleted: 0 });
  const [row] = await base.query(
    "SELECT payload FROM crude.dynsql_row WHERE row_key = '2E00000101' AND deleted = 0",
  );
  const { DESCRIPTION, datasets } = JSON.parse(String(row?.['payload']));
  assert.equal(DESCRIPTION, 'jinak');
  assert.equal(datasets[0].items.length, 4);
});
