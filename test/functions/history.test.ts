/** How an entity went in its runs: what is asked for, what comes back, and what it costs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from '../../functions/history/turns.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import type { Run, Stage } from '../../shared/sync/run.ts';
import { summaryOf } from '../../shared/sync/summary.ts';
import { run, stage } from '../support/runs.ts';
import { soon } from '../support/storage.ts';
import { call, type TestApp, testApp } from './app.ts';

const headers = { authorization: 'Bearer demo-token' };
const at = (second: number) => new Date(Date.UTC(2026, 10, 30, 2, 30, second)).toISOString();

function ended(id: string, state: Stage['state'], from: number, to: number, sum?: number): Stage {
  return {
    ...stage(id, 'src'),
    ...{ state, attempts: [{ startedAt: at(from), endedAt: at(to) }] },
    ...(sum !== undefined && { rows: { sum, statements: 1, last: [sum] } }),
  };
}

/** One of two data sources: of the first one all went well, of the other nothing. */
function ofTwo(id: string): Run {
  const first: Stage = {
    ...ended('export:payment:0c10', 'succeeded', 1, 5, 7),
    period: { month: 7, year: 2019 },
  };
  const stages = [first, ended('export:payment:mo', 'failed', 2, 9)];
  const freshness = ['0c10', 'mo'].map((code) => ({ entity: 'payment', code }));
  return {
    ...run(id, stages),
    ...{ state: 'failed', codes: ['0c10', 'mo'], endedAt: at(20), freshness },
  };
}

function withRuns(count: number, app: TestApp = testApp()): TestApp {
  const runs = Array.from({ length: count }, (_, place) => ofTwo(`zd38m9z${place}l-b5hscz`));
  for (const one of runs) app.syncs.runs.set(one.id, one);
  app.syncs.page = { runs: runs.map(summaryOf) };
  return app;
}

const ask = (app: TestApp, query: string) =>
  call(app, 'history_durations', { headers, url: `http://localhost/history/durations?${query}` });

test('each data source of each run: how it ended, how long it took, its rows and its month', async () => {
  const app = withRuns(1);
  const reply = await ask(app, 'name=payment');
  assert.equal(reply.status, 200, reply.text);
  assert.deepEqual(JSON.parse(reply.text), {
    name: 'payment',
    turns: [
      {
        ...{ run: 'zd38m9z0l-b5hscz', code: '0c10', state: 'succeeded', at: at(5) },
        ...{ period: { month: 7, year: 2019 }, tookMs: 4_000, rows: { export: 7 } },
      },
      { run: 'zd38m9z0l-b5hscz', code: 'mo', state: 'failed', at: at(9) },
    ],
  });
  // Only what has ended has a history.
  const states = ['succeeded', 'failed', 'cancelled', 'interrupted'];
  assert.deepEqual(app.syncs.searched, [{ filter: { states, names: ['payment'] }, limit: 50 }]);
});

test('those of one data source, and the link to older ones asks for the same', async () => {
  const app = withRuns(2);
  app.syncs.page = { ...app.syncs.page, next: 'zd38m9z1l-b5hscz' };
  const { turns, next } = JSON.parse((await ask(app, 'name=payment&code=mo&limit=2')).text);
  assert.deepEqual(
    turns.map(({ code }: { code: string }) => code),
    ['mo', 'mo'],
  );
  assert.equal(next, '/history/durations?name=payment&code=mo&limit=2&after=zd38m9z1l-b5hscz');
});

const refused: [query: string, field: string, message: RegExp][] = [
  ['', 'name', /name must be one entity/],
  ['name=payment,meter', 'name', /name must be one entity/],
  ['name=paymnt', 'name', /did you mean payment\?/],
  ['name=payment&code=0c100', 'code', /did you mean 0c10\?/],
  ['name=payment&limit=0', 'limit', /from 1 to 200/],
];
for (const [query, field, message] of refused) {
  test(`?${query} is a 400 that names ${field}`, async () => {
    const reply = await ask(withRuns(1), query);
    assert.equal(reply.status, 400);
    const { errors } = JSON.parse(reply.text);
    assert.equal(errors[0].field, field);
    assert.match(errors[0].message, message);
  });
}

test('a token sees its own data sources alone', async () => {
  const [entry] = JSON.parse(sample.Values.API_TOKENS);
  const tokens = JSON.stringify([{ ...entry, codes: ['0c10'] }]);
  const app = withRuns(1, testApp({ API_TOKENS: tokens }));
  const { turns } = JSON.parse((await ask(app, 'name=payment')).text);
  assert.ok(turns.every(({ code }: { code: string }) => code === '0c10'));
  assert.equal((await ask(app, 'name=payment&code=mo')).status, 403);
});

test('what has ended is read once, however often it is asked for', async (t) => {
  const app = withRuns(3);
  const { mock } = t.mock.method(app.syncs, 'read');
  const first = await ask(app, 'name=payment');
  assert.equal(mock.callCount(), 3);
  assert.equal((await ask(app, 'name=payment')).text, first.text);
  assert.equal(mock.callCount(), 3);
});

test('reading stops when its time is over, goes on where it was, and reads nothing twice', async () => {
  const read: string[] = [];
  const turns = new Turns({
    async read(id) {
      read.push(id);
      await sleep(1);
      return ofTwo(id);
    },
  });
  const runs = Array.from({ length: 40 }, (_, place) => ({ id: `run-${place}` }));
  let asked = 0;
  const twice = () => asked++ < 1;
  const some = await turns.of('payment', runs, twice, soon());
  assert.ok(some.runs > 0 && some.runs < runs.length);
  assert.equal(some.turns.length, some.runs * 2);
  await turns.of('payment', runs, () => true, soon());
  await turns.of('payment', runs, () => true, soon());
  assert.deepEqual(read.toSorted(), runs.map(({ id }) => id).toSorted());
});
