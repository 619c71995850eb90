/** `/runs` with filters: what is asked for, what is refused, and real runs over real HTTP. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { openContainer } from '../../shared/storage/container.ts';
import type { Run } from '../../shared/sync/run.ts';
import { newRunId, RunStore } from '../../shared/sync/run-store.ts';
import { startOfDay } from '../../shared/time/zone.ts';
import { run } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, testApp } from './app.ts';

const headers = { authorization: 'Bearer demo-token' };

let storage: TestStorage;
let app: App;
before(async () => {
  storage = await startStorage();
  app = await App.start({ ...sample.Values, AzureWebJobsStorage: storage.connectionString });
});
after(async () => {
  await app.stop();
  await storage.close();
});

// Vladivostok is ten hours ahead of UTC.
const asked: [query: string, filter: object][] = [
  ['state=failed,interrupted', { states: ['failed', 'interrupted'] }],
  ['code=0c10', { codes: ['0c10'] }],
  ['code=0c10,mo&name=payment,meter', { codes: ['0c10', 'mo'], names: ['payment', 'meter'] }],
  ['user=%D0%98%D0%B2%D0%B0%D0%BD,%20I.', { user: 'Иван, I.' }],
  ['board=night,day', { boards: ['night', 'day'] }],
  ['from=2019-07-31', { from: new Date('2019-07-30T14:00:00Z') }],
  ['to=2019-07-31', { to: new Date('2019-07-31T14:00:00Z') }],
  ['from=2019-07-31T10:00:00Z', { from: new Date('2019-07-31T10:00:00Z') }],
  ['from=2019-07-31T10:00%2B02:00', { from: new Date('2019-07-31T08:00:00Z') }],
  ['from=2019-07-31T10:00', { from: new Date('2019-07-31T00:00:00Z') }],
  ['from=2019-07-31%2010:00', { from: new Date('2019-07-31T00:00:00Z') }],
  ['to=2019-07-31T10:00:05', { to: new Date('2019-07-31T00:00:05Z') }],
  ['to=2019-07-31T10:00:00.123Z', { to: new Date('2019-07-31T10:00:00.123Z') }],
];

for (const [query, filter] of asked) {
  test(`/runs?${query}`, async () => {
    const double = testApp();
    double.syncs.page = { runs: [], next: 'zd38m9z2l-b5hscz' };
    const url = `http://localhost/runs?${query}&pretty`;
    const reply = await call(double, 'runs', { headers, url });
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(double.syncs.searched, [{ filter, limit: 50 }]);
    // The link asks for the same.
    const next = new URL(JSON.parse(reply.text).next, 'http://localhost');
    await call(double, 'runs', { headers, url: next.href });
    assert.deepEqual(double.syncs.searched[1], { filter, limit: 50, after: 'zd38m9z2l-b5hscz' });
  });
}

const refused: [query: string, field: string, message: RegExp][] = [
  ['state=faild', 'state', /did you mean failed\?/],
  ['state=failed,', 'state', /one of waiting, queued, running/],
  ['state=', 'state', /one of/],
  ['code=0c100', 'code', /did you mean 0c10\?/],
  ['code=0C10', 'code', /did you mean 0c10\?/],
  ['name=paymnt', 'name', /did you mean payment\?/],
  ['user=', 'user', /who asked/],
  ['user=a%0Ab', 'user', /on one line/],
  ['board=', 'board', /name of a board/],
  ['from=31.7.2019', 'from', /with its zone \(2026-11-30T02:00:00Z\)/],
  ['from=2019-06-31', 'from', /a time or date by the catalogue’s clock/],
  ['from=2019-06-31T10:00:00Z', 'from', /a time or date by the catalogue’s clock/],
  ['from=2019-07-31T24:00', 'from', /by the catalogue’s clock/],
  ['from=2019-07-31T25:00:00Z', 'from', /a time or date by the catalogue’s clock/],
  ['from=', 'from', /a time or date by the catalogue’s clock/],
  ['from=yesterday', 'from', /a time or date by the catalogue’s clock/],
  ['to=2019-07', 'to', /a time or date by the catalogue’s clock/],
  ['from=2019-08-01&to=2019-07-31', 'to', /later than from/],
  ['from=2019-07-31T10:00:00Z&to=2019-07-31T10:00:00Z', 'to', /later than from/],
  ['state=failed&after=a%2Bb%2Fc%3D', 'after', /from the next link/],
];

for (const [query, field, message] of refused) {
  test(`/runs?${query} is a 400 that names ${field}`, async () => {
    const double = testApp();
    const reply = await call(double, 'runs', { headers, url: `http://localhost/runs?${query}` });
    assert.equal(reply.status, 400);
    const { errors } = JSON.parse(reply.text);
    assert.equal(errors.length, 1);
    assert.equal(errors[0].field, field);
    assert.match(errors[0].message, message);
    assert.deepEqual(double.syncs.searched, []);
  });
}

test('a token looks for runs of its own data sources; another code is a 403', async () => {
  const [entry] = JSON.parse(sample.Values.API_TOKENS);
  const double = testApp({ API_TOKENS: JSON.stringify([{ ...entry, codes: ['0c10', 'mo'] }]) });
  const ask = (query: string) =>
    call(double, 'runs', { headers, url: `http://localhost/runs?${query}` });
  assert.equal((await ask('')).status, 200);
  assert.equal((await ask('code=mo')).status, 200);
  assert.deepEqual(
    double.syncs.searched.map(({ filter }) => filter),
    [{ within: ['0c10', 'mo'] }, { codes: ['mo'], within: ['0c10', 'mo'] }],
  );
  const other = await ask('code=stek');
  assert.equal(other.status, 403);
  assert.equal(JSON.parse(other.text).errors[0].field, 'code');
});

test('days begin by the clock of the zone, also where it is set that day', () => {
  const at = (day: string, zone: string, later = 0) => startOfDay(day, zone, later).toISOString();
  assert.equal(at('2019-07-31', 'UTC'), '2019-07-31T00:00:00.000Z');
  assert.equal(at('2019-07-31', 'Asia/Vladivostok'), '2019-07-30T14:00:00.000Z');
  assert.equal(at('2019-03-31', 'Europe/Prague'), '2019-03-30T23:00:00.000Z');
  assert.equal(at('2019-03-31', 'Europe/Prague', 1), '2019-03-31T22:00:00.000Z');
  assert.equal(at('2019-10-27', 'Europe/Prague'), '2019-10-26T22:00:00.000Z');
  assert.equal(at('2019-10-27', 'Europe/Prague', 1), '2019-10-27T23:00:00.000Z');
  assert.equal(at('2019-12-31', 'America/New_York', 1), '2020-01-01T05:00:00.000Z');
});

test('stored runs are found by the function, page by page, before and after they are indexed', async () => {
  const container = await openContainer(app.current.settings.storage, soon());
  const runs = new RunStore(container);
  const dayMs = 86_400_000;
  const now = Date.now();
  const made: Run[] = [];
  for (let day = 1; day <= 12; day += 1) {
    const at = new Date(now - day * dayMs);
    const document: Run = {
      ...run(newRunId(at), []),
      state: day % 3 === 0 ? 'failed' : 'succeeded',
      user: day % 2 === 0 ? 'Иванова' : 'me',
      createdAt: at.toISOString(),
      endedAt: at.toISOString(),
      ...(day === 6 && { board: 'night' }),
    };
    await runs.create(document, soon());
    made.push(document);
  }
  const found = async (query: string) => {
    const ids: string[] = [];
    let path: string | undefined = `/runs?${query}`;
    while (path !== undefined) {
      const reply = await call(app, 'runs', { headers, url: `http://localhost${path}` });
      const page = JSON.parse(reply.text);
      ids.push(...page.runs.map(({ id }: Run) => id));
      path = page.next;
    }
    return ids;
  };
  const ids = (isWanted: (run: Run) => boolean) => made.filter(isWanted).map(({ id }) => id);
  const check = async () => {
    assert.deepEqual(
      await found('limit=5'),
      ids(() => true),
    );
    assert.deepEqual(
      await found('state=failed&limit=1'),
      ids(({ state }) => state === 'failed'),
    );
    assert.deepEqual(
      await found(`user=%D0%B8%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0&limit=4`),
      ids(({ user }) => user === 'Иванова'),
    );
    assert.deepEqual(
      await found('board=night'),
      ids(({ board }) => board === 'night'),
    );
    const from = new Date(now - 5.5 * dayMs).toISOString();
    assert.deepEqual(
      await found(`from=${from}&state=succeeded`),
      ids(({ state, createdAt }) => state === 'succeeded' && createdAt >= from),
    );
    assert.deepEqual(await found('state=waiting'), []);
  };
  await check();
  assert.equal(await app.indexRuns(), 12);
  await check();
});
