/** Networks and servers that fail: silent, dying, failing over. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { leavesSessionUsable } from '../../../shared/database/database-error.ts';
import { soon } from '../../support/storage.ts';
import { holdLock, waits } from './cancelling.ts';
import { failureOf } from './errors.ts';
import type { Target } from './target.ts';

/** An attention has 3 s; a login has 15 s (`session.ts`, `pools.ts`). */
const attentionMs = 3_000;
/** For a machine that is busy with other tests. */
const slackMs = 15_000;

export function failures(target: Target): void {
  describe('failures', { concurrency: true }, () => {
    it('a server that falls silent in the middle: cancelled within the time of an attention', async (t) => {
      const { session, proxy } = await target.open(t);
      const [holder, caller] = [await session(), await session()];
      await holdLock(holder, 'contract/gate silent');
      const stop = new AbortController();
      const reason = new Error('enough');
      const calling = caller.call(waits('silent'), () => {}, stop.signal);
      const rejected = assert.rejects(calling, reason);
      const other = await target.open(t);
      await waitingFor(other, 'contract/mine silent');
      proxy.silence();
      const since = performance.now();
      stop.abort(reason);
      await rejected;
      const elapsed = performance.now() - since;
      assert.ok(elapsed < attentionMs + slackMs, `${elapsed} ms`);
    });

    it('a server that says nothing at the login: unreachable', async (t) => {
      const { databases, proxy } = await target.open(t);
      proxy.silence();
      const error = await failureOf(databases.session('ab', soon()));
      assert.equal(error.meaning, 'unreachable');
    });

    it('a server that says nothing at the login: left when the caller says so', async (t) => {
      const { databases, proxy } = await target.open(t);
      proxy.silence();
      await assert.rejects(databases.query('ab', 'SELECT 1', [], AbortSignal.timeout(100)), {
        name: 'TimeoutError',
      });
    });

    it('a connection that breaks during a call: transient, and the session is gone', async (t) => {
      const { session, proxy } = await target.open(t);
      const [holder, caller] = [await session(), await session()];
      await holdLock(holder, 'contract/gate broken');
      const failing = failureOf(caller.call(waits('broken'), () => {}, soon()));
      const other = await target.open(t);
      await waitingFor(other, 'contract/mine broken');
      proxy.reset();
      const error = await failing;
      assert.equal(error.meaning, 'transient');
      assert.equal(leavesSessionUsable(error), false);
    });

    it('connections that broke while idle: a query does not notice', async (t) => {
      const { databases, proxy } = await target.open(t, { size: 4 });
      const four = () =>
        Promise.all([1, 2, 3, 4].map(() => databases.query('ab', 'SELECT 1 AS one', [], soon())));
      await four();
      for (let round = 0; round < 3; round += 1) {
        proxy.reset();
        assert.deepEqual(await four(), Array(4).fill([{ one: 1 }]));
      }
    });

    it('a fail-over: the pool that lost its server serves again with the next one', async (t) => {
      const { databases, proxy } = await target.open(t);
      await databases.query('ab', 'SELECT 1', [], soon());
      const server = proxy.target;
      // Nobody listens there: the first one is down, the second not yet up.
      proxy.target = { host: '127.0.0.1', port: 9 };
      proxy.reset();
      const error = await failureOf(databases.query('ab', 'SELECT 1', [], soon()));
      assert.match(error.meaning, /^(transient|unreachable)$/);
      proxy.target = server;
      assert.deepEqual(await databases.query('ab', 'SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('a fail-over that nobody tells of: connections that rested and do not answer are replaced', async (t) => {
      const { databases, proxy, session } = await target.open(t, { size: 2 });
      const [first, second] = [await session(), await session()];
      first.release();
      second.release();
      // Rested for long enough (`databases.ts`), then dead without a word.
      await sleep(5_100);
      proxy.silence('open');
      const before = proxy.connections;
      const asked = await databases.session('ab', soon());
      assert.deepEqual(await asked.query('SELECT 1 AS one', [], soon()), [{ one: 1 }]);
      asked.release();
      assert.ok(proxy.connections > before);
    });

    it('a connection that rested and cannot be reset: left when the caller says so', async (t) => {
      const { databases, proxy, session } = await target.open(t, { size: 1 });
      (await session()).release();
      await sleep(5_100);
      proxy.silence();
      await assert.rejects(databases.session('ab', AbortSignal.timeout(100)), {
        name: 'TimeoutError',
      });
    });

    it('a server that is not up at first: the pool is not kept', async (t) => {
      const { databases, proxy } = await target.open(t);
      const server = proxy.target;
      proxy.target = { host: '127.0.0.1', port: 9 };
      await failureOf(databases.query('ab', 'SELECT 1', [], soon()));
      proxy.target = server;
      assert.deepEqual(await databases.query('ab', 'SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('a session that an administrator kills: gone for good, others live', (t) =>
      target.seeingSessions(async (attempt) => {
        const name = `killed ${attempt}`;
        const { session, databases } = await target.open(t);
        const [holder, caller] = [await session(), await session()];
        await holdLock(holder, `contract/gate ${name}`);
        const rows = await caller.query('SELECT @@SPID AS spid', [], soon());
        const failing = failureOf(caller.call(waits(name), () => {}, soon()));
        const other = await target.open(t);
        await waitingFor(other, `contract/mine ${name}`);
        const killer = await session();
        await killer.batch(`KILL ${rows[0]?.['spid']}`, soon());
        assert.equal(leavesSessionUsable(await failing), false);
        assert.deepEqual(await databases.query('ab', 'SELECT 1 AS one', [], soon()), [{ one: 1 }]);
      }));

    it('an idle session that an administrator kills: closed, and nobody notices', async (t) => {
      const { session, databases } = await target.open(t, { size: 2 });
      const [idle, killer] = [await session(), await session()];
      const [row] = await idle.query('SELECT @@SPID AS spid', [], soon());
      idle.release();
      await killer.batch(`KILL ${row?.['spid']}`, soon());
      killer.release();
      // Long enough for it to have rested (`databases.ts`), on both connections.
      await sleep(100);
      const both = [1, 2].map(() => databases.query('ab', 'SELECT 1 AS one', [], soon()));
      assert.deepEqual(await Promise.all(both), [[{ one: 1 }], [{ one: 1 }]]);
    });
  });
}

/** Resolves when somebody holds the lock: there is no event for it but the lock itself. */
export async function waitingFor(
  { databases }: Awaited<ReturnType<Target['open']>>,
  resource: string,
) {
  for (;;) {
    const rows = await databases.query(
      'ab',
      "SELECT APPLOCK_TEST('public', @resource, 'Exclusive', 'Session') AS free",
      [{ name: 'resource', type: 'nvarchar(255)', value: resource }],
      soon(),
    );
    if (rows[0]?.['free'] === 0) return;
  }
}
