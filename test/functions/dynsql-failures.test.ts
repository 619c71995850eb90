/** What callers are told of a query that SQL Server fails: names, and data to administrators alone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InvocationContext } from '@azure/functions';
import { explained } from '../../functions/dynsql/problems.ts';
import { DatabaseError } from '../../shared/database/database-error.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import type { Role } from '../../shared/settings/settings.ts';

const of = (...roles: Role[]): Caller => {
  return { name: 'somebody', roles, codes: [], connections: ['*'] } as unknown as Caller;
};
const column = new DatabaseError("Invalid column name 'subjct'.", 'permanent', { number: 207 });
const value = new DatabaseError("Conversion failed when converting 'Novák' to int.", 'permanent', {
  number: 245,
});

const cases: [what: string, error: DatabaseError, caller: Caller, isTold: boolean][] = [
  ['a name to whoever may ask', column, of('read'), true],
  ['a value to nobody else', value, of('read'), false],
  ['a value to an administrator', value, of('read', 'admin'), true],
];

for (const [what, error, caller, isTold] of cases) {
  test(`${isTold ? 'told' : 'not told'}: ${what}; the whole is in the log`, async () => {
    const lines: string[] = [];
    const told = { functionName: 'dynsql_exec', invocationId: 'f6c42294-0000' };
    const context = { ...told, error: (line: string) => lines.push(line) };
    const failed = explained(context as unknown as InvocationContext, caller, () =>
      Promise.reject(error),
    );
    await assert.rejects(failed, (problem) => {
      assert.ok(problem instanceof HttpProblem);
      assert.equal(problem.message.includes(error.message), isTold, problem.message);
      assert.match(
        problem.message,
        /Search the log for f6c42294-0000: in the terminal of npm start/,
      );
      return true;
    });
    assert.match(lines.join('\n'), /^dynsql_exec failed, f6c42294-0000: /);
    assert.ok(lines.join('\n').includes(error.message));
  });
}
