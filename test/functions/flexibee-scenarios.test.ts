/**
 * What a company's server and its workers can do, one after another, of each kind of trouble a
 * scenario: mirror, typed tables and journal equal the source afterwards.
 */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe } from 'node:test';
import { pageProcedure, sqlMirror } from '../../shared/flexibee/apply.ts';
import { generationOver } from '../../shared/flexibee/types.ts';
import { type Reply, type ScriptedRequest, status } from '../support/scripted-http.ts';
import { oneTestIn } from '../support/some-of.ts';
import { soon } from '../support/storage.ts';
import { code, passOn, startSystems } from './asked-world.ts';
import { type Scenario, scenarioWorld } from './scenario-world.ts';

let systems: Awaited<ReturnType<typeof startSystems>>;
before(async () => {
  systems = await startSystems();
});
after(() => systems.close());
afterEach(() => {
  const { flexibee, front } = systems;
  flexibee.faults.clear();
  flexibee.company('demo').enableChangelog();
  const demo = flexibee.companies.get('demo') ?? assert.fail();
  demo.licence = 'present';
  demo.forbidden.clear();
  demo.hidden.clear();
  front.script(passOn(flexibee.url));
});

const open = (options?: Parameters<typeof scenarioWorld>[1]) => scenarioWorld(systems, options);
const demo = () => systems.flexibee.companies.get('demo') ?? assert.fail();

/** The server answers so where `reply` has an answer. */
function script(answer: (request: ScriptedRequest) => Reply | undefined): void {
  const others = passOn(systems.flexibee.url);
  systems.front.script((response, request) => (answer(request) ?? others)(response, request));
}

const test = oneTestIn(3);

const isAbout = ({ url }: ScriptedRequest, evidence: string) =>
  new RegExp(`^/c/demo/${evidence}(\\.json|/(?!properties))`).test(url);

test('the changelog goes off and is seen, other troubles come, records change, and it is on again', async () => {
  const world = await open();
  world.company.disableChangelog();
  assert.equal(await world.poll('timer'), 'trouble');
  assert.equal((await world.state()).trouble?.kind, 'changelog disabled');
  for (const status of [504, 401]) {
    systems.flexibee.faults.set({ status });
    assert.equal(await world.poll('request'), 'trouble');
    systems.flexibee.faults.clear();
    world.writeSome();
  }
  world.company.enableChangelog();
  world.writeSome();
  await world.settle();
  await world.check();
});

describe('the changelog goes off and on between two polls', () => {
  test('by our own routes', async () => {
    const world = await open();
    assert.equal(await world.companies.turnChangelog(code, 'off', soon()), true);
    world.writeSome();
    assert.equal(await world.companies.turnChangelog(code, 'on', soon()), true);
    await world.settle();
    await world.check();
  });

  test('by others: no versions went back', async () => {
    const world = await open({ fields: { onRegression: 'stop' } });
    world.writeSome();
    await world.settle();
    const { generation } = (await world.cursor()) ?? assert.fail();
    world.company.disableChangelog();
    world.writeSome();
    world.company.enableChangelog();
    world.writeSome();
    await world.settle();
    await world.check();
    assert.equal((await world.cursor())?.generation, generation);
  });

  test('by others, and nothing tells of it: the list was empty before, and is: reconciliation finds it', async () => {
    const other = systems.flexibee.company('demo');
    other.disableChangelog();
    other.enableChangelog();
    const world = await open();
    world.company.disableChangelog();
    world.writeSome();
    world.company.enableChangelog();
    assert.equal(await world.poll('request'), 'idle');
    assert.equal(await world.reconcile('asked'), 'done');
    await world.check();
  });

  test('by others, and versions begin anew', async () => {
    const world = await open({ fields: { onRegression: 'reload' } });
    world.company.disableChangelog();
    world.writeSome();
    world.company.enableChangelog({ restart: true });
    world.writeSome();
    await world.settle();
    await world.check();
  });
});

test('a late commit behind thousands of changes and a hundred rollbacks: two polls', async () => {
  const world = await open();
  const late = world.company.begin();
  for (let times = 0; times < 100; times += 1) {
    world.company.bulk({ changes: 30, records: 3, seed: times });
    world.company.gap(1);
  }
  await world.settle();
  await world.minutes(5);
  const { lag } = await world.state();
  assert.ok(lag.gaps >= 100 && lag.versions === lag.gaps, JSON.stringify(lag));
  late.commit('adresar', { adresar: { kod: 'POZDNI', nazev: 'Pozdní' } });
  await world.poll('timer');
  await world.poll('timer');
  await world.check();
});

describe('late commits', () => {
  test('after twenty minutes', async () => {
    const world = await open();
    const late = world.company.begin();
    world.writeSome();
    await world.minutes(20);
    late.commit('cenik', {
      cenik: { kod: 'POZDE20', nazev: 'Pozdě', typZasobyK: 'typZasoby.zbozi' },
    });
    await world.minutes(2);
    await world.check();
  });

  test('of a version that was taken long before the load', async () => {
    const late = systems.flexibee.company('demo').begin();
    systems.flexibee.company('demo').bulk({ changes: 1_500, records: 15 });
    const world = await open();
    late.commit('adresar', { adresar: { kod: 'DAVNO', nazev: 'Dávno' } });
    await world.minutes(2);
    await world.check();
  });
});

test('reconciliation mends what somebody has done to the mirror, while records change', async () => {
  const world = await open();
  const of = (evidence: string) => `company = N'${code}' AND evidence = N'${evidence}'`;
  // Not the first, which is written below.
  const some = (evidence: string, count: number) =>
    `record_id IN (SELECT TOP (${count}) record_id FROM crude.flexibee_record WHERE ${of(evidence)} AND deleted = 0 ORDER BY record_id DESC)`;
  await world.query(
    `DELETE FROM crude.flexibee_record WHERE ${of('adresar')} AND ${some('adresar', 2)};
UPDATE crude.flexibee_record SET deleted = 1 WHERE ${of('banka')} AND ${some('banka', 3)};
UPDATE crude.flexibee_record SET payload = N'{"lastUpdate":"2001-01-01T00:00:00.000+01:00"}' WHERE ${of('cenik')} AND ${some('cenik', 1)};
UPDATE crude.flexibee_record SET record_id = 900000001 WHERE ${of('banka')} AND ${some('banka', 1)}`,
  );
  world.writeSome();
  assert.equal(await world.reconcile('asked'), 'done');
  const { found = {} } = (await world.companies.reconciliation(code, soon()))?.last ?? {};
  const wrong = Object.entries(found).flatMap(([evidence, { missing, extra, different }]) =>
    missing + extra + different > 0 ? [[evidence, missing, extra, different]] : [],
  );
  assert.deepEqual(wrong.toSorted(), [
    ['adresar', 2, 0, 0],
    ['banka', 4, 1, 0],
    ['cenik', 0, 0, 1],
  ]);
  await world.check();
});

test('a wish to compare that comes during a pause is fulfilled after it', async () => {
  const world = await open();
  const paused = world.newProcess({ paused: true });
  assert.equal(await world.reconcile('asked', paused), 'paused');
  assert.equal((await world.cursor())?.due.reconcile?.for, 'asked');
  assert.ok((await world.state()).reconciliationDue, 'it is told');
  world.writeSome();
  assert.equal(await world.poll('timer', paused), 'paused');
  assert.deepEqual(world.takeQueued(), [], 'nobody is at it');
  await world.query(
    `DELETE FROM crude.flexibee_record WHERE company = N'${code}' AND evidence = N'cenik'`,
  );
  await world.settle();
  const [message] = world.takeQueued();
  assert.deepEqual([message?.why, message?.wish], ['reconcile', 'asked']);
  assert.equal(await world.reconcile('asked'), 'done');
  assert.equal((await world.cursor())?.due.reconcile, undefined);
  await world.check();
});

test('a server that gives three hundred records at most, or a 504', async () => {
  const rows = Array.from({ length: 700 }, (_, index) => ({ kod: `M${index}`, nazev: `${index}` }));
  systems.flexibee.company('demo').write('adresar', { adresar: rows });
  script((request) => {
    const ids = /"id":\[(.*)\]/.exec(request.body)?.[1]?.split(',').length;
    const limit = Number(new URL(request.url, 'http://x').searchParams.get('limit'));
    return isAbout(request, 'adresar') && (ids ?? limit) > 300 ? status(504) : undefined;
  });
  const world = await open();
  await world.check();
  world.company.write('adresar', {
    adresar: world.company.dump('adresar').map(({ id }) => ({ id, popis: 'jinak' })),
  });
  await world.settle();
  await world.check();
});

test('one evidence that may not be read, another that is not there: the others go on, and then they', async () => {
  const world = await open();
  demo().forbidden.add('cenik');
  script((request) => (isAbout(request, 'faktura-vydana') ? status(404) : undefined));
  world.writeSome();
  assert.equal(await world.poll('request'), 'applied');
  assert.deepEqual(await told(world), ['following', undefined, ['cenik']]);
  world.company.write('faktura-vydana', {
    'faktura-vydana': { id: world.company.dump('faktura-vydana')[0]?.['id'], popis: 'Jinak' },
  });
  await world.poll('request');
  assert.deepEqual(await told(world), ['following', undefined, ['cenik', 'faktura-vydana']]);
  demo().forbidden.clear();
  systems.front.script(passOn(systems.flexibee.url));
  await world.settle();
  assert.deepEqual(await told(world), ['following', undefined, []]);
  await world.check();
});

async function told(world: Scenario) {
  const { phase, trouble, blocked } = await world.state();
  return [phase, trouble, blocked];
}

test('a record that is hidden stays, and comes when it is shown again', async () => {
  const world = await open();
  const [{ id } = assert.fail()] = world.company.dump('adresar');
  demo().hidden.set('adresar', new Set([Number(id)]));
  world.company.write('adresar', { adresar: { id, popis: 'Neviditelné' } });
  await world.settle();
  const [row] = await world.query(
    `SELECT deleted FROM flexi.adresar WHERE company = N'${code}' AND id = ${id}`,
  );
  assert.deepEqual(row, { deleted: false });
  assert.equal((await world.state()).hidden, 1);
  demo().hidden.clear();
  assert.equal(await world.reconcile('asked'), 'done');
  await world.check();
  assert.equal((await world.state()).hidden, 0);
});

test('a hook that says nothing has the company looked at; one that finds it busy has it looked at later', async () => {
  const world = await open();
  world.writeSome();
  assert.deepEqual(await world.hook(), ['applied']);
  await world.check();
  const held = await world.cursors.acquire(code, soon());
  world.writeSome();
  assert.deepEqual(await world.hook(), ['busy']);
  await held?.release();
  // The flag is up: nobody raises it once more.
  assert.equal(await world.companies.hooked(code, undefined, soon()), false);
  const again = world.takeQueued();
  assert.deepEqual(
    again.map(({ why }) => why),
    ['hook'],
  );
  assert.equal(await world.poll('hook'), 'applied');
  await world.check();
});

test('a server that asks to be left alone for five minutes is, and is caught up with then', async () => {
  const world = await open();
  script(() => status(503, { 'retry-after': '300' }));
  assert.equal(await world.poll('timer'), 'trouble');
  systems.front.script(passOn(systems.flexibee.url));
  world.writeSome();
  world.takeAsked();
  assert.deepEqual(new Set(await world.minutes(4)), new Set(['trouble']));
  assert.equal(world.takeAsked(), 0);
  await world.minutes(2);
  await world.check();
});

test('a procedure after changes takes its time: the company is followed meanwhile', async () => {
  await systems.databases.query(
    'ab',
    `IF SCHEMA_ID(N'heap') IS NULL EXEC(N'CREATE SCHEMA heap');
EXEC(N'CREATE PROCEDURE heap.sp_take_time @evidence nvarchar(64) AS
WHILE NOT EXISTS (SELECT 1 FROM crude.flexibee_record WHERE code = N''POTOM'') WAITFOR DELAY ''00:00:00.050''')`,
    [],
    soon(),
  );
  const world = await open({
    afterwards: {
      ...{ stage: 'heap', kind: 'procedure', database: 'ab', procedure: 'heap.sp_take_time' },
      parameters: [{ name: 'evidence', type: 'nvarchar(64)', from: 'entity' }],
      repeatable: true,
    },
  });
  let isOver = false;
  const calling = world.companies
    .callAfterChanges(code, () => {}, soon())
    .then((outcome) => {
      isOver = true;
      return outcome;
    });
  for (let times = 0; times < 10; times += 1) {
    world.writeSome();
    assert.equal(await world.poll('request'), 'applied');
  }
  await world.check();
  assert.equal(isOver, false);
  world.company.write('adresar', { adresar: { kod: 'POTOM', nazev: 'Potom' } });
  await world.settle();
  assert.equal(await calling, 'done');
  await world.check();
});

test('resets, a cursor that got lost, and what a dead worker had sent: the newest generation counts', async () => {
  const world = await open();
  const { generation } = (await world.cursor()) ?? assert.fail();
  for (let times = 0; times < 3; times += 1) {
    assert.equal(await world.companies.reset(code, soon()), true);
    world.writeSome();
    await world.settle();
  }
  await world.container.getBlobClient(`flexibee/${code}.json`).delete();
  world.writeSome();
  await world.settle();
  await world.check();
  const records = [{ id: '123456', version: 1, deleted: false, externalIds: [], payload: {} }];
  const batches = [{ evidence: 'adresar', changes: [], records }];
  const mirror = sqlMirror(systems.databases, () => ({ database: 'ab', procedure: pageProcedure }));
  const readAt = world.now().toISOString();
  const late = mirror.apply({ company: code, generation, readAt, batches }, soon());
  await assert.rejects(late, { number: generationOver });
  await world.check();
});

test('what is deleted keeps what it was, in the mirror and in its typed table, and the journal its days', async () => {
  const world = await open({ fields: { journalDays: 30 } });
  const record = { kod: 'PRYC', nazev: 'Pryč', email: 'pryc@example.cz' };
  world.company.write('adresar', { adresar: record });
  await world.settle();
  world.company.delete('adresar', 'code:PRYC');
  await world.settle();
  await world.check();
  const rows = await world.query(
    `SELECT r.code, r.deleted, t.deleted AS typed_deleted, t.nazev, t.email FROM crude.flexibee_record AS r
INNER JOIN flexi.adresar AS t ON t.company = r.company AND t.id = r.record_id
WHERE r.company = N'${code}' AND r.evidence = N'adresar' AND r.code = N'PRYC'`,
  );
  const { kod, nazev, email } = record;
  assert.deepEqual(rows, [{ code: kod, deleted: true, typed_deleted: true, nazev, email }]);
  const journal = () =>
    world.query(`SELECT COUNT(*) AS n FROM crude.flexibee_change WHERE company = N'${code}'`);
  world.turnOn(29 * 86_400_000);
  const before = await journal();
  assert.equal(await world.companies.expireJournals(() => {}, soon()), 0);
  assert.deepEqual(await journal(), before);
  world.turnOn(2 * 86_400_000);
  await world.companies.expireJournals(() => {}, soon());
  assert.deepEqual(await journal(), [{ n: 0 }]);
});

test('a page over several evidences is one call', async () => {
  const world = await open();
  world.company.bulk({ changes: 900, records: 900 });
  const calls = () =>
    systems.sqlServer.calls().filter(({ procedure }) => /apply_flexibee/.test(procedure)).length;
  const before = calls();
  assert.equal(await world.poll('request'), 'applied');
  assert.equal(calls() - before, 1);
  await world.check();
});
