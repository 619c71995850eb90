/** The body of a query against its definition: names and keys in any case, one value or a list. */

import type { Dataset, Definition } from '../definitions/shape.ts';
import { badRequest } from '../http/refusal.ts';
import type { Level, OrderBy, Where } from './query.ts';

interface Asked {
  select: Level['select'];
  where: readonly Where[];
  orderBy: readonly OrderBy[];
}

/** @throws Refusal 400 with a description of what does not fit */
export function readQuery(definition: Definition, body: unknown): Level {
  const root = definition.datasets.find(({ master }) => master === '');
  if (root === undefined) throw new Error(`${definition.id} has no dataset without a master`);
  const asked = new Map<Dataset, Asked>();
  readLevel(definition, root, body, 'dotaz', asked);
  return levelOf(definition, root, asked);
}

/** Adds this dataset and those below it that the body names. */
function readLevel(
  definition: Definition,
  dataset: Dataset,
  body: unknown,
  place: string,
  asked: Map<Dataset, Asked>,
): void {
  const known = ['select', 'where', 'orderby', 'datasets'];
  const isRoot = dataset.master === '';
  const { select, where, orderby, datasets } = members(
    body,
    place,
    isRoot ? known : ['name', ...known],
  );
  const { name } = dataset;
  const conditions = definition.conditions.filter((each) => each.dataset === name);
  const keys = definition.keys.filter((each) => each.dataset === name);
  asked.set(dataset, {
    select: [
      ...new Set(
        list(select).map((field) =>
          named(dataset.fields, ({ fieldname }) => fieldname, field, `Položka datasetu ${name}`),
        ),
      ),
    ],
    where: list(where).map((each) => {
      const { id, value, flags } = members(each, 'where', ['id', 'value', 'flags']);
      return {
        condition: named(conditions, (known) => known.id, id, `Podmínka datasetu ${name}`),
        values: list(value),
        flags: list(flags).map((flag) =>
          typeof flag === 'string' ? flag : badRequest(`Flag ${shown(flag)} není text`),
        ),
      };
    }),
    orderBy: list(orderby).map((each) => {
      const { id, ordering } = members(each, 'orderby', ['id', 'ordering']);
      return {
        key: named(keys, (known) => known.id, id, `Třídicí klíč datasetu ${name}`),
        descending: isDescending(ordering),
      };
    }),
  });
  for (const each of list(datasets)) {
    const wanted = members(each, 'datasets', ['name', ...known])['name'];
    const below = definition.datasets.filter((other) => isBelow(definition, other, dataset));
    const child = named(below, (other) => other.name, wanted, `Dataset podřízený datasetu ${name}`);
    if (asked.has(child)) badRequest(`Dataset ${child.name} je v dotazu uveden vícekrát`);
    readLevel(definition, child, each, `dataset ${child.name}`, asked);
  }
}

function isBelow(definition: Definition, dataset: Dataset, above: Dataset): boolean {
  const master = definition.datasets.find(({ name }) => name === dataset.master);
  return master !== undefined && (master === above || isBelow(definition, master, above));
}

/** Parents of what was asked for come along, with no fields of their own. */
function levelOf(
  definition: Definition,
  dataset: Dataset,
  asked: ReadonlyMap<Dataset, Asked>,
): Level {
  const children = definition.datasets.filter(
    (child) =>
      child.master === dataset.name &&
      [...asked.keys()].some((each) => each === child || isBelow(definition, each, child)),
  );
  const own = asked.get(dataset) ?? { select: [], where: [], orderBy: [] };
  return {
    dataset,
    ...own,
    children: children.map((child) => levelOf(definition, child, asked)),
  };
}

function members<const Name extends string>(
  body: unknown,
  place: string,
  names: readonly Name[],
): Partial<Record<Name, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return badRequest(`${place}: očekáván objekt, nalezeno ${shown(body)}`);
  }
  const found: Partial<Record<Name, unknown>> = {};
  for (const [given, value] of Object.entries(body)) {
    const name = names.find((each) => each === given.toLowerCase());
    if (name === undefined) badRequest(`${place}: neznámá vlastnost '${given}'`);
    else if (name in found) badRequest(`${place}: vlastnost '${name}' je uvedena vícekrát`);
    else found[name] = value;
  }
  return found;
}

const list = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

function named<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  wanted: unknown,
  what: string,
): Item {
  const found =
    typeof wanted === 'string'
      ? items.find((item) => nameOf(item).toLowerCase() === wanted.toLowerCase())
      : undefined;
  return found ?? badRequest(`${what} ${shown(wanted)} neexistuje`);
}

function isDescending(ordering: unknown): boolean {
  const direction = ordering === undefined ? 'asc' : String(ordering).toLowerCase();
  if (direction === 'asc' || direction === 'desc') return direction === 'desc';
  return badRequest(`ordering: očekáváno asc nebo desc, nalezeno ${shown(ordering)}`);
}

/** As much of a value as an error needs. */
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nic').slice(0, 100);
