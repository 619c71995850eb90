/** The comparison finds what differs: a fire test that cannot fail shows nothing. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inJournal, inMirror, inTyped } from './compare.ts';
import type { Change, MirrorRow } from './rows.ts';
import { type Said, saysAllIsThere } from './watch.ts';

const record = { id: '1', kod: 'A', castka: '12.50', firma: 'code:B' };
const row: MirrorRow = {
  generation: 7,
  version: 3,
  deleted: false,
  code: 'A',
  payload: { ...record },
};
const change: Change = {
  version: 3,
  evidence: 'adresar',
  id: '1',
  operation: 'update',
  at: '2026-01-31 10:00:00.000001',
};

const one = <V>(key: string, value: V) => new Map([[key, value]]);
const none = new Map<string, never>();

describe('the mirror', () => {
  for (const [what, source, mirror, found] of [
    ['is the same', one('1', record), one('1', row), 0],
    ['remembers what is gone', none, one('1', { ...row, deleted: true }), 0],
    ['misses a record', one('1', record), none, 1],
    ['has one for deleted', one('1', record), one('1', { ...row, deleted: true }), 1],
    ['has one that is gone', none, one('1', row), 1],
    [
      'has another value',
      one('1', record),
      one('1', { ...row, payload: { ...record, kod: 'a' } }),
      1,
    ],
    [
      'has a field too few',
      one('1', record),
      one('1', { ...row, payload: { id: '1', kod: 'A' } }),
      1,
    ],
    ['has another code', one('1', record), one('1', { ...row, code: 'B' }), 1],
  ] as const) {
    it(what, () => assert.equal(inMirror(source, mirror).length, found));
  }
});

describe('a typed table', () => {
  const properties = [
    { name: 'kod', type: 'string' },
    { name: 'castka', type: 'numeric', decimal: 2 },
  ];
  const typed = { id: '1', deleted: false, generation: 7, version: '3', kod: 'A', castka: '12.50' };
  for (const [what, rows, found] of [
    ['is the same', one('1', typed), 0],
    ['misses a row', none, 1],
    ['has another number', one('1', { ...typed, castka: '12.51' }), 1],
    ['has an older version', one('1', { ...typed, version: '2' }), 1],
    ['has one for deleted', one('1', { ...typed, deleted: true }), 1],
    [
      'has one that the mirror has not',
      new Map([
        ['1', typed],
        ['2', typed],
      ]),
      1,
    ],
  ] as const) {
    it(what, () => {
      assert.equal(inTyped(properties, one('1', record), one('1', row), rows).length, found);
    });
  }
});

describe('the journal', () => {
  for (const [what, rows, found] of [
    ['has it once', [change], 0],
    ['misses it', [], 1],
    ['has it twice', [change, change], 1],
    ['has another operation', [{ ...change, operation: 'delete' }], 1],
    ['has another time', [{ ...change, at: '2026-01-31 10:00:00.000002' }], 1],
  ] as const) {
    it(what, () => assert.equal(inJournal([change], new Map([[3, rows]]), 1).length, found));
  }

  it('need not have what was there before the generation began', () => {
    assert.deepEqual(inJournal([change], new Map(), 4), []);
  });
});

describe('a state says that all is there', () => {
  const said: Said = {
    state: 'following',
    lag: { versions: 2, gaps: 2, seconds: 0 },
    blocked: [],
    live: { globalVersion: 9 },
    gaps: 2,
    stale: 0,
    loads: [],
  };
  for (const [what, otherwise, is] of [
    ['with open gaps alone', {}, true],
    ['in trouble', { state: 'trouble' }, false],
    ['behind', { lag: { versions: 3, gaps: 2, seconds: 1 } }, false],
    ['with an evidence blocked', { blocked: ['adresar'] }, false],
    ['with records that wait', { stale: 1 }, false],
    ['loading', { loads: [{ evidence: 'adresar' }] }, false],
    ['without a word of the server', { live: { error: 'no answer within 3 s' } }, false],
  ] as const) {
    it(what, () => assert.equal(saysAllIsThere({ ...said, ...otherwise } as Said), is));
  }
});
