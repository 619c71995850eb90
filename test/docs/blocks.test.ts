import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf, elided, linesFaults, shapeFaults } from './blocks.ts';

test('blocks: what is typed, why not, what it ends with, what it shows', () => {
  const document = [
    'Type:\n\n```sh\na\n```\n\n```json\n{"b": 1, …}\n```',
    '<!-- not run: it needs the moon -->\n```sh\nc\n```',
    '<!-- ends with 3: busy -->\n```sh\nd\n```\n\nText.\n\n```json\n{}\n```',
  ].join('\n\n');
  assert.deepEqual(blocksOf(document), [
    { line: 3, text: 'a\n', endsWith: 0, shows: { language: 'json', text: '{"b": 1, …}\n' } },
    { line: 11, text: 'c\n', endsWith: 0, notRun: 'it needs the moon' },
    { line: 16, text: 'd\n', endsWith: 3 },
  ]);
});

test('shapes: members and kinds of values, however many and whichever they are', () => {
  const shown = elided('{"a": [{"b": "…", "c": …}, …], "d": {"e": 1}, …}');
  assert.deepEqual(shapeFaults(shown, { a: [{ b: 'x', c: 7 }], d: { e: 2 }, f: 1 }), []);
  assert.deepEqual(shapeFaults(shown, { a: [], d: { e: null } }), []);
  assert.deepEqual(shapeFaults(shown, { a: [{ b: 1 }], d: [] }), [
    'it.a[0].b is number, and not string',
    'it.a[0] has no c',
    'it.d is array, and not object',
  ]);
});

test('lines: whatever numbers, times and ids they have', () => {
  const printed = 'run zd38m9z2l-b5hscz: succeeded, 2 s\n  a\t12  (x)\ndone';
  const shown = 'run zd38mbk0e-cx1q7t: succeeded, 14 s\na 7 (x)\n…\n';
  assert.deepEqual(linesFaults(shown, printed), []);
  assert.deepEqual(linesFaults('don\nb 7 (x)\nrun …: failed', printed), [
    'don',
    'b 7 (x)',
    'run …: failed',
  ]);
});
