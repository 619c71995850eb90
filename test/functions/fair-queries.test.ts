/** One token's slow readers beside another token: real statements on a real pool. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import functions, { type HttpResponse } from '@azure/functions';
import { scaled } from 'stand-in-kit/testing/patience';
import { type SqlServer, startSqlServer } from 'tds-sqlite';
import { countryTables } from '../../demo/billing/countries.ts';
import { countrySchema } from '../../demo/billing/tables.ts';
import { httpFunction } from '../../functions/route.ts';
import { routes } from '../../functions/routes/index.ts';
import { DynsqlConnections } from '../../shared/app/connections/dynsql-connections.ts';
import { queriesHealth } from '../../shared/app/health/queries-health.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { insert } from '../dynsql/rows.ts';
import { soon } from '../support/storage.ts';
import { type TestApp, testApp } from './app.ts';

const countries = '01B4XCTHYNDL3C5P00CA141B44';
const names = ['slow', 'quick', 'third'];
/** Of all countries: together more than one piece of an answer. */
const copies = 20;

let server: SqlServer;
let databases: Databases;
let app: TestApp;
before(async () => {
  server = await startSqlServer({
    logins: { app: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: countrySchema(), procedures: [] }],
  });
  const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=app;Password=secret;Encrypt=false`;
  databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  const [, table] = countryTables;
  assert.ok(table);
  const more = Array.from({ length: copies - 1 }, (_, copy) =>
    table.rows.map(([id, ...rest]) => [
      `${copy}`.padStart(4, 'X') + String(id).slice(0, 6),
      ...rest,
    ]),
  );
  const session = await databases.session('ab', soon());
  for (const { name, rows } of countryTables) await session.batch(insert(name, rows), soon());
  for (const rows of more) await session.batch(insert(table.name, rows), soon());
  session.release();
  const tokens = names.map((name) => ({
    name,
    sha256: createHash('sha256').update(`${name}-token`).digest('hex'),
    codes: ['*'],
    connections: ['*'],
  }));
  const environment = { API_TOKENS: JSON.stringify(tokens) };
  const dynsql = new DynsqlConnections({
    ...{ databases, dynsql: shippedDynsql(), addresses: {} },
    catalog: { connections: shippedCatalog().connections.filter(({ id }) => id === 'ab') },
    stopping: new AbortController().signal,
    now: () => new Date(),
  });
  app = { ...testApp(environment), dynsql };
});
after(async () => {
  app.dynsql.close();
  await databases.close();
  await server.close();
});

const route = routes.find(({ name }) => name === 'dynsql_exec');

/** As the host would; the body is not read. */
async function ask(name: string, body: object): Promise<HttpResponse> {
  assert.ok(route);
  const context = new functions.InvocationContext({
    functionName: 'dynsql_exec',
    invocationId: crypto.randomUUID(),
    logHandler: () => {},
  });
  const request = new functions.HttpRequest({
    method: 'POST',
    url: 'http://localhost/',
    params: { connection: 'ab', id: countries },
    headers: { authorization: `Bearer ${name}-token`, 'content-type': 'application/json' },
    body: { string: JSON.stringify(body) },
  });
  return (await httpFunction(route, () => app).handler(request, context)) as HttpResponse;
}

const everything = { select: ['Code', 'Name', 'NumCode', 'EUMember', 'ID', 'Currency_ID'] };
const oneRow = { select: 'Name', where: { id: 'Code', value: 'CZ' }, top: 1 };

const leave = (answers: readonly HttpResponse[]) =>
  Promise.all(answers.map(({ body }) => (body as ReadableStream | null)?.cancel()));

test('ten slow clients of one token: another has its row at once, and they are told', async () => {
  const asking = Array.from({ length: 10 }, () => ask('slow', everything));
  const begun = await Promise.all(asking.slice(0, 5));
  assert.deepEqual(
    begun.map(({ status }) => status),
    Array(5).fill(200),
  );
  const start = performance.now();
  const other = await ask('quick', oneRow);
  const answer = JSON.parse(await other.text());
  const ms = performance.now() - start;
  assert.equal(answer.items[0].NAME, 'Česká republika');
  assert.ok(ms < scaled(1_000), `${ms} ms`);
  const [part] = queriesHealth(app.dynsql);
  assert.deepEqual(part, {
    part: 'queries ab',
    state: 'ok',
    reason: 'slow: 5, 5 waiting',
    ...{ used: 5, most: 10, waiting: 5 },
  });

  for (const refused of await Promise.all(asking.slice(5))) {
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '10');
    const problem = JSON.parse(await refused.text());
    assert.equal(problem.type, 'urn:syncboard:problem:too-many');
    assert.match(problem.detail, /as many queries under way as it may \(5 of 10\)/);
  }
  // The pool is not full: nobody else was sent away.
  assert.equal(queriesHealth(app.dynsql)[0]?.state, 'ok');

  const more = await Promise.all(Array.from({ length: 5 }, () => ask('third', everything)));
  const full = await ask('quick', oneRow);
  assert.deepEqual([full.status, full.headers.get('retry-after')], [503, '10']);
  assert.match(JSON.parse(await full.text()).detail, /All 10 places are taken/);
  assert.deepEqual(queriesHealth(app.dynsql)[0], {
    part: 'queries ab',
    state: 'degraded',
    reason: 'queries were sent away within the last minute; slow: 5; third: 5',
    ...{ used: 10, most: 10, waiting: 0 },
  });

  await leave([...begun, ...more]);
  const again = await ask('quick', oneRow);
  assert.equal(again.status, 200);
  await again.text();
  assert.equal(queriesHealth(app.dynsql)[0]?.used, 0);
});

test('fifty at once end whole', async () => {
  const body = { ...everything, top: 150 };
  const expected = await (await ask('quick', body)).text();
  assert.equal(JSON.parse(expected).items.length, 150);
  async function whole(index: number): Promise<string> {
    for (;;) {
      const answer = await ask(names[index % 2] ?? '', body);
      const text = await answer.text();
      if (answer.status === 200) return text;
      assert.ok([429, 503].includes(answer.status), text);
      assert.ok(answer.headers.has('retry-after'));
    }
  }
  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => whole(index)));
  for (const answer of answers) assert.ok(answer === expected);
});
