/** Cancelling before, during and after; a limit in time is a signal, too. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Session } from '../../../shared/database/session.ts';
import { someOf } from '../../support/some-of.ts';
import { soon } from '../../support/storage.ts';
import type { Target } from './target.ts';

export const waits = (name: string) => ({
  procedure: { schema: 'contract', name: 'sp_waits' },
  parameters: [
    { name: 'mine', type: 'nvarchar(255)', value: `contract/mine ${name}` },
    { name: 'gate', type: 'nvarchar(255)', value: `contract/gate ${name}` },
  ],
});

/** A lock of the session's database, as the gates of `sp_waits` are. */
export async function holdLock(session: Session, resource: string): Promise<void> {
  const [row] = await session.query(
    `DECLARE @result int;
EXEC @result = sp_getapplock @Resource = @resource, @LockMode = 'Exclusive', @LockOwner = 'Session';
SELECT @result AS result`,
    [{ name: 'resource', type: 'nvarchar(255)', value: resource }],
    soon(),
  );
  assert.ok(Number(row?.['result']) >= 0);
}

export function cancelling(target: Target): void {
  describe('cancelling', () => {
    it('before the call: nothing is sent', async (t) => {
      const { session, proxy } = await target.open(t);
      const own = await session();
      const before = proxy.received;
      const reason = new Error('not wanted');
      await assert.rejects(
        own.call(waits('before'), () => {}, AbortSignal.abort(reason)),
        reason,
      );
      await assert.rejects(own.query('SELECT 1', [], AbortSignal.abort(reason)), reason);
      await assert.rejects(own.batch('SELECT 1', AbortSignal.abort(reason)), reason);
      assert.equal(proxy.received, before);
    });

    it('during the call: the server stops, and rejects with the reason', {
      skip: target.except('attention'),
    }, async (t) => {
      const { session } = await target.open(t);
      const [holder, caller, next] = [await session(), await session(), await session()];
      await holdLock(holder, 'contract/gate during');
      const stop = new AbortController();
      const reason = new Error('not wanted any more');
      await assert.rejects(
        caller.call(
          waits('during'),
          () => stop.abort(reason),
          AbortSignal.any([stop.signal, soon()]),
        ),
        reason,
      );
      // The server has stopped and the connection lives: the very session goes on.
      assert.deepEqual(await caller.query('SELECT 1 AS one', [], soon()), [{ one: 1 }]);
      caller.destroy();
      // What the procedure held goes with its session.
      await holdLock(next, 'contract/mine during');
    });

    it('during a call that stays deaf: the connection is cut', {
      skip: !target.except('attention') && 'the engine is not deaf',
    }, async (t) => {
      const { session } = await target.open(t);
      const [holder, caller] = [await session(), await session()];
      await holdLock(holder, 'contract/gate deaf');
      const stop = AbortSignal.timeout(500);
      await assert.rejects(
        caller.call(waits('deaf'), () => {}, stop),
        { name: 'TimeoutError' },
      );
    });

    it('by a limit in time: rejects with the limit', async (t) => {
      const { session } = await target.open(t);
      const [holder, caller] = [await session(), await session()];
      await holdLock(holder, 'contract/gate limit');
      await assert.rejects(
        caller.call(waits('limit'), () => {}, AbortSignal.timeout(200)),
        {
          name: 'TimeoutError',
        },
      );
    });

    it('after the call: nothing happens', async (t) => {
      const own = await (await target.open(t)).session();
      const stop = new AbortController();
      assert.deepEqual(await own.query('SELECT 1 AS one', [], stop.signal), [{ one: 1 }]);
      // Then, and when a deaf server's connection would be cut.
      t.mock.timers.enable({ apis: ['setTimeout'] });
      stop.abort();
      t.mock.timers.tick(60_000);
      t.mock.timers.reset();
      assert.deepEqual(await own.query('SELECT 2 AS two', [], soon()), [{ two: 2 }]);
    });

    it('while a call ends, again and again: the session stays whole', async (t) => {
      const own = await (await target.open(t)).session();
      for (const number of someOf([...Array(100).keys()], 1 / 3)) {
        const stop = new AbortController();
        const timer = setTimeout(() => stop.abort(new Error('late')), number / 25);
        await own.query('SELECT 1 AS one', [], stop.signal).catch((error: Error) => {
          assert.equal(error.message, 'late');
        });
        clearTimeout(timer);
        assert.deepEqual(
          await own.query('SELECT @n AS n', [{ name: 'n', type: 'int', value: number }], soon()),
          [{ n: number }],
        );
      }
    });
  });
}
