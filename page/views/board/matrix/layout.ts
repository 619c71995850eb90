/** Which cells there are, by the catalogue: entities down, data sources across. Knows nothing of how they are. */

import type { CatalogForm } from '../../../api/schema.d.ts';

export interface Column {
  code: string;
  title: string;
  server: string;
}

/** A cell: wide where several data sources are loaded at once. */
export interface Slot {
  /** Of entity and the data source that is asked for it: two slots of one key are one thing. */
  key: string;
  entity: string;
  /** The data source that is asked: the column's own, or the one that stands for all of them. */
  code: string;
  /** Columns, both included. */
  from: number;
  to: number;
}

export interface Row {
  entity: string;
  title: string;
  dated: boolean;
  /** By column; a wide one is there for each of its columns; undefined: the source lacks the entity. */
  slots: readonly (Slot | undefined)[];
}

/** Data sources that have entities in common, and those entities. */
export interface Block {
  columns: readonly Column[];
  servers: readonly { server: string; from: number; count: number }[];
  rows: readonly Row[];
}

type Entity = CatalogForm['entities'][number];

export const keyOf = (entity: string, code: string) => `${entity}\n${code}`;

/**
 * Sources that have no entity in common stand in blocks of their own, the largest first: between
 * billing databases and companies there would be nothing but gaps.
 */
export function blocksOf(catalog: CatalogForm): Block[] {
  const columns = columnsOf(catalog);
  const blockOf = new Map(columns.map(({ code }) => [code, code]));
  const rootOf = (code: string): string => {
    const above = blockOf.get(code) ?? code;
    return above === code ? code : rootOf(above);
  };
  for (const entity of catalog.entities) {
    const [first, ...others] = entity.sources.filter(({ code }) => blockOf.has(code));
    for (const { code } of first ? others : [])
      blockOf.set(rootOf(code), rootOf(first?.code ?? ''));
  }
  const groups = Map.groupBy(columns, ({ code }) => rootOf(code));
  return [...groups.values()]
    .map((own) => block(own, catalog.entities))
    .toSorted((one, other) => sizeOf(other) - sizeOf(one));
}

const sizeOf = ({ columns, rows }: Block) => columns.length * rows.length;

/** One that stands for others is a column only for what nobody else has. */
function columnsOf({ codes, entities }: CatalogForm): Column[] {
  const standing = new Set(codes.flatMap(({ code, standsFor }) => (standsFor ? code : [])));
  const alone = new Set(
    entities
      .filter(({ sources }) => sources.every(({ code }) => standing.has(code)))
      .flatMap(({ sources }) => sources.map(({ code }) => code)),
  );
  return codes
    .filter(({ code, standsFor }) => !standsFor || alone.has(code))
    .map(({ code, description, server }) => ({ code, title: description, server }));
}

function block(unsorted: readonly Column[], entities: readonly Entity[]): Block {
  const columns = [...Map.groupBy(unsorted, ({ server }) => server).values()].flat();
  const rows = entities
    .map((entity) => ({ row: rowOf(entity, columns), order: orderOf(entity, columns) }))
    .filter(({ row }) => row.slots.some((slot) => slot !== undefined))
    .toSorted((one, other) => one.order - other.order);
  const servers = columns.reduce<{ server: string; from: number; count: number }[]>(
    (all, { server }, from) => {
      const last = all.at(-1);
      if (last?.server === server) last.count += 1;
      else all.push({ server, from, count: 1 });
      return all;
    },
    [],
  );
  return { columns, servers, rows: rows.map(({ row }) => row) };
}

/** Its place in the fullest whole sync that has it. */
function orderOf({ sources }: Entity, columns: readonly Column[]): number {
  const codes = new Set(columns.map(({ code }) => code));
  return Math.max(0, ...sources.flatMap(({ code, order }) => (codes.has(code) ? order : [])));
}

function rowOf({ name, description, dated, sources }: Entity, columns: readonly Column[]): Row {
  const askedFor = new Map(sources.map(({ code, exportedBy }) => [code, exportedBy]));
  const slots: (Slot | undefined)[] = [];
  for (const [index, column] of columns.entries()) {
    const code = askedFor.get(column.code);
    const before = slots.at(-1);
    if (code === undefined) slots.push(undefined);
    else if (before?.code === code && code !== column.code) {
      before.to = index;
      slots.push(before);
    } else slots.push({ key: keyOf(name, code), entity: name, code, from: index, to: index });
  }
  return { entity: name, title: description || name, dated, slots };
}
