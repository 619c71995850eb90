/** Nested rows as they are asked for, and as statements give them. */

import fc from 'fast-check';
import type { RowBatch } from '../../../shared/database/row-stream.ts';
import type { Statement } from '../../../shared/dynsql/definition.ts';
import type { RowSource } from '../../../shared/dynsql/run/levels.ts';

/** A level: its name, its fields and those below it. */
export interface Shape {
  name: string;
  fields: number;
  children: Shape[];
}

/** A row: its values, and the rows of each child of its level. */
export interface Node {
  values: readonly (string | number | boolean | null)[];
  below: Node[][];
}

/** Up to three levels, at most two side by side. */
export const shapes: fc.Arbitrary<Shape> = (() => {
  const level = (depth: number): fc.Arbitrary<Shape> =>
    fc.record({
      name: fc.string({ minLength: 1, maxLength: 4 }),
      fields: fc.nat({ max: 3 }),
      children: depth === 3 ? fc.constant([]) : fc.array(level(depth + 1), { maxLength: 2 }),
    });
  return level(1);
})();

const values = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.boolean(),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

export function nodesOf(shape: Shape): fc.Arbitrary<Node[]> {
  const node = fc.record({
    values: fc.array(values, { minLength: shape.fields, maxLength: shape.fields }),
    below: fc.tuple(...shape.children.map(nodesOf)),
  });
  return fc.array(node, { maxLength: 4 });
}

/** The answer, put together in the plainest way. */
export function answerOf(shape: Shape, nodes: readonly Node[]): { name: string; items: unknown[] } {
  return {
    name: shape.name,
    items: nodes.map(({ values: own, below }) => ({
      ...Object.fromEntries(own.map((value, index) => [`F${index}`, value])),
      ...(shape.children.length > 0 && {
        datasets: shape.children.map((child, index) => answerOf(child, below[index] ?? [])),
      }),
    })),
  };
}

/** A level as its statement gives it. */
export interface LevelRows {
  statement: Statement;
  columns: string[];
  rows: unknown[][];
}

/** Statements and their rows: fields `c…`, positions `n…`, the row's own key `m0`, its parent's `k0`. */
export function levelsOf(root: Shape, nodes: readonly Node[]): LevelRows[] {
  const levels: LevelRows[] = [];
  let keys = 0;
  const addLevel = (shape: Shape, depth: number, parent: number | undefined): number => {
    const positions = Array.from({ length: depth }, (_, index) => `n${index}`);
    const fields = Array.from({ length: shape.fields }, (_, index) => `c${index}`);
    const place = levels.length;
    const children: number[] = [];
    levels.push({
      statement: {
        dataset: shape.name,
        depth,
        parent,
        children,
        sql: shape.name,
        parameters: [],
        columns: fields.map((name, index) => ({
          name,
          key: `F${index}`,
          datatype: 'dtVariant',
          zone: 'UTC',
        })),
        positions,
        parentKey: parent === undefined ? [] : [{ own: 'k0', parent: 'm0' }],
      },
      columns: [...positions, 'k0', ...fields, 'm0'],
      rows: [],
    });
    for (const child of shape.children) children.push(addLevel(child, depth + 1, place));
    return place;
  };
  const addRows = (place: number, own: readonly Node[], path: number[], parentKey: number) => {
    const level = levels[place];
    if (level === undefined) throw new Error('no such level');
    for (const [index, node] of own.entries()) {
      keys += 1;
      const key = keys;
      level.rows.push([...path, parentKey, ...node.values, key]);
      for (const [at, child] of level.statement.children.entries()) {
        addRows(child, node.below[at] ?? [], [...path, index + 1], key);
      }
    }
  };
  addLevel(root, 0, undefined);
  addRows(0, nodes, [], 0);
  return levels;
}

export const noKinds: RowBatch['kinds'] = new Map();

/** Gives the rows in batches of the sizes given, over and over; some of them late. */
export function sourceOf(
  levels: readonly LevelRows[],
  sizes: readonly number[],
): RowSource & { begun: number; ended: number } {
  const source = {
    begun: 0,
    ended: 0,
    streams: async () => {
      source.begun = levels.length;
      return levels.map(async function* ({ columns, rows }): AsyncGenerator<RowBatch, void> {
        try {
          for (let at = 0, turn = 0; at < rows.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            if (size % 2 === 0) await new Promise(setImmediate);
            yield { columns, kinds: noKinds, rows: rows.slice(at, at + size) };
            at += size;
          }
        } finally {
          source.ended += 1;
        }
      });
    },
  };
  return source;
}
