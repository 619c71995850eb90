/** dynsql on the whole system: the manual's examples, both connections, rows as a data source. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { standInAt, withDatabase } from '../../demo/billing/connections.ts';
import { Databases } from '../../shared/database/databases.ts';
import queries from '../dynsql/fixtures/queries-of-the-manual.json' with { type: 'json' };
import { type OneMachine, oneMachine, type Reply } from '../support/one-machine.ts';
import { soon } from '../support/storage.ts';

const countries = '01B4XCTHYNDL3C5P00CA141B44';
const invoices = '40SBPEINEFD13ACM03KIU0CLP4';

let machine: OneMachine;
let base: Databases;
before(async () => {
  machine = await oneMachine();
  const connectionString = withDatabase(standInAt(machine.sqlPort), 'AB');
  base = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  await machine.start();
});
after(async () => {
  await base.close();
  await machine.close();
});

const exec = (connection: string, id: string, body: unknown, query = '') =>
  machine.post(`/${connection}/dynsql/${id}/exec${query}`, body);

function answered(reply: Reply) {
  assert.equal(reply.status, 200, reply.text.slice(0, 2000));
  return JSON.parse(reply.text);
}

async function control(method: string, path: string, body?: unknown) {
  const response = await fetch(`${machine.abraGenControlUrl}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  assert.equal(response.status, 200);
  return await response.json();
}

test('every example of the manual, through the gateway', async () => {
  const list = answered(await machine.get('/demodata/dynsql'));
  assert.ok(
    list.some(({ id, name }: Record<string, string>) => id === countries && name === 'Země'),
  );
  const definition = answered(await machine.get(`/demodata/dynsql/${countries}`));
  assert.equal(
    definition.datasets[0].sql,
    'SELECT {FIELDS} FROM\r\n Countries A \r\n {JOIN}\r\n{WHERE}\r\n{ORDERBY}',
  );
  const [large, byId, printed] = queries;
  assert.equal(answered(await exec('demodata', invoices, large)).name, 'MAIN');
  const batch = { POSINDEX: 1, QUNIT: 'ks', UNITRATE: 1 };
  const batches = [[], [], [batch], []].map((items) => ({
    datasets: [{ name: 'BATCHES', items }],
  }));
  assert.deepEqual(answered(await exec('demodata', invoices, byId)), {
    name: 'MAIN',
    items: [
      {
        ID: '2E00000101',
        DOCQUEUE_CODE: 'FV',
        PERIOD_CODE: '2020',
        ORDNUMBER: 5,
        NOTPAIDAMOUNT: 0,
        DOCDATE$DATE: '2020-10-14T22:00:00.000Z',
        datasets: [
          { name: 'ROWS', items: batches },
          { name: 'VATRates', items: [{ VRVATUSAGEROWSCOUNT: 0, NAME: 'základní sazba' }] },
        ],
      },
    ],
  });
  const pdf = await exec('demodata', invoices, printed, '?report=W400000001');
  assert.equal(pdf.status, 200);
  assert.match(pdf.text, /^%PDF-/);
});

test('countries of the aggregate base, with their history; dry; printed reports', async () => {
  const body = {
    SELECT: ['code', 'Name'],
    where: { ID: 'code', Value: 'C*' },
    orderby: { id: 'Name' },
    datasets: { name: 'history', select: 'DateOfChange$DATE' },
  };
  const { items } = answered(await exec('ab', countries, body));
  assert.deepEqual(
    items.map(({ CODE }: { CODE: string }) => CODE),
    ['CZ', 'CH'],
  );
  assert.deepEqual(items[0].datasets[0].items, [{ DATEOFCHANGE$DATE: '2004-04-30T22:00:00.000Z' }]);
  const dry = answered(await exec('ab', countries, body, '?dry=true'));
  assert.deepEqual(
    dry.statements.map(({ dataset }: { dataset: string }) => dataset),
    ['MAIN'],
  );
  const response = await fetch(
    `${machine.url}/ab/dynsql/AB03SYNCBOARDTURNOVER00001/exec?report=W400000001`,
    {
      method: 'POST',
      headers: {
        authorization: 'Bearer demo-token',
        'content-type': 'application/json',
        accept: 'application/pdf',
      },
      body: JSON.stringify({ select: 'period', top: 5 }),
    },
  );
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/pdf');
  assert.match(Buffer.from(await response.arrayBuffer()).toString('latin1'), /^%PDF-1.*%%EOF\s*$/s);
});

test('a member of the body cannot take the place of a part of the path', async () => {
  const reply = await exec('ab', countries, { select: 'Code', ID: 'x', Connection: 'demodata' });
  assert.equal(reply.status, 400, reply.text);
  const fields = JSON.parse(reply.text).errors.map(({ field }: { field: string }) => field);
  assert.deepEqual(fields, ['ID', 'Connection']);
});

test('queries of ABRA Gen are a data source: one entity, then all of them', async () => {
  const names = JSON.parse((await machine.get('/gen-demodata/valid_names')).text);
  assert.deepEqual(Object.keys(names), [
    'countries',
    'issued_invoices',
    'intrastat_receipts',
    'attendance_closing',
  ]);
  const ask = { user: 'me', code: 'gen-demodata' };
  const undated = await machine.post('/entity_sync', { ...ask, name: 'issued_invoices' });
  assert.equal(undated.status, 400);
  const one = await machine.post('/entity_sync', { ...ask, name: 'countries' });
  const [, , id = ''] = (one.headers.get('location') ?? '').split('/');
  const run = await machine.finished(id);
  assert.equal(run.state, 'succeeded', JSON.stringify(run.stages));
  const all = await machine.post('/data_source_sync', { ...ask, month: 10, year: 2020 });
  const whole = await machine.finished((all.headers.get('location') ?? '').split('/')[2] ?? '');
  assert.equal(whole.state, 'succeeded', JSON.stringify(whole.stages));
  assert.deepEqual(
    whole.stages.map((stage) => stage.id),
    Object.keys(names).map((name) => `load:${name}:gen-demodata`),
  );
  const [loaded] = await base.query(
    'ab',
    "SELECT COUNT(*) AS found FROM crude.dynsql_row WHERE source = N'gen-demodata' AND entity = N'issued_invoices' AND period = '2020-10'",
    [],
    soon(),
  );
  assert.ok(Number(loaded?.['found']) > 0);
  assert.deepEqual(whole.stages[1]?.rows?.last, [loaded?.['found'], 0, 0]);
  const freshness = whole.freshness.find(({ entity }) => entity === 'issued_invoices');
  assert.ok(freshness?.after?.crude, JSON.stringify(freshness));
});

test('a server that breaks off in the middle is noticed by the client', async () => {
  await control('PUT', '/faults', { kind: 'exec', broken: 'truncated', times: 1 });
  const reading = machine.post(`/demodata/dynsql/${invoices}/exec`, {
    select: ['ID', 'Description'],
    datasets: { name: 'rows', select: ['ID', 'Text'] },
  });
  await assert.rejects(reading, /terminated|fetch failed/);
  await control('DELETE', '/faults');
});

test('clients that go away end their queries', async () => {
  // As many as one token may have under way at one server: one that stayed would be in the way.
  const clients = 4;
  await control('PUT', '/faults', { kind: 'exec', delayMilliseconds: 3_600_000 });
  await control('DELETE', '/requests');
  const leave = new AbortController();
  const asked = Array.from({ length: clients }, () =>
    fetch(`${machine.url}/demodata/dynsql/${countries}/exec`, {
      method: 'POST',
      headers: { authorization: 'Bearer demo-token', 'content-type': 'application/json' },
      body: JSON.stringify({ select: 'Code' }),
      signal: leave.signal,
    }),
  );
  const left = Promise.allSettled(asked);
  const patience = soon();
  for (;;) {
    const { counts } = (await control('GET', '/requests')) as { counts: Record<string, number> };
    if (counts['exec'] === clients) break;
    patience.throwIfAborted();
    await sleep(20);
  }
  await control('DELETE', '/faults');
  leave.abort();
  for (const { status } of await left) assert.equal(status, 'rejected');
  assert.ok(answered(await exec('demodata', countries, { select: 'Code' })).items.length > 0);
});

/** Some 30 MB of them in an answer: far more than the sockets on its way hold. */
async function withManyPayments(work: () => Promise<void>): Promise<void> {
  const session = await base.session('ab', soon());
  const source = 900;
  const text = `INSERT INTO heap.payment (datasource_id, period, payment_id, personal_account_id,
      payment_date, amount, bank_code, date_modification)
    SELECT @source, '2019-07-01', CAST(a.[value] AS int) * 1000 + CAST(b.[value] AS int), 1,
      '2019-07-15', 1234.5, '044525225', '2019-07-15T12:00:00'
    FROM OPENJSON(@numbers) AS a CROSS JOIN OPENJSON(@numbers) AS b`;
  const numbers = JSON.stringify(Array.from({ length: 400 }, (_, number) => number));
  const parameters = [{ name: 'source', type: 'int', value: source }];
  const list = { name: 'numbers', type: 'nvarchar(max)', value: numbers };
  await session.query(text, [...parameters, list], soon());
  try {
    await work();
  } finally {
    const removal = 'DELETE FROM heap.payment WHERE datasource_id = @source';
    await session.query(removal, parameters, soon());
    session.release();
  }
}

const payments = 'AB02SYNCBOARDPAYMENTS00001';
const allOfPayments = {
  select: [
    ...['datasource_id', 'payment_id', 'period', 'payment_date', 'amount', 'bank_code'],
    ...['personal_account_id', 'date_modification'],
  ],
};

/** An answer whose first piece has come, and whose rest waits. */
async function beginToRead(signal: AbortSignal): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const response = await fetch(`${machine.url}/ab/dynsql/${payments}/exec`, {
    method: 'POST',
    headers: { authorization: 'Bearer demo-token', 'content-type': 'application/json' },
    body: JSON.stringify(allOfPayments),
    signal,
  });
  assert.equal(response.status, 200);
  const reader = response.body?.getReader();
  assert.ok(reader);
  const { value } = await reader.read();
  assert.match(Buffer.from(value ?? []).toString(), /^\{"name":"MAIN","items":\[\{/);
  return reader;
}

async function onePayment(): Promise<void> {
  const { items } = answered(await exec('ab', payments, { ...allOfPayments, top: 1 }));
  assert.equal(items.length, 1);
}

interface SqlSession {
  spid: number;
  status: string;
  request?: string;
}

async function sqlSessions(): Promise<SqlSession[]> {
  const response = await fetch(`${machine.controlUrl}/sessions`);
  assert.equal(response.status, 200);
  return (await response.json()) as SqlSession[];
}

/** Those that read payments. */
const readersOfPayments = async () =>
  (await sqlSessions()).filter(({ request }) => request?.includes('heap.payment A'));

async function until(isSo: () => Promise<boolean>, patience = soon()): Promise<void> {
  while (!(await isSo())) {
    patience.throwIfAborted();
    await sleep(20);
  }
}

test('large answers of the aggregate base', async (t) => {
  await withManyPayments(async () => {
    await t.test('clients that go away cancel their statements', async () => {
      // As many as one token may have: the next query would wait for one that was kept.
      const clients = 5;
      const leave = new AbortController();
      await Promise.all(Array.from({ length: clients }, () => beginToRead(leave.signal)));
      const readers = await readersOfPayments();
      assert.equal(readers.length, clients);
      leave.abort();
      await onePayment();
      await until(async () => (await readersOfPayments()).length === 0);
      // The connection of a statement that was cancelled is closed. That of one that came to its
      // end would lie in the pool for another 30 s.
      const spids = readers.map(({ spid }) => spid);
      await until(
        async () => (await sqlSessions()).every(({ spid }) => !spids.includes(spid)),
        AbortSignal.timeout(20_000),
      );
    });

    await t.test('a session that is killed breaks the answer off, and nothing else', async () => {
      const reader = await beginToRead(soon());
      const [session, ...others] = await readersOfPayments();
      assert.ok(session);
      assert.deepEqual(others, []);
      await fetch(`${machine.controlUrl}/sessions/${session.spid}`, { method: 'DELETE' });
      await assert.rejects(
        async () => {
          while (!(await reader.read()).done);
        },
        { name: 'TypeError', message: 'terminated' },
      );
      await onePayment();
      assert.deepEqual(await readersOfPayments(), []);
      assert.ok(machine.lines.every((line) => !line.includes('it is started again')));
    });
  });
});

test('the health tells of ABRA Gen', async () => {
  const health = async () => JSON.parse((await machine.get('/health')).text);
  const found = await health();
  assert.equal(found.state, 'ok', JSON.stringify(found));
  assert.ok(found.parts.some(({ part }: { part: string }) => part === 'connection demodata'));
});
