/** Levels put together, over rows that a test makes up. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { RowSource } from '../../../shared/dynsql/run/levels.ts';
import { DriftError } from '../../../shared/dynsql/run/merge.ts';
import { items, itemTexts, runQuery } from '../../../shared/dynsql/run/run-query.ts';
import { soon } from '../../support/storage.ts';
import {
  answerOf,
  type LevelRows,
  levelsOf,
  type Node,
  nodesOf,
  noKinds,
  shapes,
  sourceOf,
} from './nested.ts';

async function textOf(levels: readonly LevelRows[], source: RowSource): Promise<string> {
  const pieces: Uint8Array[] = [];
  const statements = levels.map(({ statement }) => statement);
  for await (const piece of runQuery(statements, source, 'ab', soon())) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

const nested = shapes.chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    nodes: nodesOf(shape),
    sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
  }),
);

/** A query with two levels below each other. */
const threeLevels = {
  name: 'MAIN',
  fields: 1,
  children: [{ name: 'ROWS', fields: 1, children: [{ name: 'BATCHES', fields: 1, children: [] }] }],
};

const leaf = (value: number, ...below: Node[]): Node => ({ values: [value], below: [below] });

const threeLevelRows = () =>
  levelsOf(threeLevels, [leaf(1, leaf(11, leaf(111)), leaf(12)), leaf(2, leaf(21, leaf(211)))]);

describe('levels put together', () => {
  it('give what nesting them in memory gives, however the rows come', async () => {
    await fc.assert(
      fc.asyncProperty(nested, async ({ shape, nodes, sizes }) => {
        const levels = levelsOf(shape, nodes);
        const expected = answerOf(shape, nodes);
        const source = sourceOf(levels, sizes);
        const text = await textOf(levels, source);
        assert.equal(text, JSON.stringify(expected));
        assert.equal(source.ended, source.begun);
        const statements = levels.map(({ statement }) => statement);
        const texts: string[] = [];
        for await (const one of itemTexts(statements, source, 'ab', soon())) texts.push(one);
        assert.deepEqual(
          texts,
          expected.items.map((item) => JSON.stringify(item)),
        );
        const objects: unknown[] = [];
        for await (const one of items(statements, source, 'ab', soon())) objects.push(one);
        assert.deepEqual(objects, JSON.parse(text).items);
      }),
      { numRuns: 300 },
    );
  });

  const drifts: [what: string, change: (levels: LevelRows[]) => void, dataset: string][] = [
    ['a row of the root is gone', ([root]) => root?.rows.shift(), 'ROWS'],
    ['the last row of the root is gone', ([root]) => root?.rows.pop(), 'ROWS'],
    ['a row of the root is new', ([root]) => root?.rows.splice(1, 0, [0, 99, 99]), 'ROWS'],
    ['a row between is gone', ([, rows]) => rows?.rows.shift(), 'BATCHES'],
    ['a row between belongs to nobody', ([, rows]) => rows?.rows.push([9, 9, 9, 9]), 'ROWS'],
    [
      'a row below belongs to nobody',
      ([, , below]) => below?.rows.push([2, 9, 9, 9, 9]),
      'BATCHES',
    ],
    ['rows below are out of order', ([, , below]) => below?.rows.reverse(), 'BATCHES'],
  ];
  for (const [what, change, dataset] of drifts) {
    it(`end in a failure when ${what}`, async () => {
      const levels = threeLevelRows();
      change(levels);
      const source = sourceOf(levels, [1, 2]);
      await assert.rejects(textOf(levels, source), (error) => {
        assert.ok(error instanceof DriftError);
        assert.match(error.message, new RegExp(`rows of ${dataset} do not fit`));
        return true;
      });
      assert.equal(source.ended, 3);
    });
  }

  it('name the column that a statement does not give', async () => {
    const levels = threeLevelRows();
    const columns = levels[1]?.columns ?? [];
    columns[columns.indexOf('k0')] = 'other';
    await assert.rejects(textOf(levels, sourceOf(levels, [3])), {
      message: 'The statement of ROWS gives no k0',
    });
  });

  it('hold only what one row needs: rows are asked for as they are written', async () => {
    const rows = 10_000;
    const root = { name: 'MAIN', fields: 1, children: [] };
    const [level] = levelsOf(root, []);
    assert.ok(level);
    let given = 0;
    const source: RowSource = {
      streams: async () => [
        (async function* () {
          for (; given < rows; given += 1) {
            yield {
              columns: level.columns,
              kinds: noKinds,
              rows: [[0, 'x'.repeat(1000), given]],
            };
          }
        })(),
      ],
    };
    const answer = runQuery([level.statement], source, 'ab', soon());
    const first = await answer.next();
    assert.ok(!first.done && first.value.length > 30_000 && first.value.length < 40_000);
    assert.ok(given < 60, `${given} rows were taken for one piece`);
    await answer.return();
    assert.ok(given < 60);
  });

  it('send what has come when nothing more does', async () => {
    const [level] = levelsOf({ name: 'MAIN', fields: 1, children: [] }, []);
    assert.ok(level);
    const more = Promise.withResolvers<void>();
    const source: RowSource = {
      streams: async () => [
        (async function* () {
          yield { columns: level.columns, kinds: noKinds, rows: [[0, 1, 1]] };
          await more.promise;
          yield { columns: level.columns, kinds: noKinds, rows: [[0, 2, 2]] };
        })(),
      ],
    };
    const pieces: string[] = [];
    for await (const piece of runQuery([level.statement], source, 'ab', soon())) {
      pieces.push(Buffer.from(piece).toString());
      more.resolve();
    }
    assert.deepEqual(pieces, ['{"name":"MAIN","items":[{"F0":1}', ',{"F0":2}]}']);
  });
});
