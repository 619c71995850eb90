/** A company that is followed, asked by dynsql over HTTP: only the host is missing. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { type SqlServer, startSqlServer } from 'tds-sqlite';
import { standInAt, withDatabase } from '../../demo/billing/connections.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import { installProduct } from '../../demo/billing/product.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call } from './app.ts';

const company = 'flexi-demo';
const invoices = 'AB04SYNCBOARDINVOICES00001';
const authorization = `Basic ${btoa('winstrom:winstrom')}`;
let storage: TestStorage;
let flexibee: Flexibee;
let sqlServer: SqlServer;
let app: App;

before(async () => {
  [storage, flexibee, sqlServer] = await Promise.all([
    startStorage(),
    // Called otherwise than the data source is.
    startFlexibee(),
    startSqlServer({
      logins: { [demoLogin.user]: demoLogin.password },
      databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
    }),
  ]);
  await installProduct(standInAt(sqlServer.port), soon());
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    SQL_AB: withDatabase(standInAt(sqlServer.port), 'AB'),
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
  });
  const message = { company, why: 'request' as const, at: new Date().toISOString() };
  assert.equal(await app.current.pollCompany(message, () => {}), 'applied');
});
after(async () => {
  await app.stop();
  await Promise.all([storage.close(), flexibee.close(), sqlServer.close()]);
});

type Row = Record<string, unknown>;

async function records(evidence: string): Promise<Row[]> {
  const query = 'limit=0&detail=full&order=id&filtrovat-platnost=false';
  const answer = await fetch(`${flexibee.url}/c/demo/${evidence}.json?${query}`, {
    headers: { authorization },
  });
  const body = (await answer.json()) as { winstrom: Record<string, Row[]> };
  return body.winstrom[evidence] ?? [];
}

async function exec(id: string, body: unknown): Promise<Row[]> {
  const { status, text } = await call(app, 'dynsql_exec', {
    method: 'POST',
    params: { connection: 'ab', id },
    headers: { authorization: 'Bearer demo-token', 'content-type': 'application/json' },
    body: { string: JSON.stringify(body) },
  });
  assert.equal(status, 200, text);
  const answer = JSON.parse(text);
  return answer.items ?? answer.datasets?.[0]?.items ?? answer;
}

test('issued invoices come with their rows, and with what their customer is', async () => {
  const found = await exec(invoices, {
    select: ['Company', 'ID', 'Code', 'DocDate', 'Amount', 'Firm_Code', 'Firm_OrgIdentNumber'],
    orderby: { id: 'ID' },
    datasets: { name: 'ROWS', select: ['ID', 'Text', 'Amount'], orderby: { id: 'PosIndex' } },
  });
  const [heads, rows, firms] = await Promise.all(
    ['faktura-vydana', 'faktura-vydana-polozka', 'adresar'].map(records),
  );
  assert.ok(heads?.length && rows?.length);
  const expected = heads.map((head) => ({
    COMPANY: company,
    ID: Number(head['id']),
    CODE: head['kod'],
    DOCDATE: String(head['datVyst']).slice(0, 10),
    AMOUNT: Number(head['sumCelkem']),
    FIRM_CODE: String(head['firma']).replace('code:', '') || null,
    FIRM_ORGIDENTNUMBER: firms?.find(({ kod }) => `code:${kod}` === head['firma'])?.['ic'] || null,
    datasets: [
      {
        name: 'ROWS',
        items: rows
          .filter((row) => row['doklFak@ref'] === `/c/demo/faktura-vydana/${head['id']}.json`)
          .toSorted((one, other) => Number(one['cisRad']) - Number(other['cisRad']))
          .map((row) => ({
            ID: Number(row['id']),
            TEXT: row['nazev'] || null,
            AMOUNT: Number(row['sumCelkem']),
          })),
      },
    ],
  }));
  assert.ok(expected.some(({ datasets }) => (datasets[0]?.items.length ?? 0) > 0));
  assert.deepEqual(found, expected);
});

test('each shipped evidence has a definition, which shows all of its records', async () => {
  const definitions = shippedDynsql().definitions.filter(({ name }) => /FlexiBee/.test(name));
  const asked = new Set<string>();
  for (const { id, root } of definitions) {
    const evidence =
      /flexi\.(\w+)_living A\b/.exec(root.document.sql)?.[1]?.replaceAll('_', '-') ?? id;
    asked.add(evidence);
    const all = [...root.fields.values()].map(({ fieldname }) => fieldname);
    const found = await exec(id, { select: all, orderby: { id: 'ID' } });
    const expected = (await records(evidence)).map((record) => Number(record['id']));
    assert.deepEqual(
      found.map((row) => row['ID']).toSorted((one, other) => Number(one) - Number(other)),
      expected.toSorted((one, other) => one - other),
      evidence,
    );
  }
  assert.deepEqual([...asked].sort(), app.current.catalog.entityOrder(company).toSorted());
});

test('GET /flexibee/{company} says where each typed table is', async () => {
  const { text } = await call(app, 'company', {
    params: { company },
    headers: { authorization: 'Bearer demo-token' },
  });
  const { typed } = JSON.parse(text);
  for (const evidence of app.current.catalog.entityOrder(company))
    assert.deepEqual(typed[evidence], { state: 'ready' }, evidence);
});
