/** Errors: the server's own particulars, and what they mean to us. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dropAppLock, takeAppLock } from '../../../shared/database/app-lock.ts';
import { DatabaseError, leavesSessionUsable } from '../../../shared/database/database-error.ts';
import { soon } from '../../support/storage.ts';
import { unnamed } from './exceptions.ts';
import type { Target } from './target.ts';

export async function failureOf(work: Promise<unknown>): Promise<DatabaseError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof DatabaseError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
}

/** Line: as `objects.sql` counts from the first line of the procedure's batch. */
const cases: [how: string, number: number, severity: number, state: number, line: number][] = [
  ['raise', 50_000, 16, 3, 5],
  ['throw', 51_000, 16, 5, 6],
  ['divide', 8134, 16, 1, 7],
  ['duplicate', 2627, 14, 1, 8],
  ['missing', 2812, 16, 62, 9],
  // The first one is the cause; what follows from it comes after.
  ['two', 50_000, 16, 1, 12],
];

export function errors(target: Target): void {
  const fails = (how: string) => ({
    procedure: { schema: 'contract', name: 'sp_fails' },
    parameters: [{ name: 'how', type: 'varchar(20)', value: how }],
  });

  describe('errors', () => {
    for (const [how, number, severity, state, line] of cases) {
      it(`carry number, class, state, procedure and line (${how})`, async (t) => {
        const session = await (await target.open(t)).session();
        const error = await failureOf(session.call(fails(how), () => {}, soon()));
        const isNamed = how !== 'missing' || !target.except('every number');
        assert.deepEqual(
          [error.meaning, error.number, error.severity, error.state],
          ['permanent', ...(isNamed ? [number, severity, state] : [unnamed, 16, 1])],
          error.message,
        );
        if (!target.except('procedure and line')) {
          // Some versions name the schema, too.
          assert.match(error.procedure ?? '', how === 'missing' ? /sp_/ : /(^|\.)sp_fails$/);
          assert.equal(error.line, line);
        }
        assert.ok(leavesSessionUsable(error));
        assert.deepEqual(await session.query('SELECT 1 AS one', [], soon()), [{ one: 1 }]);
      });
    }

    it('are permanent for what is not there, and for what cannot be parsed', async (t) => {
      const session = await (await target.open(t)).session();
      for (const [text, number] of [
        ['SELECT * FROM contract.nowhere', 208],
        ['SELECT nothing FROM contract.item', 207],
        ['SELEC 1', 102],
      ] as const) {
        const error = await failureOf(session.query(text, [], soon()));
        assert.equal(error.meaning, 'permanent');
        const numbers = [number, 2812, ...(target.except('every number') ? [unnamed] : [])];
        assert.ok(numbers.includes(error.number ?? 0), `${text}: ${error.number}`);
        assert.ok(leavesSessionUsable(error));
      }
    });

    it('are transient for the victim of a deadlock', async (t) => {
      const opened = await target.open(t);
      const [victim, other] = [await opened.session(), await opened.session()];
      await opened.databases.query('ab', 'DELETE FROM contract.item WHERE id > 0', [], soon());
      await victim.query(
        'INSERT INTO contract.item (id, amount) VALUES (100, 1), (200, 1)',
        [],
        soon(),
      );
      const change = (id: number) =>
        `UPDATE contract.item SET amount = amount + 1 WHERE id = ${id}`;
      await takeAppLock(victim, 'contract/deadlock', 'victim', soon());
      await other.batch(`BEGIN TRANSACTION; ${change(100)}; ${change(200)}`, soon());
      const locking = failureOf(takeAppLock(other, 'contract/deadlock', 'other', soon()));
      const changing = failureOf(victim.query(change(100), [], soon()));
      // The other one succeeds in the end.
      const settled = Promise.allSettled([locking, changing]);
      // Whoever has written less is the victim. An engine that takes the one that notices first
      // may refuse the application lock instead, which ends no transaction.
      const [{ meaning, number }, isStatement] = await Promise.race([
        changing.then((error) => [error, true] as const),
        locking.then((error) => [error, false] as const),
      ]);
      assert.equal(meaning, 'transient');
      if (isStatement) {
        assert.equal(number, 1205);
        await dropAppLock(victim, 'contract/deadlock', soon());
        await settled;
        await other.batch('ROLLBACK', soon());
      } else {
        await other.batch('ROLLBACK', soon());
        await settled;
        await dropAppLock(victim, 'contract/deadlock', soon());
      }
      await victim.query('DELETE FROM contract.item WHERE id > 0', [], soon());
    });

    it('name a login that is refused', async (t) => {
      const { databases } = await target.open(t, { changes: { Password: 'wrong' } });
      const error = await failureOf(databases.query('ab', 'SELECT 1', [], soon()));
      assert.equal(error.meaning, 'login');
    });

    it('name a database that is not there', async (t) => {
      const { databases } = await target.open(t, {
        changes: { Database: 'NOWHERE' },
        patienceMs: 100,
      });
      const error = await failureOf(databases.query('ab', 'SELECT 1', [], soon()));
      assert.equal(error.meaning, 'login');
      assert.equal(error.number, target.except('number of no database') ? 911 : 4060);
    });

    it('name a server that cannot be reached', async (t) => {
      const { databases, proxy } = await target.open(t);
      await proxy.refuse();
      const error = await failureOf(databases.query('ab', 'SELECT 1', [], soon()));
      assert.equal(error.meaning, 'unreachable');
    });
  });
}
