/** A stage's work is all there or not at all, seen from another session; and so is a session clean. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { procedureRunner } from '../../../shared/app/runners/procedure-runner.ts';
import { DatabaseError } from '../../../shared/database/database-error.ts';
import { callRepeatable } from '../../../shared/database/repeatable-call.ts';
import type { Session } from '../../../shared/database/session.ts';
import type { TransactionMode } from '../../../shared/database/transaction.ts';
import { stage } from '../../support/runs.ts';
import { soon } from '../../support/storage.ts';
import { holdLock } from './cancelling.ts';
import { waitingFor } from './failures.ts';
import type { Open, Target } from './target.ts';

/** What the stage was told (nothing: it succeeded), and the rows that there are afterwards. */
type End = [told: { name?: string; number?: number; message?: RegExp } | undefined, rows: number[]];

const left = (open: number, before: number) =>
  new RegExp(`left a transaction open \\(${open} open after it, ${before} before\\)`);
const replaced =
  /ended the transaction that it was called in \(another one is open after it\): what it had not/;
const ended = /ended the transaction that it was called in \(0 open after it, 1 before\)/;

/** Of each way to work: with a transaction around it, and without. */
const ways: Record<string, Record<TransactionMode, End>> = {
  plain: { own: [undefined, [1, 2]], none: [undefined, [1, 2]] },
  balanced: { own: [undefined, [1, 2]], none: [undefined, [1, 2]] },
  throws: { own: [{ number: 51000 }, []], none: [{ number: 51000 }, [1]] },
  raises: { own: [{ number: 50000 }, []], none: [{ number: 50000 }, [1]] },
  returns: { own: [{ name: 'ReturnValueError' }, []], none: [{ name: 'ReturnValueError' }, [1]] },
  handler: { own: [{ number: 51000 }, []], none: [{ number: 51000 }, []] },
  leaves: {
    own: [{ number: 266, message: left(2, 1) }, []],
    none: [{ number: 266, message: left(1, 0) }, []],
  },
  'leaves and raises': {
    own: [{ number: 50000, message: left(2, 1) }, []],
    none: [{ number: 50000, message: left(1, 0) }, []],
  },
  // Its second row is written after the transaction has ended.
  'rolls back': { own: [{ number: 266, message: ended }, [2]], none: [{ number: 3903 }, [1, 2]] },
  commits: { own: [{ number: 266, message: ended }, [1, 2]], none: [{ number: 3902 }, [1, 2]] },
  'gives up': { own: [{ number: 266, message: ended }, []], none: [undefined, []] },
  // The count is the same as before, and it is another transaction.
  'rolls back, begins': {
    own: [{ number: 266, message: replaced }, []],
    none: [{ number: 3903, message: left(1, 0) }, [1]],
  },
  'commits, begins': {
    own: [undefined, [1, 2]],
    none: [{ number: 3902, message: left(1, 0) }, [1]],
  },
  // Half of the stage stays, so it is told.
  'commits, raises': {
    own: [{ number: 50000, message: replaced }, [1]],
    none: [{ number: 3902, message: left(1, 0) }, [1]],
  },
  'commits, throws': {
    own: [{ number: 51000, message: ended }, [1]],
    none: [{ number: 3902 }, [1]],
  },
  savepoint: { own: [undefined, [2]], none: [{ number: 628 }, [1, 2]] },
  lock: { own: [undefined, [1, 2]], none: [{ number: 15626 }, [1, 2]] },
};

export function transactions(target: Target): void {
  const skip = target.except('every number');
  const stageFor = (who: string, how: string, transaction: TransactionMode) => ({
    ...stage('export:work:0c10', 'ab'),
    procedure: { schema: 'contract', name: 'sp_works' },
    parameters: [
      { name: 'who', type: 'varchar(40)', value: who },
      { name: 'how', type: 'varchar(20)', value: how },
    ],
    transaction,
    returnCheck: 'zero' as const,
  });

  /** Does it as the engine does: a slot at the server, one call, the slot given back. */
  async function run({ databases }: Open, step: ReturnType<typeof stageFor>, signal = soon()) {
    const slot = await procedureRunner(databases).open(step, 'run', soon());
    try {
      return await slot.run(step, () => {}, signal);
    } finally {
      await slot.close();
    }
  }

  const rowsOf = async ({ databases }: Open, who: string) => {
    const rows = await databases.query(
      'ab',
      'SELECT id FROM contract.work WHERE who = @who ORDER BY id',
      [{ name: 'who', type: 'varchar(40)', value: who }],
      soon(),
    );
    return rows.map(({ id }) => id);
  };

  const spidOf = async (session: Session) =>
    (await session.query('SELECT @@SPID AS spid', [], soon()))[0]?.['spid'];

  /** One connection, so that each caller gets what the one before has left. */
  const openOne = async (t: TestContext) => ({
    own: await target.open(t, { size: 1 }),
    other: await target.open(t),
  });

  describe('transactions', { skip, concurrency: 1 }, () => {
    for (const transaction of ['own', 'none'] as const) {
      it(`what each way of working is told, and leaves: ${transaction}`, async (t) => {
        const { own, other } = await openOne(t);
        for (const [how, ends] of Object.entries(ways)) {
          const who = `${how} ${transaction}`;
          const [told, rows] = ends[transaction];
          const running = run(own, stageFor(who, how, transaction));
          const error = { name: 'DatabaseError', meaning: 'permanent', ...told };
          if (told === undefined) await running;
          else await assert.rejects(running, error, who);
          assert.deepEqual(await rowsOf(other, who), rows, who);
          const open = 'SELECT @@TRANCOUNT AS [open]';
          assert.deepEqual(await own.databases.query('ab', open, [], soon()), [{ open: 0 }], who);
        }
      });
    }

    for (const transaction of ['own', 'none'] as const) {
      const rows = transaction === 'own' ? [] : [1];

      it(`cancelled, ${transaction}`, async (t) => {
        const { own, other } = await openOne(t);
        const who = `cancelled ${transaction}`;
        const holder = await other.session();
        await holdLock(holder, `contract/gate ${who}`);
        const stop = new AbortController();
        const reason = new Error('not wanted any more');
        const failing = assert.rejects(
          run(own, stageFor(who, 'waits', transaction), stop.signal),
          reason,
        );
        await waitingFor(other, `contract/mine ${who}`);
        stop.abort(reason);
        await failing;
        // The fence is free when the session is gone, and everything that it did.
        await run(other, stageFor(`after ${who}`, 'plain', 'own'));
        assert.deepEqual(await rowsOf(other, who), rows);
      });

      it(`killed, ${transaction}`, (t) =>
        target.seeingSessions(async (attempt) => {
          const { own, other } = await openOne(t);
          const who = `killed ${transaction} ${attempt}`;
          const [holder, killer] = [await other.session(), await other.session()];
          await holdLock(holder, `contract/gate ${who}`);
          const session = await own.session();
          const spid = await spidOf(session);
          session.release();
          const failing = assert.rejects(
            run(own, stageFor(who, 'waits', transaction)),
            (error: unknown) => error instanceof DatabaseError,
          );
          await waitingFor(other, `contract/mine ${who}`);
          await killer.batch(`KILL ${spid}`, soon());
          await failing;
          await run(other, stageFor(`after ${who}`, 'plain', 'own'));
          assert.deepEqual(await rowsOf(other, who), rows);
        }));
    }

    it('of its own that it rolled back is a warning: what it counted there is undone', async (t) => {
      const { own } = await openOne(t);
      const { warnings } = await run(own, stageFor('up', 'gives up', 'none'));
      assert.deepEqual(warnings, [
        'contract.sp_works rolled back work of its own: rows that it counted may not be there',
      ]);
      assert.equal((await run(own, stageFor('plainly', 'plain', 'none'))).warnings, undefined);
    });

    it('nobody gets a session in which a transaction was left open', async (t) => {
      const { own } = await openOne(t);
      const first = await own.session();
      const spid = await spidOf(first);
      first.release();
      await assert.rejects(run(own, stageFor('never again', 'leaves', 'none')));
      assert.notEqual(await spidOf(await own.session()), spid);
    });

    it('of an apply: one that is left open is no success, and is gone', async (t) => {
      const { own, other } = await openOne(t);
      const { procedure, parameters } = stageFor('apply', 'leaves', 'none');
      const call = { procedure, parameters, returnCheck: 'zero' as const };
      const applying = callRepeatable(own.databases, 'ab', call, soon());
      await assert.rejects(applying, { meaning: 'permanent', message: left(1, 0) });
      assert.deepEqual(await rowsOf(other, 'apply'), []);
    });
  });

  describe('sessions that somebody had before', { skip, concurrency: 1 }, () => {
    it('with a transaction open: what the next one writes is there', async (t) => {
      const { own, other } = await openOne(t);
      const poisoned = await own.session();
      await poisoned.batch(
        'BEGIN TRANSACTION; UPDATE contract.number SET n = n WHERE n = 7',
        soon(),
      );
      poisoned.release();
      await run(own, stageFor('poisoned stage', 'plain', 'none'));
      const again = await own.session();
      await again.batch('BEGIN TRANSACTION; UPDATE contract.number SET n = n WHERE n = 7', soon());
      again.release();
      const { procedure, parameters } = stageFor('poisoned apply', 'plain', 'none');
      const call = { procedure, parameters, returnCheck: 'zero' as const };
      await callRepeatable(own.databases, 'ab', call, soon());
      // With the connections goes whatever was not committed.
      await own.databases.close();
      own.proxy.reset();
      assert.deepEqual(await rowsOf(other, 'poisoned stage'), [1, 2]);
      assert.deepEqual(await rowsOf(other, 'poisoned apply'), [1, 2]);
    });

    it('with locks, context and options: it is as after its login', async (t) => {
      const { own, other } = await openOne(t);
      const state = `SELECT @@OPTIONS AS options, @@LOCK_TIMEOUT AS lock_timeout, @@DATEFIRST AS first,
  ISNULL(CONVERT(varchar(40), CONTEXT_INFO()), '') AS context,
  CONVERT(varchar(40), SESSION_CONTEXT(N'poison')) AS session_context,
  OBJECT_ID('tempdb..#left') AS temporary`;
      const poisoned = await own.session();
      const spid = await spidOf(poisoned);
      const before = await poisoned.query(state, [], soon());
      await poisoned.batch(
        `SET NOCOUNT ON; SET XACT_ABORT ON; SET LOCK_TIMEOUT 100; SET DATEFIRST 1;
SET ANSI_NULLS OFF; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; CREATE TABLE #left (id int);`,
        soon(),
      );
      const parameters = [{ name: 'resource', type: 'nvarchar(255)', value: 'contract/left over' }];
      const procedure = { schema: 'contract', name: 'sp_leaves_state' };
      await poisoned.call({ procedure, parameters }, () => {}, soon());
      poisoned.release();
      const next = await own.session();
      assert.deepEqual(await next.query(state, [], soon()), before);
      assert.equal(await spidOf(next), spid);
      await holdLock(await other.session(), 'contract/left over');
    });

    for (const transaction of ['own', 'none'] as const) {
      it(`of a turn, whose it is, whatever a procedure made of it: ${transaction}`, async (t) => {
        const { databases } = await target.open(t);
        const leaves = {
          ...stageFor('', '', transaction),
          procedure: { schema: 'contract', name: 'sp_leaves_state' },
          parameters: [{ name: 'resource', type: 'nvarchar(255)', value: 'contract/whose' }],
        };
        const procedure = { schema: 'contract', name: 'sp_says_whose' };
        const slot = await procedureRunner(databases).open(leaves, 'run-1', soon());
        const said: string[] = [];
        await slot.run(leaves, () => {}, soon());
        await slot.run({ ...leaves, procedure, parameters: [] }, (text) => said.push(text), soon());
        await slot.close();
        assert.match(said.join(), /^run-1\0*$/);
      });
    }

    it('what the procedures of a turn took is free at the end of the turn', async (t) => {
      const { own, other } = await openOne(t);
      const step = {
        ...stageFor('', '', 'own'),
        procedure: { schema: 'contract', name: 'sp_leaves_state' },
        parameters: [{ name: 'resource', type: 'nvarchar(255)', value: 'contract/turn' }],
      };
      await run(own, step);
      await holdLock(await other.session(), 'contract/turn');
    });
  });

  describe('the fence', () => {
    it('is held after the third call of a turn, and free at its end', async (t) => {
      const { own, other } = await openOne(t);
      // A server of its own name: others of this suite have turns, too.
      const server = 'fenced';
      const step = { ...stageFor('fence', 'plain', 'own'), server };
      const place = ['SQL Server', 'stand-in'].includes(target.engine)
        ? 'tempdb..sp_getapplock'
        : 'sp_getapplock';
      const isHeld = async () => {
        const session = await other.session();
        const [row] = await session.query(
          `DECLARE @result int;
EXEC @result = ${place} 'syncboard/procedure/fenced', 'Exclusive', 'Session', 0;
SELECT @result AS result`,
          [],
          soon(),
        );
        session.destroy();
        return row?.['result'] === (target.except('lock that is not free') ? -999 : -1);
      };
      const slot = await procedureRunner(own.databases).open(step, 'run', soon());
      try {
        for (const call of [1, 2, 3]) {
          const who = `fence ${call}`;
          const next = { ...stageFor(who, 'plain', 'own'), server };
          assert.ok(slot.fits(next));
          await slot.run(next, () => {}, soon());
          assert.ok(await isHeld(), `after call ${call}`);
          assert.deepEqual(await rowsOf(other, who), [1, 2]);
        }
      } finally {
        await slot.close();
      }
      assert.ok(!(await isHeld()));
    });
  });
}
