/** The app with definitions and reports of its operator's own, asked through its routes. */

import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { type Files, folderOf, ownFiles, ownId, ownReportId } from '../dynsql/own.ts';
import { startConnections, type TestConnections } from '../support/dynsql-connections.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, post } from './app.ts';

const shipped = '01B4XCTHYNDL3C5P00CA141B44';
const authorization = 'Bearer demo-token';

let storage: TestStorage;
let running: TestConnections;
before(async () => {
  [storage, running] = await Promise.all([startStorage(), startConnections()]);
});
after(async () => {
  await Promise.all([storage.close(), running.close()]);
});

async function start(t: TestContext, DYNSQL: string): Promise<App> {
  const app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    SQL_AB: running.connectionString,
    DYNSQL,
  });
  t.after(() => app.stop());
  return app;
}

async function upload(prefix: string, files: Files): Promise<string> {
  const { connectionString } = storage;
  const container = await openContainer({ kind: 'connection string', connectionString }, soon());
  for (const [name, text] of Object.entries(files)) {
    const blob = container.getBlockBlobClient(`${prefix}/${name}`);
    await blob.upload(text, Buffer.byteLength(text));
  }
  return `blob:${prefix}`;
}

const places: Record<string, (t: TestContext) => Promise<string>> = {
  'a folder': (t) => folderOf(t, ownFiles()),
  blobs: () => upload('own', ownFiles()),
};
for (const [place, put] of Object.entries(places)) {
  test(`from ${place}: listed, shown, executed and printed; the shipped ones are gone`, async (t) => {
    const app = await start(t, await put(t));
    const headers = { authorization };
    const get = (name: string, id = '') =>
      call(app, name, { params: { connection: 'ab', id }, headers });
    const exec = (id: string, query: Record<string, string> = {}) =>
      post(
        app,
        'dynsql_exec',
        { select: ['Code', 'Name'], where: { id: 'Code', value: 'CZ' } },
        headers,
        {
          params: { connection: 'ab', id },
          query,
        },
      );

    const list = await get('dynsql_definitions');
    assert.deepEqual(JSON.parse(list.text), [{ id: ownId, name: 'Země velkými písmeny' }]);
    const definition = await get('dynsql_definition', ownId);
    assert.deepEqual(JSON.parse(definition.text).datasets[0].uniquefields, 'Code');
    const rows = await exec(ownId);
    assert.equal(rows.status, 200, rows.text);
    assert.deepEqual(JSON.parse(rows.text), {
      name: 'MAIN',
      items: [{ CODE: 'CZ', NAME: 'ČESKÁ REPUBLIKA' }],
    });
    const printed = await exec(ownId, { report: ownReportId });
    assert.equal(printed.status, 200, printed.text.slice(0, 500));
    assert.match(printed.text, /^%PDF-1\./);

    const gone = await exec(shipped);
    assert.equal(gone.status, 404);
    assert.equal(JSON.parse(gone.text).errors[0].allowed, `one of ${ownId}`);
    const report = await exec(ownId, { report: 'W400000001' });
    assert.equal(report.status, 404);
    assert.equal(JSON.parse(report.text).errors[0].allowed, `one of ${ownReportId}`);
  });
}

test('faults keep the app from starting', async (t) => {
  const { 'dynsql/countries.json': text = '', ...reports } = ownFiles();
  const files = { ...reports, 'dynsql/a.json': text, 'dynsql/b.json': text };
  for (const where of [await folderOf(t, files), await upload('faulty', files)]) {
    await assert.rejects(start(t, where), {
      name: 'CatalogError',
      message: `DYNSQL: ${where} has 1 fault:\n- dynsql/b.json: id: "${ownId}" is the id of dynsql/a.json; use another one`,
    });
  }
  await assert.rejects(start(t, '/nowhere'), /^Error: DYNSQL: cannot read \/nowhere: ENOENT/);
});

test('a sum beyond its type is told as what is asked for, and within it is a number', async (t) => {
  const { 'dynsql/countries.json': text = '' } = ownFiles();
  const definition = JSON.parse(text);
  definition.datasets[0].fields.push({
    ...{ expression: 'CAST(900000000000000 AS money) AS Amount', fieldname: 'Amount' },
    ...{ datatype: 'dtCurrency', aggregate: 'sum' },
  });
  const app = await start(
    t,
    await folderOf(t, { 'dynsql/countries.json': JSON.stringify(definition) }),
  );
  const sum = (more: object) =>
    post(
      app,
      'dynsql_exec',
      { select: ['Amount'], groupby: [], ...more },
      { authorization },
      {
        params: { connection: 'ab', id: ownId },
      },
    );
  const one = await sum({ where: { id: 'Code', value: 'CZ' } });
  assert.equal(one.status, 200, one.text);
  assert.match(one.text, /"AMOUNT":\s*900000000000000\.0000/);
  const all = await sum({});
  assert.equal(all.status, 400, all.text);
  const { type, detail } = JSON.parse(all.text);
  assert.match(type, /:invalid-value$/);
  assert.match(
    detail,
    /a number that its type cannot hold \(SQL Server: Arithmetic overflow error converting expression to data type money\.\)/,
  );
});
