/** The routes of dynsql, with an aggregate base and ABRA Gen behind them; only the host is missing. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { methodsOf } from '../../functions/route.ts';
import { routes } from '../../functions/routes/index.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { parentSegments, reservedSegments } from '../../shared/catalog/own-paths.ts';
import { Databases } from '../../shared/database/databases.ts';
import { parseDefinition } from '../../shared/dynsql/language/read-definition.ts';
import queries from '../dynsql/fixtures/queries-of-the-manual.json' with { type: 'json' };
import { startConnections, type TestConnections } from '../support/dynsql-connections.ts';
import { soon } from '../support/storage.ts';
import { call, type Reply, type TestApp, testApp } from './app.ts';

const countries = '01B4XCTHYNDL3C5P00CA141B44';
const invoices = '40SBPEINEFD13ACM03KIU0CLP4';
const accounts = 'AB01SYNCBOARDACCOUNTS00001';
const turnover = 'AB03SYNCBOARDTURNOVER00001';
const both = ['ab', 'demodata'];

let running: TestConnections;
let app: TestApp;
before(async () => {
  running = await startConnections();
  app = { ...testApp(), dynsql: running.connections };
});
after(() => running.close());
afterEach(() => running.abraGen.faults.clear());

const headers = { authorization: 'Bearer demo-token' };
const get = (name: string, params: Record<string, string>, more = {}) =>
  call(app, name, { params, headers: { ...headers, ...more } });

interface Asked {
  query?: Record<string, string>;
  headers?: Record<string, string>;
  app?: TestApp;
}

function exec(connection: string, id: string, body: unknown, asked: Asked = {}): Promise<Reply> {
  return call(asked.app ?? app, 'dynsql_exec', {
    method: 'POST',
    params: { connection, id },
    query: asked.query ?? {},
    headers: { 'content-type': 'application/json', ...headers, ...asked.headers },
    body: { string: typeof body === 'string' ? body : JSON.stringify(body) },
  });
}

const byCode = { select: ['Code', 'Name'], where: { id: 'Code', value: 'CZ' } };
const problem = ({ text }: Reply) => JSON.parse(text);
const places = (reply: Reply) => problem(reply).errors.map(({ field }: { field: string }) => field);

test('no connection can be called as a path of the app begins', () => {
  const first = routes.map(({ route }) => route.split('/')[0] ?? '');
  for (const segment of first.filter((one) => !one.startsWith('{'))) {
    assert.ok(reservedSegments.includes(segment), segment);
  }
});

test('no data source and no entity can be called as what anything may follow in a path', () => {
  const parents = routes.flatMap((one) => {
    const [, parent] = /^(\w+)\/\{\w+\}$/.exec(one.route) ?? [];
    return parent !== undefined && methodsOf(one).GET !== undefined ? [parent] : [];
  });
  assert.ok(parents.includes('runs'), parents.join());
  for (const parent of parents) assert.ok(parentSegments.includes(parent), parent);
});

for (const connection of both) {
  test(`${connection}: list, definition and query of countries`, async () => {
    const list = await get('dynsql_definitions', { connection });
    assert.equal(list.status, 200);
    assert.ok(
      JSON.parse(list.text).some((item: object) => {
        assert.deepEqual(Object.keys(item), ['id', 'name']);
        return Reflect.get(item, 'id') === countries && Reflect.get(item, 'name') === 'Země';
      }),
    );
    for (const id of [countries, countries.toLowerCase()]) {
      const definition = await get('dynsql_definition', { connection, id });
      assert.equal(definition.status, 200);
      assert.match(definition.headers.get('content-type') ?? '', /^application\/json/);
      assert.equal(parseDefinition(JSON.parse(definition.text)).name, 'Země');
      const rows = await exec(connection, id, byCode);
      assert.equal(rows.status, 200, rows.text);
      assert.equal(rows.headers.get('content-type'), 'application/json');
      assert.deepEqual(JSON.parse(rows.text), {
        name: 'MAIN',
        items: [{ CODE: 'CZ', NAME: 'Česká republika' }],
      });
    }
  });

  test(`${connection}: a token and its connections are needed everywhere`, async () => {
    const sha256 = createHash('sha256').update('narrow').digest('hex');
    const narrow = (connections: string[] | undefined) => ({
      ...testApp({
        API_TOKENS: JSON.stringify([{ name: 'n', sha256, codes: ['*'], connections }]),
      }),
      dynsql: running.connections,
    });
    const others = both.filter((other) => other !== connection);
    const cases: [TestApp, string | undefined, number, string][] = [
      [app, undefined, 401, 'Authorization token is needed.'],
      [app, 'wrong', 401, 'Invalid token value.'],
      [narrow(undefined), 'narrow', 403, `Token is not allowed for connection: ${connection}.`],
      [narrow(others), 'narrow', 403, `Token is not allowed for connection: ${connection}.`],
      [narrow([connection]), 'narrow', 200, ''],
    ];
    const listed = await call(narrow([connection]), 'dynsql_connections', {
      headers: { authorization: 'Bearer narrow' },
    });
    const { connections } = JSON.parse(listed.text);
    assert.deepEqual(
      connections.map(({ id }: { id: string }) => id),
      [connection],
    );
    for (const [asked, token, status, detail] of cases) {
      for (const name of ['dynsql_definitions', 'dynsql_definition', 'dynsql_exec']) {
        const reply = await call(asked, name, {
          params: { connection, id: countries },
          headers: {
            'content-type': 'application/json',
            ...(token && { authorization: `Bearer ${token}` }),
          },
          ...(name === 'dynsql_exec' && {
            method: 'POST',
            body: { string: JSON.stringify(byCode) },
          }),
        });
        assert.equal(reply.status, status, `${name} ${detail}`);
        if (status !== 200) assert.equal(problem(reply).detail, detail);
      }
    }
  });

  test(`${connection}: every fault of a query is told with its place`, async () => {
    const body = {
      select: ['Cod', 'Name'],
      where: [{ id: 'Code', value: {} }, { id: 'Kod' }],
      orderby: { id: 'Name', ordering: 'up' },
      ID: 'hides the id of the path',
    };
    // As the host hands over the members of a body: without regard to case, the first spelling.
    const reply = await call(app, 'dynsql_exec', {
      method: 'POST',
      params: { connection, ID: countries },
      headers: { 'content-type': 'application/json', ...headers },
      body: { string: JSON.stringify(body) },
    });
    assert.equal(reply.status, 400, reply.text);
    assert.deepEqual(places(reply).sort(), [
      'ID',
      'orderby.ordering',
      'select[0]',
      'where[0].value',
      'where[1].id',
    ]);
    assert.match(problem(reply).detail, /did you mean Code\?/);
  });

  test(`${connection}: what there is not is a 404`, async () => {
    const id = countries.replace('4', '5');
    for (const reply of [
      await get('dynsql_definition', { connection, id }),
      await get('dynsql_definition', { connection, id: 'x' }),
      await exec(connection, id, byCode),
      await exec(connection, '../../x', byCode),
      await exec(connection, countries, byCode, { query: { report: 'W499999999' } }),
    ]) {
      assert.equal(reply.status, 404, reply.text);
      assert.equal(problem(reply).type, 'urn:syncboard:problem:not-found');
    }
  });

  test(`${connection}: an Accept without the answer's type is a 406`, async () => {
    const cases: [accept: string, report: boolean, status: number][] = [
      ['application/pdf', false, 406],
      ['text/plain', false, 406],
      ['application/json;q=0, text/*;q=0', false, 406],
      ['application/json', true, 406],
      ['application/pdf;q=0', true, 406],
      ['*/*', false, 200],
      ['application/*;q=0.1', false, 200],
    ];
    for (const [accept, report, status] of cases) {
      const query: Record<string, string> = report ? { report: 'W400000001' } : {};
      const reply = await exec(connection, countries, byCode, { query, headers: { accept } });
      assert.equal(reply.status, status, accept);
      if (status === 406) assert.match(reply.text, /Accept must allow application/);
    }
  });

  test(`${connection}: bodies that are no query`, async () => {
    const cases: [body: string, headers: Record<string, string>, status: number][] = [
      ['{', {}, 400],
      ['[]', {}, 400],
      [JSON.stringify({ select: 'x'.repeat(5_000_000) }), {}, 413],
      [JSON.stringify(byCode), { 'content-type': 'text/plain' }, 415],
    ];
    for (const [body, more, status] of cases) {
      const reply = await exec(connection, countries, body, { headers: more });
      assert.equal(reply.status, status);
    }
  });
}

test('there is no other connection; those that the token may ask are named', async () => {
  const reply = await get('dynsql_definitions', { connection: 'AB' });
  assert.equal(reply.status, 404);
  assert.partialDeepStrictEqual(problem(reply), {
    detail: 'There is no connection AB.',
    errors: [{ field: 'connection', allowed: 'one of ab, demodata' }],
  });
});

test('dry shows SQL and parameters of ours, and nothing runs', async () => {
  const injected = "CZ'; DROP TABLE Countries --";
  const body = { ...byCode, where: { id: 'Name', value: injected }, top: 3 };
  const reply = await exec('ab', countries, body, { query: { dry: 'true' } });
  assert.equal(reply.status, 200, reply.text);
  const { statements } = JSON.parse(reply.text);
  assert.equal(statements.length, 1);
  assert.match(
    statements[0].sql,
    /^SELECT A\.Code AS \[c0\], A\.Name AS \[c1\].* FROM Countries A/,
  );
  assert.ok(!statements[0].sql.includes('DROP'));
  assert.equal(statements[0].parameters[0].value, injected);
  const printed = await exec(
    'ab',
    turnover,
    { select: 'period' },
    {
      query: { dry: 'true', report: 'W400000001' },
    },
  );
  assert.equal(printed.status, 200, printed.text);
  const refused = await exec('ab', countries, byCode, { query: { dry: 'yes' } });
  assert.equal(refused.status, 400);
  assert.deepEqual(places(refused), ['dry']);
});

test('dry shows the query as ABRA Gen would be sent it, and nothing is', async () => {
  const before = running.abraGen.requests.count({ kind: 'exec' });
  const body = { SELECT: 'code', where: [{ ID: 'numcode', value: ['276', 203] }] };
  const reply = await exec('demodata', countries, body, { query: { dry: 'true' } });
  assert.equal(reply.status, 200, reply.text);
  assert.deepEqual(JSON.parse(reply.text), {
    query: { select: ['Code'], where: [{ id: 'NumCode', value: [203, 276] }] },
  });
  assert.equal(running.abraGen.requests.count({ kind: 'exec' }), before);
});

test('however many levels, one connection', async () => {
  const { connectionString } = running;
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }], { size: 1 });
  const single = { ...app, dynsql: running.open({}, shippedCatalog(), databases) };
  const datasets = [
    { name: 'payments', select: 'amount' },
    { name: 'meters', datasets: { name: 'readings', select: 'reading' } },
  ];
  const body = { select: 'account_number', datasets };
  const [once, dry] = [
    await exec('ab', accounts, body, { app: single }),
    await exec('ab', accounts, body, { app: single, query: { dry: 'true' } }),
  ];
  assert.equal(once.status, 200, once.text);
  const { statements } = JSON.parse(dry.text);
  assert.equal(statements.length, 1);
  assert.deepEqual([statements[0].dataset, typeof statements[0].sql], ['MAIN', 'string']);
  await databases.close();
});

test('places at a server of ABRA Gen are shared as those at a database', async () => {
  const { places } = running.connections.find('demodata') ?? {};
  assert.equal(places?.most, 4);
  const taken = await Promise.all(
    Array.from({ length: 4 }, () => places.take({ name: 'demo' }, 0, soon())),
  );
  await assert.rejects(places.take({ name: 'demo' }, 1, soon()), { isOwn: true });
  for (const giveBack of taken) giveBack();
  assert.equal((await exec('demodata', countries, byCode)).status, 200);
  assert.equal(places.use.used, 0);
});

test('reports are printed, of ours and of ABRA Gen', async () => {
  const accept = { accept: 'application/pdf' };
  const query = { report: 'W400000001' };
  const pdfs = [
    await exec('ab', turnover, { select: 'period' }, { query, headers: accept }),
    await exec('ab', turnover, { select: 'period' }, { query }),
    await exec('demodata', invoices, queries[2], { query, headers: accept }),
  ];
  for (const reply of pdfs) {
    assert.equal(reply.status, 200, reply.text.slice(0, 500));
    assert.match(reply.headers.get('content-type') ?? '', /^application\/pdf/);
    assert.match(reply.text, /^%PDF-1\./);
    assert.match(reply.text.trimEnd(), /%%EOF$/);
  }
});

test('a report gives its own fields, and the conditions and keys of whoever asks', async () => {
  const dry = async (body: unknown) => {
    const query = { dry: 'true', report: 'W400000001' };
    const { statements } = JSON.parse((await exec('ab', turnover, body, { query })).text);
    return statements[0];
  };
  const plain = await dry({ select: 'period' });
  const asked = await dry({
    select: 'account_number',
    where: { id: 'period', value: ['2019-07-01', '2019-07-31'] },
    top: 7,
  });
  const fields = ({ sql }: { sql: string }) => sql.split(' FROM ')[0];
  assert.equal(fields(asked), fields(plain));
  assert.match(asked.sql, /WHERE .* ORDER BY .* FETCH NEXT/);
  const wrong = await exec('ab', turnover, { select: 'x' }, { query: { report: 'W400000001' } });
  assert.equal(wrong.status, 400);
  assert.match(places(wrong).join(), /^select/);
});

const troubles: [title: string, fault: object, status: number, type: string, kind: string][] = [
  ['refuses the password', { status: 401 }, 502, 'abra-gen', 'wrong password'],
  ['may not be used', { status: 403 }, 502, 'abra-gen', 'not allowed'],
  ['fails', { status: 500 }, 502, 'abra-gen', 'unreachable'],
  ['refuses the query', { status: 400 }, 400, 'invalid-value', 'refused'],
  ['is busy', { status: 503, retryAfterSeconds: 60 }, 503, 'unavailable', 'busy'],
  ['answers nonsense', { broken: 'garbage' }, 502, 'abra-gen', 'answer not understood'],
];
for (const [title, fault, status, type, kind] of troubles) {
  test(`an ABRA Gen that ${title} is a ${status} with the cure`, async () => {
    running.abraGen.faults.set({ kind: ['list', 'exec'], times: 10, ...fault } as never);
    const fresh = { ...app, dynsql: running.open() };
    const listed = await call(fresh, 'dynsql_definitions', {
      params: { connection: 'demodata' },
      headers,
    });
    const asked =
      kind === 'answer not understood'
        ? [listed]
        : [listed, await exec('demodata', countries, byCode, { app: fresh })];
    for (const reply of asked) {
      assert.equal(reply.status, status, reply.text);
      const found = problem(reply);
      assert.equal(found.type, `urn:syncboard:problem:${type}`);
      assert.equal(found.kind, kind);
      assert.ok(found.cure.length > 20);
      if ('status' in fault) assert.equal(found.upstreamStatus, fault.status);
      assert.doesNotMatch(reply.text + reply.log, /supervisor/);
    }
  });
}

test('a password that is wrong, or a server that is not there, stays a secret', async () => {
  const password = 'hush-hush';
  const cases = [
    running.open({ password }),
    running.open({ password, origin: 'http://127.0.0.1:1' }),
  ];
  for (const dynsql of cases) {
    const reply = await exec('demodata', countries, byCode, { app: { ...app, dynsql } });
    assert.equal(reply.status, 502, reply.text);
    assert.doesNotMatch(reply.text + reply.log, /hush/);
    assert.ok(!(reply.text + reply.log).includes(btoa(`Supervisor:${password}`)));
  }
});

test('a database that lacks a table is told by its name, and by where the log is', async () => {
  await running.databases.query('ab', 'DROP TABLE Countries2', [], soon());
  const body = { select: 'Code', datasets: { name: 'history', select: 'ID' } };
  const reply = await exec('ab', countries, body);
  assert.equal(reply.status, 500);
  const { detail, invocation } = problem(reply);
  assert.match(
    detail,
    /^The database failed the query \(SQL Server 208: Invalid object name '.*Countries2'\.\) Search the log for /,
  );
  assert.ok(detail.includes(invocation) && reply.log.includes(` failed, ${invocation}: `));
  assert.match(reply.log, /Countries2/);
});

test('what the sample allows is everything', () => {
  assert.match(sample.Values.API_TOKENS, /"connections": \["\*"\]/);
});
