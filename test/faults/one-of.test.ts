/** Where there is no other name a refusal ends as a sentence, and has nothing to use. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodes } from '../../cli/exit-codes.ts';
import { faultText, RefusalError } from '../../cli/refusal.ts';
import { QueryFaults } from '../../shared/dynsql/language/query-faults.ts';
import { norAny, oneOf } from '../../shared/faults/one-of.ts';
import { authorize, authorizeConnection } from '../../shared/http/callers.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

const nobody = {
  ...{ name: 'a', codes: [], connections: [], roles: ['read' as const], inRole: 'read' as const },
};

function refusalOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof HttpProblem);
    const { detail, errors = [] } = error.document();
    return new RefusalError(exitCodes.failed, { detail, errors }).message;
  }
  return assert.fail('it was allowed');
}

test('names, and none', () => {
  assert.equal(oneOf(['a', 'b']), 'one of a, b');
  assert.deepEqual([oneOf([]), norAny(['a']), norAny([])], ['', '', ', nor any other']);
});

test('a token that may do nothing', () => {
  assert.equal(
    refusalOf(() => authorize(nobody as never, [{ code: 'x', field: 'code' }])),
    'Token is not allowed for code: x.',
  );
  assert.equal(
    refusalOf(() => authorizeConnection(nobody as never, 'ab')),
    'Token is not allowed for connection: ab.',
  );
});

test('a name of a query where nothing has one', () => {
  const faults = new QueryFaults();
  faults.unknown({ path: ['select', 0], value: 'x' } as never, 'field', []);
  const [fault] = faults.errors;
  assert.ok(fault);
  assert.equal(faultText(fault), 'select[0]: "x" is no field: there is none');
});
