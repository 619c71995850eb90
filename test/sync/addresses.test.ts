/** Locks belong to addresses: two ids on one, or one id under two names, never work at once. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { parseCatalog, shippedCatalog } from '../../shared/catalog/index.ts';
import { type Locations, located } from '../../shared/catalog/located.ts';
import { Databases } from '../../shared/database/databases.ts';
import { databaseLocation, httpLocation } from '../../shared/database/location.ts';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { edit, shippedJson } from '../catalog/edited.ts';
import { requestFor } from '../support/requests.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const never = new AbortController().signal;
const databases = { hcs: 'sql1:1433/HCS', stek: 'sql1:1433/STEK', ab: 'sql2:1433/AB' };
const locations: Locations = { databases, companies: {}, connections: {} };

const requestOf = (code: string) => requestFor([code], ['meter']);

async function newState() {
  return syncStateOf(await storage.container());
}

function serviceOn(state: Awaited<ReturnType<typeof newState>>, catalog = shippedCatalog()) {
  return postingService(state, { catalog: located(catalog, locations) });
}

describe('locks of addresses', { concurrency: true }, () => {
  test('two ids on one address: the second POST is refused, and told which server it is', async () => {
    const state = await newState();
    const first = await serviceOn(state).start(requestOf('0c10'), soon());
    assert.ok(first.outcome === 'started');
    const second = await serviceOn(state).start(requestOf('stek'), soon());
    assert.deepEqual(second, { outcome: 'busy', servers: ['server'], runs: [first.id] });
  });

  test("a server's id that is renamed keeps its lock", async () => {
    const state = await newState();
    const json = shippedJson();
    edit(json, ['servers', 0, 'id'], 'renamed');
    edit(json, ['databases', 0, 'server'], 'renamed');
    const renamed = parseCatalog(json);
    const first = await serviceOn(state).start(requestOf('0c10'), soon());
    assert.ok(first.outcome === 'started');
    assert.deepEqual(await serviceOn(state, renamed).start(requestOf('0c10'), soon()), {
      outcome: 'busy',
      servers: ['renamed'],
      runs: [first.id],
    });
  });

  test('a worker that knows ids only, and one that knows addresses, share the id', async () => {
    const state = await newState();
    const earlier = postingService(state);
    assert.equal((await earlier.start(requestOf('0c10'), soon())).outcome, 'started');
    assert.equal((await serviceOn(state).start(requestOf('0c10'), soon())).outcome, 'busy');
  });

  test('a source and the aggregate base at one address: one procedure at a time', async () => {
    const state = await newState();
    const catalog = located(shippedCatalog(), {
      ...locations,
      databases: { ...databases, ab: 'sql1:1433/AB' },
    });
    const service = postingService(state, { catalog });
    const request = { ...requestOf('0c10'), names: ['meter', 'meter_place', 'building_structure'] };
    const started = await service.start(request, soon());
    assert.ok(started.outcome === 'started');
    let running = 0;
    const engine = engineOn(state, async () => {
      running += 1;
      assert.equal(running, 1);
      await state.leases.list('sync/', soon());
      running -= 1;
      return { rows: rowCounts([1]) };
    });
    assert.equal(await executeRun(engine, started.id, never), 'finished');
    assert.equal((await state.runs.read(started.id, soon()))?.value.state, 'succeeded');
  });

  test('a database that was moved since the run was planned fails its stages and says so', async () => {
    const state = await newState();
    const started = await serviceOn(state).start(requestOf('0c10'), soon());
    assert.ok(started.outcome === 'started');
    const moved = { ...databases, hcs: 'sql9:1433/HCS' };
    const engine = {
      ...engineOn(state),
      runners: { procedure: procedureRunner(new Databases([]), moved) },
    };
    assert.equal(await executeRun(engine, started.id, never), 'finished');
    assert.match(
      (await state.runs.read(started.id, soon()))?.value.stages[0]?.error?.message ?? '',
      /hcs was at sql1:1433\/HCS when the run was planned, and is at sql9:1433\/HCS now/,
    );
  });

  test('the plan names the locks of its source servers, by id and by address', () => {
    const plan = planStages(located(shippedCatalog(), locations), [
      { names: ['meter'], codes: ['0c10', 'stek'] },
    ]);
    assert.deepEqual(
      plan.locks.map(({ lock }) => lock),
      ['dcdb', 'server', 'sql1:1433'],
    );
    assert.equal(plan.stages.at(-1)?.location, 'sql2:1433/AB');
  });
});

for (const [text, location] of [
  ['Server=SQL1.Example.,1433;Database=HCS;User Id=a;Password=b', 'sql1.example:1433/HCS'],
  ['Server=tcp:sql1.example;Database=HCS;User Id=a;Password=b', 'sql1.example:1433/HCS'],
  ['Server=sql1.example\\Express;Database=HCS;User Id=a;Password=b', 'sql1.example:express/HCS'],
  ['Server=sql1.example\\Express,1500;Database=HCS;User Id=a;Password=b', 'sql1.example:1500/HCS'],
  ['Server=.;Database=HCS;User Id=a;Password=b', 'localhost:1433/HCS'],
  ['Server=127.0.0.1,1433;Database=HCS;User Id=a;Password=b', 'localhost:1433/HCS'],
  ['Server=127.0.0.2,1433;Database=HCS;User Id=a;Password=b', '127.0.0.2:1433/HCS'],
  [
    '{"server": "sql1.example", "database": "HCS", "authentication": "managed identity"}',
    'sql1.example:1433/HCS',
  ],
] as const) {
  test(`${text.slice(0, 40)} is at ${location}`, () => {
    assert.equal(databaseLocation(text), location);
  });
}

test('what is asked over HTTP is where its origin says', () => {
  assert.equal(httpLocation('https://Flexi.example:5434', 'demo'), 'flexi.example:5434/demo');
  assert.equal(httpLocation('https://gen.example', 'data'), 'gen.example:443/data');
  assert.equal(httpLocation('http://[::1]:699', 'data'), 'localhost:699/data');
});
