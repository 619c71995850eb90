import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import functions from '@azure/functions';
import {
  authenticate,
  authorize,
  authorizeConnection,
  bearerToken,
  requireRole,
} from '../../shared/http/callers.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

const token = (name: string, value: string, codes = ['*'], connections: string[] = []) => ({
  name,
  sha256: createHash('sha256').update(value).digest('hex'),
  codes,
  connections,
  roles: ['read' as const],
});
const now = new Date('2026-06-01T00:00:00Z');
const tokens = [token('first', 'один'), token('second', 'two'), token('empty', '')];
const refused = (status: number) => (error: unknown) =>
  error instanceof HttpProblem && error.status === status;

test('each token is found, wherever it stands', () => {
  assert.equal(authenticate('один', tokens, now).name, 'first');
  assert.equal(authenticate('two', tokens, now).name, 'second');
});

test('nothing else is, not even an empty token whose digest is known', () => {
  for (const presented of [undefined, null, '', 'Two', 'two ', 2, {}, ['two'], tokens[1]?.sha256]) {
    assert.throws(() => authenticate(presented, tokens, now), refused(401));
  }
  assert.throws(() => authenticate('two', [], now), refused(401));
});

const expiries: Array<[expires: string, isGood: boolean]> = [
  ['2026-06-02', true],
  ['2026-06-01', false],
  ['2026-06-01T00:00:01Z', true],
  ['2026-06-01T00:00:00Z', false],
  ['2026-06-01T01:30:00+02:00', false],
  ['2026-06-01T02:30:00+02:00', true],
];
for (const [expires, isGood] of expiries) {
  test(`a token that expires ${expires} is ${isGood ? 'good' : 'refused'}`, () => {
    const own = [{ ...token('own', 'x'), expires }];
    if (isGood) assert.equal(authenticate('x', own, now).name, 'own');
    else
      assert.throws(() => authenticate('x', own, now), {
        status: 401,
        message: `Token has expired: ${expires}.`,
      });
  });
}

test('a role is one of its own', () => {
  requireRole(token('own', 'x'), 'read');
  for (const role of ['run', 'admin'] as const) {
    const message = `Token does not have the role ${role}.`;
    const allowed = `a token whose roles have ${role}`;
    assert.throws(
      () => requireRole(token('own', 'x'), role),
      (error) => {
        assert.ok(error instanceof HttpProblem);
        const { status, detail, errors } = error.document();
        assert.deepEqual([status, detail], [403, message]);
        assert.deepEqual(errors, [{ field: 'token', message, allowed }]);
        return true;
      },
    );
  }
});

test('codes are allowed one by one, or all', () => {
  const asked = [
    { code: 'mo', field: 'code[0]' },
    { code: 'zagser', field: 'code[1]' },
  ];
  authorize(token('all', 'x'), asked);
  authorize(token('some', 'x', ['mo', 'zagser']), asked);
  authorize(token('none', 'x', ['stek']), []);
  for (const codes of [['mo'], ['mo', 'zagse'], ['mo', 'zagser2'], ['zagser'], []]) {
    assert.throws(() => authorize(token('other', 'x', codes), asked), refused(403));
  }
});

test('connections are allowed one by one, or all; none unless told', () => {
  authorizeConnection(token('all', 'x', [], ['*']), 'ab');
  authorizeConnection(token('some', 'x', [], ['demodata', 'ab']), 'ab');
  for (const connections of [[], ['AB'], ['demodata']]) {
    const other = token('other', 'x', ['*'], connections);
    assert.throws(() => authorizeConnection(other, 'ab'), {
      status: 403,
      message: 'Token is not allowed for connection: ab.',
    });
  }
});

test('every code that is not allowed is named, the first one in the text', () => {
  const asked = ['0c10', 'mo', 'stek'].map((code, i) => ({ code, field: `code[${i}]` }));
  assert.throws(
    () => authorize(token('narrow', 'x', ['0c10']), asked),
    (error: unknown) => {
      assert.ok(error instanceof HttpProblem);
      assert.equal(error.message, 'Token is not allowed for code: mo.');
      assert.deepEqual(error.document()['errors'], [
        {
          field: 'code[1]',
          message: 'Token is not allowed for code: mo.',
          value: 'mo',
          allowed: 'one of 0c10',
        },
        {
          field: 'code[2]',
          message: 'Token is not allowed for code: stek.',
          value: 'stek',
          allowed: 'one of 0c10',
        },
      ]);
      return true;
    },
  );
});

const headers: Array<[authorization: string | undefined, token: string | undefined]> = [
  [undefined, undefined],
  ['Bearer two', 'two'],
  ['bearer   two', 'two'],
  ['BEARER two words', 'two words'],
  ['Basic two', undefined],
  ['Bearertwo', undefined],
  ['two', undefined],
];
for (const [authorization, expected] of headers) {
  test(`Authorization: ${authorization} holds ${expected}`, () => {
    const request = new functions.HttpRequest({
      method: 'GET',
      url: 'http://localhost/',
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    });
    assert.equal(bearerToken(request), expected);
  });
}
