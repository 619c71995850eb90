/** A run that is asked for in one month and starts in the next: its months are those of the asking. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import type { Stage } from '../../shared/sync/run.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';
import { post, testApp } from './app.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const cases: [zone: string, askedAt: string, startedAt: string, month: number, year: number][] = [
  // 23:59:59 of a month's last day there, and ten minutes later.
  ['Asia/Vladivostok', '2026-09-30T13:59:59Z', '2026-09-30T14:10:00Z', 9, 2026],
  ['Asia/Vladivostok', '2026-12-31T13:59:59Z', '2026-12-31T14:10:00Z', 12, 2026],
  // In summer time, in winter time, and on the day on which it ends.
  ['Europe/Prague', '2026-03-31T21:59:59Z', '2026-03-31T22:10:00Z', 3, 2026],
  ['Europe/Prague', '2027-02-28T22:59:59Z', '2027-02-28T23:10:00Z', 2, 2027],
  ['Europe/Prague', '2027-10-31T22:59:59Z', '2027-10-31T23:10:00Z', 10, 2027],
];

for (const [timeZone, askedAt, startedAt, month, year] of cases) {
  test(`asked for at ${askedAt}, started at ${startedAt}: ${month}/${year} in ${timeZone}`, async () => {
    let clock = new Date(askedAt);
    const now = () => clock;
    const state = syncStateOf(await storage.container());
    const shipped = testApp();
    const catalog = { ...shipped.catalog, periods: { from: '2018-01', timeZone } };
    const syncs = postingService(state, { catalog, now });
    const app = { ...shipped, catalog, syncs, now };
    const calls = [
      { code: '0c10', name: 'payment', month: 0 },
      { code: 'mo', name: 'payment', months: [-1, 0] },
    ];
    const reply = await post(app, 'runs', { token: 'demo-token', user: 'operator', calls });
    assert.equal(reply.status, 202, reply.text);
    const id = String(reply.queued);

    clock = new Date(startedAt);
    const called: Stage[] = [];
    const engine = engineOn(state, async (stage) => {
      called.push(stage);
      return { rows: rowCounts([1]), returnValue: 0 };
    });
    assert.equal(await executeRun({ ...engine, now }, id, soon()), 'finished');

    const current = { month, year };
    const earlier = month === 1 ? { month: 12, year: year - 1 } : { month: month - 1, year };
    const text = `${year}-${String(month).padStart(2, '0')}`;
    const parametersOf = (stage: string) =>
      called.find((one) => one.id === stage)?.parameters.map(({ value }) => value);
    assert.deepEqual(parametersOf('export:payment:0c10'), ['0c10', month, year]);
    assert.deepEqual(parametersOf(`export:payment:mo:${text}`), [`${text.replace('-', '')}01`]);
    const run = await syncs.read(id, soon());
    assert.equal(run?.createdAt, new Date(askedAt).toISOString());
    assert.equal(run?.startedAt, new Date(startedAt).toISOString());
    // Both forms: what was asked, and what it meant then.
    assert.deepEqual(
      run?.calls?.map(({ asked, periods }) => [asked, periods]),
      [
        [{ month: 0 }, [current]],
        [{ months: [-1, 0] }, [earlier, current]],
      ],
    );
  });
}

test('a board that was planned before midnight starts with the months of its plan', async () => {
  let clock = new Date('2026-09-30T13:59:59Z');
  const app = { ...testApp(), now: () => clock };
  const calls = [{ id: 'one', code: '0c10', name: 'payment', month: -1, run: true }];
  const read = async () => ({ name: 'months', revision: 0, board: { calls } });
  const boards = Object.assign(Object.create(app.boards), { read });
  const run = (more: object, query = {}) => {
    const headers = { authorization: 'Bearer demo-token' };
    const init = { params: { board: 'months' }, query };
    return post({ ...app, boards }, 'run_board', { user: 'Jana', ...more }, headers, init);
  };
  const plan = JSON.parse((await run({}, { dry: 'true' })).text);
  assert.equal(plan.asOf, clock.toISOString());
  // The worker that starts it has a clock that is behind the planning one's, or midnight is over.
  for (const [at, asked] of [
    ['2026-09-30T13:59:57Z', plan.asOf],
    ['2026-09-30T14:10:00Z', plan.asOf],
    ['2026-09-30T14:10:00Z', undefined],
  ] as const) {
    clock = new Date(at);
    const started = await run({ asOf: asked });
    assert.equal(started.status, 202, started.text);
  }
  const august = [{ month: 8, year: 2026 }];
  assert.deepEqual(plan.calls[0].periods, august);
  assert.deepEqual(
    app.syncs.started.map((one) => one.calls[0]?.periods),
    [august, august, [{ month: 9, year: 2026 }]],
  );
});
