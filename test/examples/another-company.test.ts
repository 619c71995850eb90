/**
 * The catalogue of another company, run as it stands against its procedures as they stand: what SQL
 * Server sees of each call, and what is in the tables afterwards, looked at by somebody else.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  batchesOf,
  bracketed,
  type ExampleEntity,
  exampleEntities,
  nameIn,
} from '../../examples/another-company/databases.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { parseCatalogText } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import { forecast } from '../../shared/sync/forecast.ts';
import { planStages } from '../../shared/sync/plan.ts';
import type { Run, Stage } from '../../shared/sync/run.ts';
import { call, post } from '../functions/app.ts';
import {
  type RecordedSqlServer,
  type SeenCall,
  startRecordedSqlServer,
} from '../support/recorded-sql-server.ts';
import { startStorage, type TestStorage } from '../support/storage.ts';

const file = fileURLToPath(new URL('../../examples/another-company/catalog.json', import.meta.url));
const catalog = parseCatalogText(readFileSync(file, 'utf8'), file);
const codes = ['wms', 'mes', 'hr'] as const;
/** The personnel server's night. */
const night = { from: '20:00', to: '06:00' };

/** The same catalogue with that night around the present hour, by whose clock the test goes. */
async function catalogOfNow(folder: string): Promise<string> {
  const clock = (hours: number) =>
    new Date(Date.now() + hours * 3_600_000).toLocaleTimeString('en-GB', {
      timeZone: 'Europe/Prague',
      hour: '2-digit',
      minute: '2-digit',
    });
  const text = readFileSync(file, 'utf8');
  const between = (from: string, to: string) => `"from": "${from}", "to": "${to}"`;
  const moved = text.replace(between(night.from, night.to), between(clock(-6), clock(6)));
  assert.notEqual(moved, text);
  const path = join(folder, 'catalog.json');
  await writeFile(path, moved);
  return path;
}

/** Minutes on a machine that has other things to do. */
const patient = () => AbortSignal.timeout(240_000);

let storage: TestStorage;
let server: RecordedSqlServer;
let app: App;
let other: Databases;
let folder: string;
const ids = ['wms', 'mes', 'hr', 'dwh', 'dwh_sk'] as const;

const query = (database: string, sql: string) => other.query(database, sql, [], patient());

/** Columns of a source's tables: key, text, number, day. */
const columns = {
  wms: ['Id', 'Nazev', 'Castka', 'Den'],
  mes: ['Id', 'název', 'hodnota', 'den'],
  hr: ['id', 'label', 'amount', 'valid_from'],
} as const;
type Code = (typeof codes)[number];

const tableOf = (code: Code, entity: ExampleEntity) => `[dbo].${bracketed(nameIn(code, entity))}`;

/** Three rows in February and one in March. */
async function fill(code: Code, entity: ExampleEntity): Promise<void> {
  const rows = [1, 2, 3, 4].map((id) => {
    const day = id < 4 ? `2024-02-${String(id * 9).padStart(2, '0')}` : '2024-03-01';
    return `(${id}, N'${entity.name} ${id}', ${id}.2345, '${day}', '2024-03-01T08:00:00')`;
  });
  const names = [...columns[code], 'changed'].map(bracketed).join(', ');
  await query(code, `INSERT INTO ${tableOf(code, entity)} (${names}) VALUES ${rows.join(', ')}`);
}

before(async () => {
  [storage, server] = await Promise.all([
    startStorage(),
    startRecordedSqlServer({
      logins: { app: 'secret' },
      databases: ids.map((id) => ({ name: id.toUpperCase(), server: id, schema: '' })),
    }),
  ]);
  const addressOf = (id: string) =>
    `Server=127.0.0.1,${server.port};Database=${id.toUpperCase()};User Id=app;Password=secret;Encrypt=false`;
  other = new Databases(
    ids.map((id) => ({ id, setting: `SQL_${id.toUpperCase()}`, connectionString: addressOf(id) })),
  );
  for (const id of ids.slice(0, 4)) {
    const session = await other.session(id, patient());
    for (const batch of batchesOf(id)) await session.batch(batch, patient());
    session.release();
  }
  for (const entity of exampleEntities) {
    for (const code of codes) {
      if (entity.systems.includes(code)) await fill(code, entity);
    }
  }
  folder = await mkdtemp(join(tmpdir(), 'another-company-'));
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    CATALOG: await catalogOfNow(folder),
    ...Object.fromEntries(ids.map((id) => [`SQL_${id.toUpperCase()}`, addressOf(id)])),
    FLEXIBEE_PRAHA: 'Url=https://127.0.0.1:9;User Id=a;Password=b',
    FLEXIBEE_BRATISLAVA: 'Url=https://127.0.0.1:9;User Id=a;Password=b',
    ABRA_GEN_FOODS: 'Url=https://127.0.0.1:9;User Id=a;Password=b',
  });
});
after(async () => {
  await app?.stop();
  await other?.close();
  await Promise.all([storage?.close(), server?.close()]);
  if (folder) await rm(folder, { recursive: true });
});

/** POSTs it as a client does, executes it, and reads it back over HTTP. */
async function sync(path: string, body: object): Promise<{ run: Run; seen: SeenCall[] }> {
  server.seen.length = 0;
  const started = await post(app, path, { token: 'demo-token', user: 'Noční směna', ...body });
  assert.equal(started.status, 202, started.text);
  const id = started.headers.get('location')?.replace('/runs/', '') ?? '';
  assert.equal(await app.current.executeRun(id, () => {}), 'finished');
  const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };
  const run = JSON.parse((await call(app, 'run', { headers, params: { id } })).text);
  const seen = server.seen.filter(
    ({ kind, text }) => kind === 'procedure' && !/sp_(get|release)applock$/.test(text),
  );
  return { run, seen: [...seen] };
}

const february = { month: 2, year: 2024 };

/** What a source has, in the words of the warehouse; all of it, or one month. */
async function rowsIn(code: Code, entity: ExampleEntity, month?: string) {
  const [id = '', label = '', amount = '', day = ''] = columns[code].map(bracketed);
  const where = month && entity.dated ? `WHERE ${day} LIKE '${month}%'` : '';
  return await query(
    code,
    `SELECT '${code}' AS [source], ${id} AS [id], ${label} AS [label], ${amount} AS [amount], ${day} AS [day]
     FROM ${tableOf(code, entity)} ${where} ORDER BY ${id}`,
  );
}

const martOf = (entity: ExampleEntity) =>
  query(
    'dwh',
    `SELECT [source], [id], [label], [amount], [day] FROM [mart].[${entity.name}] ORDER BY [source] DESC, [id]`,
  );

const stageOf = (run: Run, id: string): Stage | undefined =>
  run.stages.find((stage) => stage.id === id);

describe('another company', { timeout: 1_800_000 }, () => {
  it('has 60 entities, 38 of them on SQL Server, and calls each procedure by its own name', () => {
    const names = catalog.entityOrder(...Object.keys(catalog.codes()));
    assert.equal(names.length, 60);
    assert.equal(exampleEntities.length, 38);
    assert.deepEqual(catalog.entityOrder('praha').length, 18);
    assert.deepEqual(catalog.entityOrder('bratislava').length, 16);
    const [praha, bratislava] = ['praha', 'bratislava'].map(
      (code) => catalog.stages({ name: 'adresar', code })[0]?.database,
    );
    assert.deepEqual([praha, bratislava], ['dwh', 'dwh_sk']);
  });

  it('exports of two sources never run together, personnel waits for the night, the warehouse takes three loads at once', async () => {
    const calls = [{ codes: [...codes], names: ['stock_level', 'wage'], periods: [february] }];
    const { stages, servers } = planStages(catalog, calls);
    assert.deepEqual(servers, ['personal', 'sklad', 'vyroba']);
    const exports = stages.filter(({ exclusive }) => exclusive?.includes('stocktaking'));
    assert.deepEqual(
      exports.map(({ id, server: at }) => [id, at]),
      [
        ['export:stock_level:wms', 'sklad'],
        ['export:stock_level:mes', 'vyroba'],
      ],
    );
    assert.deepEqual(stages.find(({ server: at }) => at === 'dwh')?.atOnce, 3);
    const known = stages.map((stage) => ({ ...stage, expectedMs: 60_000 }));
    const { begins, leftMs } = forecast(known, { at: Date.parse('2024-03-01T12:00:00+01:00') });
    const begin = (id: string) => new Date(begins.get(id) ?? 0).toISOString();
    assert.equal(begin('export:stock_level:wms'), '2024-03-01T11:00:00.000Z');
    assert.equal(begin('export:stock_level:mes'), '2024-03-01T11:01:00.000Z');
    assert.equal(begin('open:*:hr'), '2024-03-01T19:00:00.000Z');
    assert.equal(begin('merge:wage'), '2024-03-01T19:04:00.000Z');
    assert.equal(leftMs, 8 * 3_600_000 + 5 * 60_000);
    const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };
    const body = {
      user: 'me',
      calls: [{ code: ['wms', 'mes'], name: 'stock_level', ...february }],
    };
    const dry = await post(app, 'runs', body, headers, { query: { dry: 'true' } });
    assert.deepEqual(JSON.parse(dry.text).exclusives, [{ name: 'stocktaking', isFree: true }]);
  });

  it('three sources at once: every row of February is in the mart, and nothing else', async () => {
    const { run, seen } = await sync('data_source_sync', { code: codes, ...february });
    assert.equal(run.state, 'succeeded', JSON.stringify(run.stages.map(({ error }) => error)));
    for (const entity of exampleEntities) {
      const sources = [...codes].filter((code) => entity.systems.includes(code));
      const expected = await Promise.all(sources.map((code) => rowsIn(code, entity, '2024-02')));
      assert.deepEqual(await martOf(entity), expected.flat(), entity.name);
      assert.ok(expected.flat().length >= 3);
    }
    // Exports: one a source and entity, in HR two, and one for a batch. Loads: two an entity.
    const [wms, mes, hr, dwh] = ['WMS', 'MES', 'HR', 'DWH'].map((database) =>
      seen.filter((one) => one.database === database),
    );
    assert.deepEqual([wms?.length, mes?.length, hr?.length, dwh?.length], [14, 12, 27, 77]);
    assert.deepEqual(wms?.find(({ text }) => text.endsWith('RadkyPrijemek'))?.parameters, {
      DatumOd: '2024-02-01',
      DatumDo: '2024-02-29',
      Stav: null,
    });
    assert.deepEqual(wms?.find(({ text }) => text.endsWith('Zbozi'))?.parameters, { Stav: null });
    const energy = mes?.find(({ text }) => text.includes('energie'));
    assert.deepEqual(energy?.parameters, { Období: 202402 });
    assert.deepEqual(hr?.map(({ text }) => text).slice(0, 3), [
      'dbo.p_open_batch',
      'dbo.p_department_1_snapshot',
      'dbo.p_department_2_publish',
    ]);
    for (const { parameters, text } of hr?.slice(1) ?? []) assert.deepEqual(parameters, {}, text);
    assert.deepEqual(dwh?.at(-1)?.text, 'mart.refresh_totals');
    assert.ok(seen.every(({ transaction }) => transaction === 'commit'));
    // The same as the record says.
    assert.deepEqual(stageOf(run, 'open:*:hr')?.outputs, { batch: 1 });
    const opened = await query('hr', 'SELECT [batch_id], [run], [who] FROM [dbo].[batch]');
    assert.deepEqual(opened, [{ batch_id: 1, run: run.id, who: 'Noční směna' }]);
    assert.deepEqual(stageOf(run, 'export:item:wms')?.outputs, { Stav: 'OK' });
    assert.deepEqual(stageOf(run, 'merge:stock_level')?.outputs, { rows: 6 });
    assert.equal(stageOf(run, 'export:scrap:mes')?.returnValue, 3);
    const totals = await query('dwh', 'SELECT [month], [rows] FROM [mart].[monthly_totals]');
    assert.deepEqual(totals, [{ month: 202402, rows: 3 }]);
    const reading = run.freshness.find(({ entity }) => entity === 'energy_use');
    assert.deepEqual(
      Object.entries({ ...reading?.after })
        .map(([place]) => place)
        .sort(),
      ['at', 'mart', 'source', 'stage'],
    );
  });

  it('what comes after another entity waits for it, whatever its source', async () => {
    const { seen } = await sync('data_source_sync', { code: 'wms', ...february });
    const at = (text: string) => seen.findIndex((one) => one.text === text);
    for (const [first, then] of [
      ['vydej.usp_SkupinyZbozi', 'vydej.usp_Zbozi'],
      ['vydej.usp_Dodavatele', 'vydej.usp_Prijemky'],
      ['vydej.usp_Prijemky', 'vydej.usp_RadkyPrijemek'],
      ['mart.merge_item', 'mart.merge_receipt_line'],
    ] as const) {
      assert.ok(at(first) >= 0 && at(first) < at(then), `${first} before ${then}`);
    }
  });

  it('months of a range: an export each, and the totals of each month at the end', async () => {
    const { run, seen } = await sync('runs', {
      calls: [{ code: 'mes', name: 'work_order', months: [february, { month: 3, year: 2024 }] }],
    });
    assert.equal(run.state, 'succeeded', JSON.stringify(run.stages));
    assert.deepEqual(
      seen.map(({ text, parameters }) =>
        `${text} ${parameters['Období'] ?? parameters['month'] ?? ''}`.trim(),
      ),
      [
        'výroba.přenos příkazy 202402',
        'výroba.přenos příkazy 202403',
        'stage.load_work_order',
        'mart.merge_work_order',
        'mart.refresh_totals 202402',
        'mart.refresh_totals 202403',
      ],
    );
    const totals = await query(
      'dwh',
      'SELECT [month], [rows] FROM [mart].[monthly_totals] ORDER BY [month]',
    );
    assert.deepEqual(totals, [
      { month: 202402, rows: 3 },
      { month: 202403, rows: 1 },
    ]);
  });

  it('BUSY fails the export and leaves nothing; what both sources have goes on without it', async () => {
    await query('wms', "INSERT INTO [dbo].[Zamek] ([Duvod]) VALUES (N'Inventura')");
    const body = { code: ['wms', 'mes'], name: 'stock_level', ...february };
    const { run } = await sync('entity_sync', body);
    await query('wms', 'DELETE FROM [dbo].[Zamek]');
    assert.equal(run.state, 'failed');
    const failed = stageOf(run, 'export:stock_level:wms');
    assert.deepEqual([failed?.state, failed?.outputs], ['failed', { Stav: 'BUSY' }]);
    assert.equal(
      failed?.error?.message,
      'vydej.usp_StavZasob: @Stav is "BUSY": "OK" or "EMPTY" would be success',
    );
    const load = stageOf(run, 'load:stock_level');
    assert.deepEqual([load?.state, load?.without], ['succeeded', ['export:stock_level:wms']]);
    assert.deepEqual(load?.warnings, ['did without 1 of 2: export:stock_level:wms']);
    assert.equal(stageOf(run, 'merge:stock_level')?.state, 'succeeded');
    // Nothing was exported anew, and what was there is as it was.
    const kept = await query('wms', 'SELECT COUNT(*) AS [n] FROM [vydej].[StavZasob]');
    assert.deepEqual(kept, [{ n: 3 }]);
  });

  it('an empty month is no failure, and somebody is told', async () => {
    const { run } = await sync('entity_sync', { code: 'wms', name: 'issue', month: 1, year: 2024 });
    assert.equal(run.state, 'succeeded');
    assert.deepEqual(stageOf(run, 'export:issue:wms')?.warnings, [
      'vydej.usp_Vydejky: @Stav is "EMPTY": "OK" would be success',
    ]);
  });

  it('personnel: the batch, then two calls in order, of which the second may not be made again', async () => {
    const { run, seen } = await sync('entity_sync', { code: 'hr', name: 'wage' });
    assert.equal(run.state, 'succeeded', JSON.stringify(run.stages));
    assert.deepEqual(
      seen.map(({ text }) => text),
      [
        'dbo.p_open_batch',
        'dbo.p_wage_1_snapshot',
        'dbo.p_wage_2_publish',
        'stage.load_wage',
        'mart.merge_wage',
      ],
    );
    const { repeatable } = stageOf(run, 'export:wage:hr') ?? {};
    assert.deepEqual([repeatable, stageOf(run, 'snapshot:wage:hr')?.repeatable], [false, true]);
    assert.deepEqual(stageOf(run, 'open:*:hr')?.outputs, { batch: 2 });
    const published = await query(
      'hr',
      'SELECT [batch_id], COUNT(*) AS [n] FROM [dbo].[wage_published] GROUP BY [batch_id] ORDER BY [batch_id]',
    );
    assert.deepEqual(published, [
      { batch_id: 1, n: 4 },
      { batch_id: 2, n: 4 },
    ]);
  });
});
