/** What a change of a board was, in lines. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Board, BoardCall } from '../../page/api/schema.d.ts';
import { type ChangedLine, differenceOf } from '../../page/views/board/saved/difference.ts';

const board = (calls: BoardCall[], description?: string): Board => ({
  ...{ name: 'x', revision: 1, on: 0, errors: [], calls },
  ...(description !== undefined && { description }),
});
const meter: BoardCall = { id: 'meter', code: 'stek', name: 'meter', run: true };
const payment: BoardCall = {
  ...{ id: 'payment', code: ['mo', 'stek'], name: 'payment', month: -1 },
  ...{ run: false, note: 'slow' },
};

const brief = ({ call, kind }: ChangedLine) => [call.id, kind];
const cases: [what: string, before: BoardCall[] | undefined, after: BoardCall[], lines: unknown][] =
  [
    ['made', undefined, [meter], [['meter', 'added']]],
    ['the same', [meter, payment], [meter, payment], []],
    [
      'members in another order',
      [meter],
      [{ run: true, name: 'meter', code: 'stek', id: 'meter' }],
      [],
    ],
    ['a line more', [meter], [payment, meter], [['payment', 'added']]],
    ['a line less', [meter, payment], [payment], [['meter', 'removed']]],
    ['off', [meter], [{ ...meter, run: false }], [['meter', ['off']]]],
    [
      'on, without a note, of other months',
      [payment],
      [{ id: 'payment', code: ['mo', 'stek'], name: 'payment', months: [-2, 0], run: true }],
      [['payment', ['on', 'note', 'call']]],
    ],
    ['other data sources', [payment], [{ ...payment, code: 'mo' }], [['payment', ['call']]]],
  ];
for (const [what, before, after, lines] of cases) {
  test(`a change of a board: ${what}`, () => {
    const difference = differenceOf(before && board(before), board(after));
    assert.deepEqual(difference.lines.map(brief), lines);
    assert.deepEqual([difference.isReordered, difference.isRenamed], [false, false]);
  });
}

test('a change of a board: another order of what stayed, another description', () => {
  const before = board([meter, payment], 'first');
  assert.equal(differenceOf(before, board([payment, meter], 'first')).isReordered, true);
  const difference = differenceOf(before, board([meter, payment]));
  assert.deepEqual(difference, { lines: [], isReordered: false, isRenamed: true });
});
