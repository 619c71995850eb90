/** Pools: opened on first use, bounded, shared fairly, closed at the end. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Databases } from '../../../shared/database/databases.ts';
import { soon } from '../../support/storage.ts';
import type { Target } from './target.ts';

export function pools(target: Target): void {
  describe('pools', () => {
    it('open nothing before the first use', async (t) => {
      const { databases, proxy } = await target.open(t);
      assert.equal(proxy.connections, 0);
      await databases.query('ab', 'SELECT 1', [], soon());
      assert.ok(proxy.connections > 0);
    });

    it('serve twenty calls at once over five connections', async (t) => {
      const { databases, proxy } = await target.open(t, { size: 5 });
      const numbers = Array.from({ length: 20 }, (_, number) => number);
      const answers = await Promise.all(
        numbers.map(async (number) => {
          const session = await databases.session('ab', soon());
          const result = await session.call(
            {
              procedure: { schema: 'contract', name: 'sp_returns' },
              parameters: [
                { name: 'given', type: 'int', value: number },
                { name: 'doubled', type: 'int', value: null, output: true },
              ],
            },
            () => {},
            soon(),
          );
          session.release();
          return result.output['doubled'];
        }),
      );
      assert.deepEqual(
        answers,
        numbers.map((number) => number * 2),
      );
      // One more: the driver tries the address out with a connection of its own.
      assert.ok(proxy.connections <= 6, `${proxy.connections} connections`);
    });

    it('serve twenty calls at once, each on a connection of its own', async (t) => {
      const { session } = await target.open(t, { size: 20 });
      const all = await Promise.all(Array.from({ length: 20 }, session));
      const spids = await Promise.all(
        all.map(async (own) => (await own.query('SELECT @@SPID AS spid', [], soon()))[0]?.['spid']),
      );
      assert.equal(new Set(spids).size, 20);
    });

    it('make others wait when all connections are out, and let them leave', async (t) => {
      const { databases, session, proxy } = await target.open(t, { size: 2 });
      const [first] = [await session(), await session()];
      const opened = proxy.connections;
      await assert.rejects(databases.session('ab', AbortSignal.timeout(50)), {
        name: 'TimeoutError',
      });
      const reason = new Error('not wanted');
      await assert.rejects(databases.session('ab', AbortSignal.abort(reason)), reason);
      const waiting = databases.session('ab', soon());
      first.release();
      const third = await waiting;
      assert.deepEqual(await third.query('SELECT 1 AS one', [], soon()), [{ one: 1 }]);
      third.release();
      assert.equal(proxy.connections, opened);
    });

    it('replace a connection that was destroyed', async (t) => {
      const { databases, session } = await target.open(t, { size: 1 });
      for (let round = 0; round < 3; round += 1) (await session()).destroy();
      assert.deepEqual(await databases.query('ab', 'SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('send a request of several packets without waiting for an acknowledgement', async (t) => {
      // No proxy: its own sockets would wait in their own ways.
      const databases = new Databases([
        { id: 'ab', setting: 'SQL_AB', connectionString: target.url() },
      ]);
      t.after(() => databases.close());
      const parameters = [{ name: 'text', type: 'nvarchar(max)', value: 'x'.repeat(3_000) }];
      let quick = 0;
      // The tests beside it share the event loop; they are over in less than a minute.
      const patience = AbortSignal.timeout(90_000);
      while (quick < 5 && !patience.aborted) {
        const since = performance.now();
        await databases.query('ab', 'SELECT LEN(@text) AS n', parameters, soon());
        // A delayed acknowledgement takes 40 ms or more; a busy machine may take as long now and then.
        if (performance.now() - since < 35) quick += 1;
      }
      assert.equal(quick, 5);
    });

    it('are closed for good at the end, with what was in use', async (t) => {
      const { databases, session } = await target.open(t);
      const own = await session();
      const closing = databases.close();
      own.release();
      await closing;
      await assert.rejects(databases.session('ab', soon()), { meaning: 'cancelled' });
      await databases.close();
    });
  });
}
