/** Random queries over a model: what to send, and what the answer is. */

import fc from 'fast-check';
import type { Answered, Item } from './engine.ts';
import type { Given, Model, ModelDataset, ModelRow } from './model.ts';

export interface RandomQuery {
  id: string;
  body: Record<string, unknown>;
  expected(): Answered;
}

/** One dataset of a query. */
interface Level {
  dataset: ModelDataset;
  asked: boolean;
  fields: readonly string[];
  where: readonly Where[];
  order: readonly { id: string; descending: boolean }[];
  children: readonly Level[];
}

/** A condition, or several put together. */
type Where =
  | { id: string; given: Given }
  | { join: 'or' | 'and' | 'not'; inside: readonly Where[] };

/** Now and then put together, within one another, too. */
function joined(given: fc.Arbitrary<Where[]>, depth = 2): fc.Arbitrary<Where[]> {
  if (depth === 0) return given;
  return fc
    .tuple(joined(given, depth - 1), fc.constantFrom('', '', '', 'or', 'and', 'not'))
    .map(([inside, join]) =>
      join === '' || inside.length === 0 ? inside : [{ join: join as 'or', inside }],
    );
}

function matches(where: Where, row: ModelRow): boolean {
  if ('given' in where) return where.given.matches(row);
  const each = where.inside.map((one) => matches(one, row));
  if (where.join === 'or') return each.includes(true);
  return each.includes(false) === (where.join === 'not');
}

const maybeAlone = <T>(list: readonly T[], alone: boolean): unknown =>
  alone && list.length === 1 ? list[0] : list;

function levelOf(dataset: ModelDataset, isRoot: boolean): fc.Arbitrary<Level> {
  const ids = Object.keys(dataset.conditions);
  const single = fc.subarray(ids, { maxLength: Math.min(2, ids.length) }).chain((chosen) =>
    fc.tuple(
      ...chosen.map((id) =>
        (dataset.conditions[id] ?? fc.constant({ matches: () => true })).map((one) => ({
          id,
          given: one,
        })),
      ),
    ),
  );
  const where = joined(single.map((list): Where[] => list));
  const order = fc
    .shuffledSubarray(Object.keys(dataset.keys))
    .map((chosen) => chosen.slice(0, 2))
    .chain((chosen) =>
      fc.tuple(...chosen.map((id) => fc.boolean().map((descending) => ({ id, descending })))),
    );
  return fc
    .record({
      asked: isRoot ? fc.constant(true) : fc.boolean(),
      fields: fc.shuffledSubarray([...dataset.fields], { minLength: 1 }),
      where,
      order,
      children: fc.tuple(...dataset.children.map((child) => levelOf(child, false))),
    })
    .map(({ asked, fields, where: filter, order: sorted, children }) => {
      const wanted = children.filter((child) => child.asked || child.children.length > 0);
      return asked
        ? { dataset, asked, fields, where: filter, order: sorted, children: wanted }
        : { dataset, asked, fields: [], where: [], order: [], children: wanted };
    });
}

interface Style {
  upper: boolean;
  alone: boolean;
  nested: boolean;
}

function bodyOf(level: Level, style: Style): Record<string, unknown> {
  const key = (name: string) => (style.upper ? name.toUpperCase() : name);
  const name = (text: string) => (style.upper ? text.toUpperCase() : text.toLowerCase());
  const conditionOf = (where: Where): Record<string, unknown> => {
    if ('inside' in where) {
      return { [key(where.join)]: maybeAlone(where.inside.map(conditionOf), style.alone) };
    }
    const { id, given } = where;
    return {
      [key('id')]: name(id),
      ...('value' in given && { [key('value')]: given.value }),
      ...('flags' in given && { flags: given.flags }),
      ...('isNull' in given && { [key('isNull')]: given.isNull }),
    };
  };
  return {
    ...(level.fields.length > 0 && {
      [key('select')]: maybeAlone(level.fields.map(name), style.alone),
    }),
    ...(level.where.length > 0 && {
      [key('where')]: maybeAlone(level.where.map(conditionOf), style.alone),
    }),
    ...(level.order.length > 0 && {
      orderby: maybeAlone(
        level.order.map(({ id, descending }) => ({
          id: name(id),
          ...(descending && { ordering: style.upper ? 'DESC' : 'desc' }),
        })),
        style.alone,
      ),
    }),
  };
}

/** Every dataset asked for on its own, or below its parent where that is asked for too. */
function datasetsOf(level: Level, style: Style): Record<string, unknown>[] {
  return level.children.flatMap((child) => {
    const below = datasetsOf(child, style);
    if (!child.asked) return below;
    const own = { name: child.dataset.name.toLowerCase(), ...bodyOf(child, style) };
    if (!style.nested || below.length === 0) return [own, ...below];
    return [{ ...own, datasets: below }];
  });
}

function itemsOf(level: Level, master: ModelRow | undefined): ModelRow[] {
  const { dataset, where, order } = level;
  const sorts = [
    ...order.flatMap(({ id, descending }) =>
      (dataset.keys[id] ?? []).map((key) => ({
        field: key.replace('*', ''),
        sign: descending && key.startsWith('*') ? -1 : 1,
      })),
    ),
    ...dataset.unique.map((field) => ({ field, sign: 1 })),
  ];
  return dataset
    .rows(master)
    .filter((row) => where.every((one) => matches(one, row)))
    .toSorted((a, b) => {
      for (const { field, sign } of sorts) {
        const language = dataset.languages?.[field];
        const compared = compare(a[field] ?? null, b[field] ?? null, language);
        if (compared !== 0) return sign * compared;
      }
      return 0;
    });
}

/** As collations of SQL Server that ignore case do: punctuation, digits, letters, accents last. */
const words = (language: string) => new Intl.Collator(language, { sensitivity: 'accent' });
const collators = { en: words('en'), cs: words('cs') };

/** NULL first. */
function compare(a: ModelRow[string], b: ModelRow[string], language: string | undefined): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  if (typeof a === 'string' && typeof b === 'string') {
    return (language === 'cs' ? collators.cs : collators.en).compare(a, b);
  }
  return a < b ? -1 : 1;
}

function answerOf(
  level: Level,
  master: ModelRow | undefined,
  page = { skip: 0, top: Number.POSITIVE_INFINITY },
): Answered {
  const rows = itemsOf(level, master).slice(page.skip, page.skip + page.top);
  const items = rows.map((row): Item => {
    const item: Item = Object.fromEntries(
      level.fields.map((field) => [field.toUpperCase(), row[field] ?? null]),
    );
    if (level.children.length > 0) {
      item['datasets'] = level.children.map((child) => answerOf(child, row));
    }
    return item;
  });
  return { name: level.dataset.name, items };
}

/** The dataset with the keys that sort by plain words, dates and numbers. */
function sortedAlike(dataset: ModelDataset, rows: readonly ModelRow[]): ModelDataset {
  const isPlain = (value: unknown) => typeof value !== 'string' || /^\w*$|^[\d-]+$/.test(value);
  const keys = Object.entries(dataset.keys).filter(([, fields]) =>
    fields.every((field) => rows.every((row) => isPlain(row[field.replace('*', '')]))),
  );
  return {
    ...dataset,
    keys: Object.fromEntries(keys),
    children: dataset.children.map((child) =>
      sortedAlike(
        child,
        rows.flatMap((row) => child.rows(row)),
      ),
    ),
  };
}

/** @param everyOrder false: only by what every engine sorts alike, which is no punctuation */
export function queries(given: readonly Model[], everyOrder = true): fc.Arbitrary<RandomQuery> {
  const models = everyOrder
    ? given
    : given.map(({ id, root }) => ({ id, root: sortedAlike(root, root.rows(undefined)) }));
  return fc.constantFrom(...models).chain(({ id, root }) =>
    fc
      .record({
        level: levelOf(root, true),
        style: fc.record({ upper: fc.boolean(), alone: fc.boolean(), nested: fc.boolean() }),
        skip: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
        top: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
      })
      .map(({ level, style, skip, top }) => {
        const datasets = datasetsOf(level, style);
        return {
          id,
          body: {
            ...bodyOf(level, style),
            ...(datasets.length > 0 && { datasets: maybeAlone(datasets, style.alone) }),
            ...(skip !== undefined && { skip }),
            ...(top !== undefined && { top }),
          },
          expected: () =>
            answerOf(level, undefined, { skip: skip ?? 0, top: top ?? Number.POSITIVE_INFINITY }),
        };
      }),
  );
}
