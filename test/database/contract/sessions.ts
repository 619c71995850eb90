/** What belongs to a session: SET options, application locks, who it is. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { procedureRunner } from '../../../shared/app/runners/procedure-runner.ts';
import { dropAppLock, takeAppLock } from '../../../shared/database/app-lock.ts';
import { stage } from '../../support/runs.ts';
import { soon } from '../../support/storage.ts';
import { unnamed } from './exceptions.ts';
import type { Target } from './target.ts';

/** As the documentation tells administrators to look: docs/sql-server.md. */
const whoIs = `SELECT program_name, CONVERT(varchar(128), context_info) AS run
FROM sys.dm_exec_sessions WHERE session_id = @spid`;

export function sessions(target: Target): void {
  const spidOf = async (
    session: Awaited<ReturnType<Awaited<ReturnType<Target['open']>>['session']>>,
  ) => (await session.query('SELECT @@SPID AS spid', [], soon()))[0]?.['spid'] as number;

  describe('sessions', () => {
    it('keep SET options from one batch to the next call', async (t) => {
      const own = await (await target.open(t)).session();
      const rows = async () => {
        const procedure = { schema: 'contract', name: 'sp_rows' };
        return (await own.call({ procedure, parameters: [] }, () => {}, soon())).rows.last;
      };
      const spid = await spidOf(own);
      await own.batch('SET FORCEPLAN ON; SET NOCOUNT ON;', soon());
      // The last statement comes after a SET NOCOUNT OFF of the procedure's own.
      assert.deepEqual(await rows(), [3]);
      await own.batch('SET FORCEPLAN OFF; SET NOCOUNT OFF;', soon());
      assert.deepEqual(await rows(), [0, 3, 2, 3]);
      assert.equal(await spidOf(own), spid);
    });

    it('a stage runs with its SET option, and leaves none behind', async (t) => {
      const { databases } = await target.open(t);
      const step = {
        ...stage('export:rows:0c10', 'ab'),
        procedure: { schema: 'contract', name: 'sp_rows' },
        setOptions: ['FORCEPLAN'],
      };
      const slot = await procedureRunner(databases).open(step, 'run', soon());
      try {
        const result = await slot.run(step, () => {}, soon());
        assert.deepEqual(result.rows.last, [0, 3, 2, 3]);
      } finally {
        await slot.close();
      }
    });

    it('an application lock keeps others out until it is dropped', async (t) => {
      const { session } = await target.open(t);
      const [first, second] = [await session(), await session()];
      await takeAppLock(first, 'contract/lock', 'first', soon());
      const waiting = takeAppLock(second, 'contract/lock', 'second', soon());
      assert.equal(await Promise.race([waiting.then(() => 'in'), pause()]), 'out');
      await dropAppLock(first, 'contract/lock', soon());
      await waiting;
      await dropAppLock(second, 'contract/lock', soon());
      await assert.rejects(dropAppLock(second, 'contract/lock', soon()), {
        number: target.except('every number') ? unnamed : 1223,
      });
    });

    it('an application lock ends with the session that holds it', async (t) => {
      const { session } = await target.open(t);
      const [first, second] = [await session(), await session()];
      await takeAppLock(first, 'contract/fence', 'first', soon());
      const waiting = takeAppLock(second, 'contract/fence', 'second', soon());
      first.destroy();
      await waiting;
    });

    it('whoever leaves while waiting for a lock does not get it later', {
      skip: target.except('attention'),
    }, async (t) => {
      const { session } = await target.open(t);
      const [first, second, third] = [await session(), await session(), await session()];
      await takeAppLock(first, 'contract/left', 'first', soon());
      await assert.rejects(
        takeAppLock(second, 'contract/left', 'second', AbortSignal.timeout(100)),
        {
          name: 'TimeoutError',
        },
      );
      await dropAppLock(first, 'contract/left', soon());
      await takeAppLock(third, 'contract/left', 'third', soon());
    });

    it('are called syncboard', async (t) => {
      const own = await (await target.open(t)).session();
      const { output } = await own.call(
        {
          procedure: { schema: 'contract', name: 'sp_session' },
          parameters: [
            { name: 'spid', type: 'int', value: null, output: true },
            { name: 'application', type: 'nvarchar(128)', value: null, output: true },
          ],
        },
        () => {},
        soon(),
      );
      assert.deepEqual(output, { spid: await spidOf(own), application: 'syncboard' });
    });

    it('show the run that waits for a lock or holds it', (t) =>
      target.seeingSessions(async (attempt) => {
        const lock = `contract/seen ${attempt}`;
        const { session, databases } = await target.open(t);
        const [holder, waiter] = [await session(), await session()];
        const seen = async (spid: number) => {
          const parameters = [{ name: 'spid', type: 'int', value: spid }];
          const [row] = await databases.query('ab', whoIs, parameters, soon());
          assert.ok(row, `session ${spid} is not listed`);
          return [row['program_name'], String(row['run'] ?? '').replaceAll('\0', '')];
        };
        const [holding, waiting] = [await spidOf(holder), await spidOf(waiter)];
        assert.deepEqual(await seen(holding), ['syncboard', '']);
        await takeAppLock(holder, lock, '0abc-run1', soon());
        const wait = takeAppLock(waiter, lock, '0abc-run2', soon());
        // When the engine loses a session, nobody waits for this one.
        wait.catch(() => {});
        assert.deepEqual(await seen(holding), ['syncboard', '0abc-run1']);
        while ((await seen(waiting))[1] !== '0abc-run2');
        await dropAppLock(holder, lock, soon());
        assert.deepEqual(await seen(holding), ['syncboard', '']);
        await wait;
      }));
  });
}

/** What does not happen within this is not going to. */
const pause = () => new Promise<string>((resolve) => setTimeout(resolve, 100, 'out'));
