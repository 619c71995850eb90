/** Levels put together, over rows that a test makes up. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DatabaseError } from '../../../shared/database/database-error.ts';
import { DriftError } from '../../../shared/dynsql/run/merge.ts';
import type { RowSource } from '../../../shared/dynsql/run/open-query.ts';
import { items, itemTexts, runQuery } from '../../../shared/dynsql/run/run-query.ts';
import { soon } from '../../support/storage.ts';
import {
  type AllRows,
  answerOf,
  type Node,
  nodesOf,
  noKinds,
  rowsOf,
  shapes,
  sourceOf,
  statementOf,
} from './nested.ts';

async function textOf({ levels }: AllRows, source: RowSource): Promise<string> {
  const pieces: Uint8Array[] = [];
  const statement = statementOf(levels);
  for await (const piece of runQuery(statement, source, 'ab', soon())) pieces.push(piece);
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
  rowsOf(threeLevels, [leaf(1, leaf(11, leaf(111)), leaf(12)), leaf(2, leaf(21, leaf(211)))]);

describe('levels put together', () => {
  it('give what nesting them in memory gives, however the rows come', async () => {
    await fc.assert(
      fc.asyncProperty(nested, async ({ shape, nodes, sizes }) => {
        const all = rowsOf(shape, nodes);
        const expected = answerOf(shape, nodes);
        const source = sourceOf(all, sizes);
        const text = await textOf(all, source);
        assert.equal(text, JSON.stringify(expected));
        assert.equal(source.ended, source.begun);
        const statement = statementOf(all.levels);
        const texts: string[] = [];
        for await (const one of itemTexts(statement, source, 'ab', soon())) texts.push(one);
        assert.deepEqual(
          texts,
          expected.items.map((item) => JSON.stringify(item)),
        );
        const objects: unknown[] = [];
        for await (const one of items(statement, source, 'ab', soon())) objects.push(one);
        assert.deepEqual(objects, JSON.parse(text).items);
      }),
      { numRuns: 300 },
    );
  });

  const at = (all: AllRows, key: object): number =>
    all.rows.findIndex((row) => Object.entries(key).every(([name, value]) => row[name] === value));
  const remove = (key: object) => (all: AllRows) => all.rows.splice(at(all, key), 1);
  const drifts: [what: string, change: (all: AllRows) => unknown, dataset: string][] = [
    ['the first row of the root is gone', remove({ l: 0, n0: 1 }), 'ROWS'],
    ['the last row of the root is gone', remove({ l: 0, n0: 2 }), 'ROWS'],
    ['a row of the root is there twice', ({ rows }) => rows.unshift(...rows.slice(0, 1)), 'MAIN'],
    ['a row between is gone', remove({ l: 1, n0: 1, n1: 1 }), 'BATCHES'],
    [
      'a row between belongs to nobody',
      ({ rows }) => rows.push({ l: 1, n0: 9, n1: 1, k0_1: 9 }),
      'ROWS',
    ],
    [
      'a row below belongs to nobody',
      ({ rows }) => rows.push({ l: 2, n0: 2, n1: 9, n2: 1, k0_2: 9 }),
      'BATCHES',
    ],
    [
      'a row below has another parent',
      (all) => Object.assign(all.rows[at(all, { l: 2 })] ?? {}, { k0_2: 99 }),
      'BATCHES',
    ],
    ['rows are out of order', ({ rows }) => rows.reverse(), 'BATCHES'],
  ];
  for (const [what, change, dataset] of drifts) {
    it(`end in a failure when ${what}`, async () => {
      const all = threeLevelRows();
      change(all);
      const source = sourceOf(all, [1, 2]);
      await assert.rejects(textOf(all, source), (error) => {
        assert.ok(error instanceof DriftError);
        assert.match(error.message, new RegExp(`rows of ${dataset} do not fit`));
        return true;
      });
      assert.equal(source.ended, 1);
    });
  }

  it('name the column that a statement does not give', async () => {
    const all = threeLevelRows();
    all.columns[all.columns.indexOf('k0_1')] = 'other';
    await assert.rejects(textOf(all, sourceOf(all, [3])), {
      message: 'The statement of ROWS gives no k0_1',
    });
  });

  const others = [
    { how: 'asked', failsWith: undefined, sent: ['SNAPSHOT; SELECT'] },
    { how: 'asked', failsWith: 3952, sent: ['SNAPSHOT; SELECT', '30000; COPY'] },
    { how: 'asked', failsWith: 1222, sent: ['SNAPSHOT; SELECT'] },
    { how: 'on', failsWith: 3952, sent: ['30000; SELECT'] },
    { how: 'off', failsWith: undefined, sent: ['30000; COPY'] },
  ] as const;
  for (const { how, failsWith, sent } of others) {
    const fault = failsWith === undefined ? '' : `, which fails with ${failsWith}`;
    it(`are asked for as row versioning allows: ${how}${fault}`, async () => {
      const all = threeLevelRows();
      const texts: string[] = [];
      const source: RowSource = {
        rowVersioning: async () => how,
        stream: async (_, { sql }, signal) => {
          texts.push(sql);
          if (failsWith !== undefined && texts.length === 1) {
            throw new DatabaseError('failed', 'permanent', { number: failsWith });
          }
          return sourceOf(all, [2]).stream('ab', { sql, parameters: [] }, signal);
        },
      };
      const statement = {
        ...statementOf(all.levels),
        copying: { sql: 'COPY', parameters: [] },
      };
      const answer = runQuery(statement, source, 'ab', soon());
      if (failsWith !== undefined && sent.length === 1) {
        await assert.rejects(answer.next(), { number: failsWith });
      } else {
        await answer.next();
        await answer.return();
      }
      assert.deepEqual(
        texts.map((text) => text.split(' ').slice(-2).join(' ')),
        sent,
      );
    });
  }

  it('hold only what one row needs: rows are asked for as they are written', async () => {
    const rows = 10_000;
    const root = { name: 'MAIN', fields: 1, children: [] };
    const { levels } = rowsOf(root, []);
    const columns = ['c0_0'];
    let given = 0;
    const source: RowSource = {
      rowVersioning: async () => 'on',
      stream: async () =>
        (async function* () {
          for (; given < rows; given += 1) {
            yield {
              columns,
              kinds: noKinds,
              types: noKinds,
              rows: [['x'.repeat(1000)]],
            };
          }
        })(),
    };
    const answer = runQuery(statementOf(levels), source, 'ab', soon());
    const first = await answer.next();
    assert.ok(!first.done && first.value.length > 30_000 && first.value.length < 40_000);
    assert.ok(given < 60, `${given} rows were taken for one piece`);
    await answer.return();
    assert.ok(given < 60);
  });

  it('send what has come when nothing more does', async () => {
    const { levels } = rowsOf({ name: 'MAIN', fields: 1, children: [] }, []);
    const columns = ['c0_0'];
    const more = Promise.withResolvers<void>();
    const source: RowSource = {
      rowVersioning: async () => 'on',
      stream: async () =>
        (async function* () {
          yield { columns, kinds: noKinds, types: noKinds, rows: [[1]] };
          await more.promise;
          yield { columns, kinds: noKinds, types: noKinds, rows: [[2]] };
        })(),
    };
    const pieces: string[] = [];
    for await (const piece of runQuery(statementOf(levels), source, 'ab', soon())) {
      pieces.push(Buffer.from(piece).toString());
      more.resolve();
    }
    assert.deepEqual(pieces, ['{"name":"MAIN","items":[{"F0":1}', ',{"F0":2}]}']);
  });
});
