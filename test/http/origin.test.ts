import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originOf } from '../../shared/http/origin.ts';

const said = (header: string | undefined, isBehind: boolean) =>
  originOf(
    { headers: new Headers(header === undefined ? {} : { 'x-forwarded-for': header }) },
    isBehind,
  );

for (const [header, expected] of [
  [undefined, {}],
  ['203.0.113.7:50123', { address: '203.0.113.7' }],
  ['203.0.113.7', { address: '203.0.113.7' }],
  ['[2001:db8::7]:50123', { address: '2001:db8::7' }],
  ['2001:db8::7', { address: '2001:db8::7' }],
  [
    '10.0.0.1, 203.0.113.7:50123',
    { address: '203.0.113.7', forwarded: '10.0.0.1, 203.0.113.7:50123' },
  ],
  ['203.0.113.7:1, evil', { forwarded: '203.0.113.7:1, evil' }],
  ['1.2.3:80', { forwarded: '1.2.3:80' }],
  [`${'1'.repeat(200)}`, { forwarded: `${'1'.repeat(100)}…` }],
] as const) {
  test(`behind the platform ${header ?? 'no header'} is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(said(header, true), expected);
  });
}

test('elsewhere nobody knows the address', () => {
  assert.deepEqual(said('203.0.113.7:50123', false), { forwarded: '203.0.113.7:50123' });
  assert.deepEqual(said(undefined, false), {});
});
