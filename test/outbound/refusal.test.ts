/** What a refusal of any server says. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Meaning, refusalOf, retryAfterMs, wordsOf } from '../../shared/outbound/refusal.ts';

const statuses: [status: number, kind: Meaning, more: 'again' | 'less' | undefined][] = [
  [301, 'redirected', undefined],
  [399, 'redirected', undefined],
  [400, 'refused', undefined],
  [401, 'login', undefined],
  [402, 'refused', undefined],
  [403, 'right', undefined],
  [404, 'missing', undefined],
  [409, 'conflict', 'again'],
  [413, 'too large', 'less'],
  [429, 'busy', 'again'],
  [499, 'refused', undefined],
  [500, 'failed', 'again'],
  [502, 'failed', 'again'],
  [503, 'busy', 'again'],
  [504, 'late', 'less'],
  [599, 'failed', 'again'],
];
for (const [status, kind, more] of statuses) {
  test(`${status} is: ${kind}`, () => {
    const refusal = refusalOf({ status, headers: {} }, undefined);
    assert.equal(refusal?.kind, kind);
    assert.equal(refusal?.isTransient ?? false, more === 'again');
    assert.equal(refusal?.isTooMuch ?? false, more === 'less');
    assert.match(refusal?.fault ?? '', new RegExp(`^[a-z, ]+ \\(HTTP ${status}\\)$`));
    assert.match(refusalOf({ status, headers: {} }, 'why')?.fault ?? '', /\(HTTP \d+: why\)$/);
  });
}

test('200 to 299 are none', () => {
  for (const status of [200, 204, 299])
    assert.equal(refusalOf({ status, headers: {} }, ''), undefined);
});

test('a redirect names the server, and nothing else of the address', () => {
  const headers = { location: 'https://a.example:8/login?back=hush' };
  const { fault, cure } = refusalOf({ status: 302, headers }, undefined) ?? {};
  assert.equal(fault, 'redirected to https://a.example:8, not followed (HTTP 302)');
  assert.match(cure ?? '', /Url/);
  const relative = refusalOf({ status: 302, headers: { location: '/login' } }, undefined);
  assert.equal(relative?.fault, 'redirected, not followed (HTTP 302)');
});

const bodies: [what: string, body: string, words: string | undefined][] = [
  ['found in JSON', '{"why": "no\\n  such  thing "}', 'no such thing'],
  ['JSON without', '{}', undefined],
  ['plain text', ' no\tsuch\nreport ', 'no such report'],
  ['a page', ' <html>no</html>', undefined],
  ['nothing', '', undefined],
  ['JSON that is cut off', '{"why": "no', '{"why": "no'],
  ['300 letters', 'x'.repeat(300), 'x'.repeat(300)],
  ['more', 'x'.repeat(301), `${'x'.repeat(299)}…`],
];
for (const [what, body, words] of bodies) {
  test(`words: ${what}`, () => {
    const read = (value: unknown) => (value as { why?: string }).why;
    assert.equal(wordsOf(Buffer.from(body), read), words);
  });
}

test('of an endless refusal the beginning is read', () => {
  const read = () => assert.fail('it is cut off');
  assert.equal(wordsOf(Buffer.from(`{"why":"${'x'.repeat(70_000)}"}`), read)?.length, 300);
});

const now = Date.parse('2026-03-01T12:00:00Z');
const rests: [value: string | undefined, ms: number][] = [
  [undefined, 0],
  ['0', 0],
  ['120', 120_000],
  ['-1', 0],
  ['1.5', 0],
  ['soon', 0],
  ['Sun, 01 Mar 2026 12:00:09 GMT', 9000],
  ['Sun, 01 Mar 2026 11:59:59 GMT', 0],
];
for (const [value, ms] of rests) {
  test(`Retry-After: ${value}`, () => assert.equal(retryAfterMs(value, now), ms));
}
