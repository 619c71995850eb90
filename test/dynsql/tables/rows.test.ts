/** Rows of tables: of a statement, and of an answer in JSON; both are those of the answer. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DriftError } from '../../../shared/dynsql/run/merge.ts';
import { tableRows } from '../../../shared/dynsql/run/table-rows.ts';
import { answerRows } from '../../../shared/dynsql/tables/answer-rows.ts';
import type { Table, TableRow } from '../../../shared/dynsql/tables/table.ts';
import { soon } from '../../support/storage.ts';
import {
  type AllRows,
  answerOf,
  type Node,
  nodesOf,
  rowsOf,
  type Shape,
  shapes,
  sourceOf,
  statementOf,
} from '../run/nested.ts';

async function all(batches: AsyncIterable<readonly TableRow[]>): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

/** Datasets of one definition have names of their own. */
function named(shape: Shape, path = '0'): Shape {
  const children = shape.children.map((child, at) => named(child, `${path}${at}`));
  return { ...shape, name: `${path} ${shape.name}`, children };
}

const nested = shapes
  .map((shape) => named(shape))
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      nodes: nodesOf(shape),
      sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
      cut: fc.integer({ min: 1, max: 40 }),
    }),
  );

/** Each before what is below it, put together in the plainest way. */
function expected(shape: Shape, nodes: readonly Node[]): TableRow[] {
  const places = new Map<Shape, number>();
  const number = (one: Shape): void => {
    places.set(one, places.size);
    for (const child of one.children) number(child);
  };
  number(shape);
  const rows = (one: Shape, own: readonly Node[]): TableRow[] =>
    own.flatMap(({ values, below }) => [
      { place: places.get(one) ?? -1, cells: values.map((value) => JSON.stringify(value)) },
      ...one.children.flatMap((child, at) => rows(child, below[at] ?? [])),
    ]);
  return rows(shape, nodes);
}

const tablesOf = ({ levels }: AllRows): Table[] =>
  levels.map(({ dataset, depth, parent, columns, children }) => {
    return { dataset, depth, parent, columns, keys: [], hasChildren: children.length > 0 };
  });

async function* inPieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('they are those of the answer, however they come', async () => {
  await fc.assert(
    fc.asyncProperty(nested, async ({ shape, nodes, sizes, cut }) => {
      const given = rowsOf(shape, nodes);
      const rows = expected(shape, nodes);
      const source = sourceOf(given, sizes);
      assert.deepEqual(await all(tableRows(statementOf(given.levels), source, 'ab', soon())), rows);
      assert.equal(source.ended, source.begun);
      for (const blanks of [undefined, 1]) {
        const json = JSON.stringify(answerOf(shape, nodes), null, blanks);
        assert.deepEqual(await all(answerRows(tablesOf(given), inPieces(json, cut))), rows);
      }
    }),
    { numRuns: 150 },
  );
});

const twoLevels = {
  name: 'MAIN',
  fields: 1,
  children: [{ name: 'ROWS', fields: 1, children: [] }],
};
const two = () =>
  rowsOf(twoLevels, [
    { values: [1], below: [[{ values: [11], below: [] }]] },
    { values: [2], below: [[{ values: [21], below: [] }]] },
  ]);

test('levels that do not fit together are a failure, as in JSON', async () => {
  const changes: ((all: AllRows) => void)[] = [
    ({ rows }) => rows.splice(0, 1),
    ({ rows }) => rows.splice(2, 1),
    ({ rows }) => Object.assign(rows[1] ?? {}, { n1: 2 }),
    ({ rows }) => Object.assign(rows[1] ?? {}, { k0_1: 99 }),
    ({ rows }) => Object.assign(rows[2] ?? {}, { n0: 3 }),
  ];
  for (const [index, change] of changes.entries()) {
    const given = two();
    change(given);
    const read = all(tableRows(statementOf(given.levels), sourceOf(given, [3]), 'ab', soon()));
    await assert.rejects(read, DriftError, String(index));
  }
});

test('an answer that is something else is a failure', async () => {
  const tables = tablesOf(two());
  const answers = [
    '{"name":"MAIN","items":[{"F0":1,"datasets":[{"name":"ROWS","items":[{"F0":1}]}]}',
    '{"name":"MAIN","items":[{"F0":1,"OTHER":2}]}',
    '{"name":"MAIN","items":[{"F0":[1]}]}',
    '{"name":"MAIN","items":[{"F0":1,"datasets":[{"name":"OTHER","items":[]}]}]}',
    '{"name":"MAIN","items":[{"F0":01x}]}',
    '{"name":"MAIN","items":[{"F0"}]}',
    '[]',
  ];
  for (const answer of answers) {
    await assert.rejects(
      all(answerRows(tables, inPieces(answer, 7))),
      { name: 'RowLoadError' },
      answer,
    );
  }
});
