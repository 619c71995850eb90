/** Exclusive names and places at a server, on real leases and real sessions. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerClient } from '@azure/storage-blob';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { Databases } from '../../shared/database/databases.ts';
import { Leases } from '../../shared/lock/leases.ts';
import { exclusiveLock, holdersOfNames } from '../../shared/sync/exclusive.ts';
import type { Stage, StageWait } from '../../shared/sync/run.ts';
import { Turn } from '../../shared/sync/turn.ts';
import { type RecordedSqlServer, startRecordedSqlServer } from '../support/recorded-sql-server.ts';
import { stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
let servers: RecordedSqlServer[];
let pools: Databases[];

/** Two servers, each with a database, as each worker reaches them. */
function worker(): Databases {
  const pool = new Databases(
    servers.map(({ port }, index) => ({
      id: `db${index}`,
      setting: `SQL_${index}`,
      connectionString: `Server=127.0.0.1,${port};Database=DB${index};User Id=app;Password=secret;Encrypt=false`,
    })),
  );
  pools.push(pool);
  return pool;
}

before(async () => {
  storage = await startStorage();
  pools = [];
  servers = await Promise.all(
    [0, 1].map((index) =>
      startRecordedSqlServer({
        logins: { app: 'secret' },
        databases: [{ name: `DB${index}`, server: `s${index}`, schema: '' }],
      }),
    ),
  );
});
after(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  await Promise.all([storage.close(), ...servers.map((server) => server.close())]);
});

interface Asked {
  runId: string;
  /** How long a session may rest that somebody waits for. */
  restMs?: number;
}

function turnOf(container: ContainerClient, { runId, restMs = 60_000 }: Asked) {
  const databases = worker();
  const waits: StageWait[] = [];
  const told: string[] = [];
  const watch = { everyMs: 100, restMs };
  const turn = new Turn({
    runners: { procedure: procedureRunner(databases, undefined, watch) },
    leases: new Leases(container, 15),
    runId,
    log: { tell: (_stage, text) => told.push(text) },
    onWait: (_stage, wait) => waits.push(wait),
  });
  return { turn, waits, told };
}

const at = (server: number, more: Partial<Stage> = {}): Stage => ({
  ...stage(`close:*`, `s${server}`),
  database: `db${server}`,
  ...more,
});
const close = { exclusive: ['month-close'] };

/** Whether something has come to its end within a moment. */
async function isOver(work: Promise<unknown>, ms = 300): Promise<boolean> {
  return await Promise.race([work.then(() => true), sleep(ms).then(() => false)]);
}

describe('exclusive names', () => {
  test('of two workers at two servers one has it; the other waits, says for whom, and is next', async () => {
    const container = await storage.container();
    const one = turnOf(container, { runId: 'run-1' });
    const two = turnOf(container, { runId: 'run-2' });
    await one.turn.take(at(0, close), soon());
    const waiting = two.turn.take(at(1, close), soon());
    assert.equal(await isOver(waiting), false);
    assert.deepEqual(two.waits, [{ exclusive: 'month-close', run: 'run-1' }]);
    assert.deepEqual(two.told, ['Waits for month-close, which run run-1 has.']);
    const leases = new Leases(container, 15);
    const held = [{ name: 'month-close', isFree: false, run: 'run-1' }];
    assert.deepEqual(await holdersOfNames(leases, ['month-close'], soon()), held);
    // The server itself is free for whatever has no such name.
    const other = turnOf(container, { runId: 'run-3' });
    await other.turn.take(at(1), soon());
    await other.turn.giveBack();
    await one.turn.giveBack();
    await waiting;
    await two.turn.giveBack();
    assert.deepEqual(await holdersOfNames(leases, ['month-close'], soon()), [
      { name: 'month-close', isFree: true },
    ]);
    assert.deepEqual(await leases.state(exclusiveLock('month-close'), soon()), {
      name: exclusiveLock('month-close'),
      held: false,
    });
  });

  test('whoever gives it back and wants it again lets the other one come first', async () => {
    const container = await storage.container();
    const one = turnOf(container, { runId: 'run-1' });
    const two = turnOf(container, { runId: 'run-2' });
    await one.turn.take(at(0, close), soon());
    const second = two.turn.take(at(1, close), soon());
    await sleep(300);
    await one.turn.giveBack();
    const again = one.turn.take(at(0, close), soon());
    await second;
    assert.equal(await isOver(again), false);
    await two.turn.giveBack();
    await again;
    await one.turn.giveBack();
  });

  test('names in any order at two servers: nobody waits for ever', async () => {
    const container = await storage.container();
    const both = { exclusive: ['a', 'b'] };
    const all = [0, 1, 0, 1].map(async (server, index) => {
      const { turn } = turnOf(container, { runId: `run-${index}` });
      for (let round = 0; round < 2; round += 1) {
        await turn.take(at(server, round === 0 ? both : { exclusive: ['b'] }), soon());
        await turn.giveBack();
      }
    });
    await Promise.all(all);
  });

  test('waiting is over with the signal, and nothing is kept', async () => {
    const container = await storage.container();
    const one = turnOf(container, { runId: 'run-1' });
    const two = turnOf(container, { runId: 'run-2' });
    await one.turn.take(at(0, close), soon());
    const over = new AbortController();
    const waiting = two.turn.take(at(1, { exclusive: ['apart', 'month-close'] }), over.signal);
    assert.equal(await isOver(waiting), false);
    over.abort(new Error('the slice is over'));
    await assert.rejects(waiting, /the slice is over/);
    const leases = new Leases(container, 15);
    assert.equal((await leases.state(exclusiveLock('apart'), soon())).held, false);
    await one.turn.giveBack();
  });

  test('a lease that has run out is not enough: the session of who had it must be gone', async () => {
    const container = await storage.container();
    const leases = new Leases(container, 15);
    const frozen = turnOf(container, { runId: 'run-1' });
    await frozen.turn.take(at(0, close), soon());
    // As when its worker stands still: the lease goes, the session stays.
    const lock = container.getBlobClient(`locks/${exclusiveLock('month-close')}`);
    await lock.getBlobLeaseClient().breakLease(0);
    const next = turnOf(container, { runId: 'run-2', restMs: 3_000 });
    const waiting = next.turn.take(at(1, close), soon());
    assert.equal(await isOver(waiting, 1_500), false);
    assert.deepEqual(next.waits.at(-1), { exclusive: 'month-close', run: 'run-1' });
    assert.equal((await leases.state(exclusiveLock('month-close'), soon())).held, true);
    // Until it is killed, as one that rests for too long.
    await waiting;
    await next.turn.giveBack();
    await frozen.turn.giveBack();
  });

  test('who loses it between lease and session does not begin', async () => {
    const container = await storage.container();
    const leases = new Leases(container, 15);
    const blocker = turnOf(container, { runId: 'run-0' });
    await blocker.turn.take(at(0), soon());
    const late = turnOf(container, { runId: 'run-1' });
    const taking = late.turn.take(at(0, close), soon());
    while (!(await leases.state(exclusiveLock('month-close'), soon())).owner) await sleep(20);
    const lock = container.getBlobClient(`locks/${exclusiveLock('month-close')}`);
    await lock.getBlobLeaseClient().breakLease(0);
    const other = turnOf(container, { runId: 'run-2' });
    await other.turn.take(at(1, close), soon());
    await blocker.turn.giveBack();
    await assert.rejects(taking, /exclusive\/month-close was lost/);
    await other.turn.giveBack();
  });
});

describe('several stages at once at a server', () => {
  test('two workers, two places: the third waits, and has the place that is free first', async () => {
    const container = await storage.container();
    const two = { ...at(0, { server: 'places' }), atOnce: 2 };
    const turns = [1, 2, 3].map((number) => turnOf(container, { runId: `run-${number}` }).turn);
    const [first, second, third] = turns;
    assert.ok(first && second && third);
    const held = [await first.take(two, soon()), await second.take(two, soon())];
    assert.deepEqual(held.map(({ slot }) => slot.place).sort(), [1, 2]);
    const leases = new Leases(container, 15);
    const names = (await leases.list('procedure/', soon())).filter(({ held: is }) => is);
    assert.deepEqual(names.map(({ name }) => name).sort(), [
      'procedure/places',
      'procedure/places/2',
    ]);
    const waiting = third.take(two, soon());
    assert.equal(await isOver(waiting), false);
    await second.giveBack();
    const last = await waiting;
    assert.equal(last.slot.place, held[1]?.slot.place);
    await Promise.all([first.giveBack(), third.giveBack()]);
  });

  test('a server that is allowed one at once by another version waits for its first place', async () => {
    const container = await storage.container();
    const old = turnOf(container, { runId: 'run-1' }).turn;
    await old.take(at(0, { server: 'mixed' }), soon());
    const next = turnOf(container, { runId: 'run-2' }).turn;
    const held = await next.take({ ...at(0, { server: 'mixed' }), atOnce: 2 }, soon());
    assert.equal(held.slot.place, 2);
    await Promise.all([old.giveBack(), next.giveBack()]);
  });
});
