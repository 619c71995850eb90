/** Nested rows as they are asked for, and as statements give them. */

import fc from 'fast-check';
import type { RowBatch } from '../../../shared/database/row-stream.ts';
import type { Statement, StatementLevel } from '../../../shared/dynsql/definition.ts';
import type { RowSource } from '../../../shared/dynsql/run/open-query.ts';

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

/** The rows of all levels as the statement gives them. */
export interface AllRows {
  levels: StatementLevel[];
  columns: string[];
  /** In the order of the answer, each under the names of its level's columns. */
  rows: Record<string, unknown>[];
}

/**
 * A statement's rows: `l`, the positions `n…`, of each level fields `c…`, the row's own key `m0`, its
 * parent's `k0`, each with the level's place behind it.
 */
export function rowsOf(root: Shape, nodes: readonly Node[]): AllRows {
  const levels: StatementLevel[] = [];
  const rows: AllRows['rows'] = [];
  let keys = 0;
  const addLevel = (shape: Shape, depth: number, parent: number | undefined): number => {
    const place = levels.length;
    const children: number[] = [];
    levels.push({
      dataset: shape.name,
      depth,
      parent,
      children,
      columns: Array.from({ length: shape.fields }, (_, index) => ({
        name: `c${index}_${place}`,
        key: `F${index}`,
        datatype: 'dtVariant',
        zone: 'UTC',
      })),
      positions: Array.from({ length: depth + 1 }, (_, index) => `n${index}`),
      parentKey: parent === undefined ? [] : [{ own: `k0_${place}`, parent: `m0_${parent}` }],
    });
    for (const child of shape.children) children.push(addLevel(child, depth + 1, place));
    return place;
  };
  const addRows = (place: number, own: readonly Node[], path: number[], parentKey: number) => {
    for (const [index, node] of own.entries()) {
      keys += 1;
      const key = keys;
      const position = [...path, index + 1];
      rows.push({
        l: place,
        ...Object.fromEntries(position.map((at, depth) => [`n${depth}`, at])),
        ...Object.fromEntries(node.values.map((value, at) => [`c${at}_${place}`, value])),
        [`m0_${place}`]: key,
        [`k0_${place}`]: parentKey,
      });
      for (const [at, child] of (levels[place]?.children ?? []).entries()) {
        addRows(child, node.below[at] ?? [], position, key);
      }
    }
  };
  addLevel(root, 0, undefined);
  addRows(0, nodes, [], 0);
  const columns = [
    'l',
    ...Array.from({ length: 4 }, (_, depth) => `n${depth}`),
    ...levels.flatMap((level, place) => [
      ...level.columns.map(({ name }) => name),
      `m0_${place}`,
      `k0_${place}`,
    ]),
  ];
  return { levels, columns, rows };
}

/** Of levels whose rows a test makes up. */
export function statementOf(levels: readonly StatementLevel[]): Statement {
  const text = { sql: 'SELECT', parameters: [] };
  return { ...text, copying: text, levels, hasCount: false, page: undefined };
}

export const noKinds: RowBatch['kinds'] = new Map();

/** Gives the rows in batches of the sizes given, over and over; some of them late. */
export function sourceOf(
  { columns, rows }: AllRows,
  sizes: readonly number[],
): RowSource & { begun: number; ended: number } {
  const source = {
    begun: 0,
    ended: 0,
    rowVersioning: async () => 'on' as const,
    stream: async () => {
      source.begun += 1;
      return (async function* (): AsyncGenerator<RowBatch, void> {
        try {
          for (let at = 0, turn = 0; at < rows.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            if (size % 2 === 0) await new Promise(setImmediate);
            const batch = rows.slice(at, at + size);
            yield {
              columns,
              kinds: noKinds,
              types: noKinds,
              rows: batch.map((row) => columns.map((name) => row[name] ?? null)),
            };
            at += size;
          }
        } finally {
          source.ended += 1;
        }
      })();
    },
  };
  return source;
}
