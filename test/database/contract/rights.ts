/** The rights of docs/sql-server.md are enough for what the app does, and for nothing else. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { grantStatement, role } from '../../../shared/app/grants.ts';
import { withRetries } from '../../../shared/async/retry.ts';
import { dropAppLock, takeAppLock } from '../../../shared/database/app-lock.ts';
import { soon } from '../../support/storage.ts';
import type { Target } from './target.ts';

const login = 'syncboard_contract';

export function rights(target: Target): void {
  describe('rights', { skip: target.except('rights') }, () => {
    it('EXECUTE on the named procedures and SELECT for freshness suffice', async (t) => {
      const password = `Aa1-${randomUUID()}`;
      const administrator = await (await target.open(t)).session();
      const run = (text: string) => administrator.batch(text, soon());
      const drop = async () => {
        await run(`IF DATABASE_PRINCIPAL_ID('${login}') IS NOT NULL DROP USER ${login}`);
        await run(`IF SUSER_ID('${login}') IS NOT NULL DROP LOGIN ${login}`);
      };
      await drop();
      await run(`IF DATABASE_PRINCIPAL_ID('${role}') IS NULL CREATE ROLE ${role}`);
      await run(`CREATE LOGIN ${login} WITH PASSWORD = '${password}'`);
      await run(`CREATE USER ${login} FOR LOGIN ${login}`);
      await run(`ALTER ROLE ${role} ADD MEMBER ${login}`);
      await run(grantStatement({ right: 'EXECUTE', object: '[contract].[sp_rows]' }));
      await run(grantStatement({ right: 'SELECT', object: '[contract].[number]' }));
      const isChained = !target.except('ownership chain');
      if (!isChained) await run(`GRANT SELECT, INSERT, UPDATE, DELETE ON contract.item TO ${role}`);

      const changes = { 'User Id': login, Password: password };
      const app = await target.open(t, { changes });
      const own = await app.session();
      await takeAppLock(own, 'contract/rights', 'run', soon());
      await own.batch('SET FORCEPLAN ON', soon());
      const procedure = (name: string) => ({
        procedure: { schema: 'contract', name },
        parameters: [],
      });
      const result = await own.call(procedure('sp_rows'), () => {}, soon());
      assert.deepEqual(result.rows.last, [0, 3, 2, 3]);
      await own.batch('SET FORCEPLAN OFF', soon());
      await dropAppLock(own, 'contract/rights', soon());
      assert.deepEqual(
        await app.databases.query('ab', 'SELECT MAX(n) AS n FROM contract.number', [], soon()),
        [{ n: 999 }],
      );
      const refused = { name: 'DatabaseError', meaning: 'permanent' };
      for (const text of [
        ...(isChained ? ['SELECT * FROM contract.item'] : []),
        'SELECT * FROM contract.closed',
        'DELETE FROM contract.number',
        'CREATE TABLE contract.own (id int)',
        'DROP PROCEDURE contract.sp_rows',
      ]) {
        await assert.rejects(own.query(text, [], soon()), refused, text);
      }
      await assert.rejects(
        own.call(procedure('sp_messages'), () => {}, soon()),
        refused,
      );
      own.destroy();
      await app.databases.close();
      // A server takes its time to notice that a session is gone, and drops no login with one.
      await withRetries(drop, () => true, { attempts: 20, baseMs: 100, capMs: 500 }, soon());
    });
  });
}
