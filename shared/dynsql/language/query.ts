/** A query's JSON against the definition that it asks. */

import type {
  CheckedLevel,
  CheckedOrder,
  CheckedQuery,
  Definition,
  LoadedDataset,
  QueryCheck,
} from '../definition.ts';
import { foldName } from '../name.ts';
import { groupedBy, inGroups } from './grouping.ts';
import { flagOf, itemsOf, type Members, membersOf, namedIn } from './query-body.ts';
import { EnoughFaultsError, type Place, QueryFault, QueryFaults } from './query-faults.ts';
import { WhereReading } from './where.ts';

const levelKeys = ['select', 'where', 'orderby', 'datasets', 'distinct', 'groupby'] as const;
const rootKeys = [...levelKeys, 'top', 'skip', 'count', 'next'] as const;
const datasetKeys = ['name', ...levelKeys] as const;
const orderKeys = ['id', 'ordering'] as const;

const most = { select: 1_000, orderby: 50, datasets: 50 } as const;
const largestNumber = 2 ** 31 - 1;

export interface QueryCheckOptions {
  /**
   * `needed` (default): a condition without a template is a fault. `elsewhere`: ABRA Gen has the
   * templates; values are checked as far as the definition tells, and conditions are `given`.
   */
  templates?: 'needed' | 'elsewhere';
}

/**
 * Never throws: whatever `body` is, the result is a query or what is wrong with it, ten faults at
 * most.
 */
export function checkQuery(
  definition: Definition,
  body: unknown,
  options: QueryCheckOptions = {},
): QueryCheck {
  const query = new Reading(definition, options);
  const { errors } = query.faults;
  let checked: CheckedQuery | undefined;
  try {
    checked = query.read({ path: [], value: body });
  } catch (error) {
    if (!(error instanceof EnoughFaultsError)) throw error;
  }
  return checked === undefined || errors.length > 0 ? { errors } : { query: checked };
}

/** @throws QueryFault that lists its faults, ten at most, each with its place */
export function requireQuery(
  definition: Definition,
  body: unknown,
  options: QueryCheckOptions = {},
): CheckedQuery {
  const { query, errors } = checkQuery(definition, body, options);
  if (query !== undefined) return query;
  throw queryFault(errors);
}

export function queryFault(errors: QueryCheck['errors'] & object): QueryFault {
  const text = errors.map(({ message }) => message).join('; ');
  return new QueryFault('unfit', `The query does not fit: ${text}`, errors);
}

/** What a query says of one dataset. */
interface Asked {
  readonly dataset: LoadedDataset;
  readonly place: Place;
  readonly members: Members<(typeof levelKeys)[number]>;
}

class Reading {
  readonly faults = new QueryFaults();
  readonly #definition: Definition;
  readonly #templates: 'needed' | 'elsewhere';
  readonly #asked = new Map<LoadedDataset, Asked>();

  constructor(definition: Definition, { templates = 'needed' }: QueryCheckOptions) {
    this.#definition = definition;
    this.#templates = templates;
  }

  read(place: Place): CheckedQuery | undefined {
    const definition = this.#definition;
    const members = membersOf(place, rootKeys, this.faults);
    if (members === undefined) return undefined;
    this.#asked.set(definition.root, { dataset: definition.root, place, members });
    this.#datasets(members.datasets, definition.root);
    const skip = this.#count(members.skip, 0);
    const top = this.#count(members.top, 1);
    const count = flagOf(members.count, this.faults);
    const next = this.#next(members);
    return { definition, root: this.#level(definition.root), skip: skip ?? 0, top, count, next };
  }

  /** Only its form: whether it is of this query is seen when the statement is built. */
  #next({ next, top, skip }: Members<'next' | 'top' | 'skip'>): CheckedQuery['next'] {
    if (next === undefined || next.value === false) return undefined;
    const { value } = next;
    if (top === undefined) {
      this.faults.add({ path: ['top'], value: undefined }, 'the rows of a page, beside next');
    }
    if (skip !== undefined) this.faults.add(skip, 'left out beside next');
    const isText = typeof value === 'string' && /^[\w-]{1,200000}$/.test(value);
    return value === true || isText ? value : this.faults.add(next, nextUse);
  }

  /** Registers the datasets asked for below `above`, however deep. */
  #datasets(list: Place | undefined, above: LoadedDataset): void {
    for (const place of itemsOf(list, most.datasets, this.faults)) {
      const members = membersOf(place, datasetKeys, this.faults);
      if (members === undefined) continue;
      const name = members.name ?? { path: [...place.path, 'name'], value: undefined };
      const below = datasetsBelow(above);
      const names = () => [...below.values()].map((dataset) => dataset.name);
      const what = `dataset below ${above.name}`;
      const dataset = namedIn(name, what, below, names, this.faults);
      if (dataset === undefined) continue;
      if (this.#asked.has(dataset)) {
        this.faults.add(name, 'another dataset', `${dataset.name} is there twice`);
        continue;
      }
      this.#asked.set(dataset, { dataset, place, members });
      if (members.select === undefined && isEmpty(members.datasets)) {
        this.faults.add({ path: [...place.path, 'select'], value: undefined }, fieldsOf(dataset));
      }
      this.#datasets(members.datasets, dataset);
    }
  }

  /** The dataset with those below it that are asked for, and what brings those along. */
  #level(dataset: LoadedDataset): CheckedLevel {
    const asked = this.#asked.get(dataset);
    const children = dataset.children
      .filter((child) => this.#isWanted(child))
      .map((child) => this.#level(child));
    const fields = this.#fields(asked);
    const order = this.#order(asked);
    const grouping = asked && { ...asked.members, dataset, fields, order, children };
    const by = grouping && groupedBy(grouping, this.#templates, this.faults);
    const level: CheckedLevel = {
      dataset,
      fields: by === undefined ? fields : fields.map((field) => inGroups(field, by)),
      ...this.#conditions(asked),
      order,
      groupedBy: by,
      children,
    };
    const isEmptyRoot = dataset === this.#definition.root && asked?.members.select === undefined;
    if (isEmptyRoot && isEmpty(asked?.members.datasets)) {
      this.faults.add({ path: ['select'], value: undefined }, fieldsOf(dataset));
    }
    return level;
  }

  #isWanted(dataset: LoadedDataset): boolean {
    return this.#asked.has(dataset) || dataset.children.some((child) => this.#isWanted(child));
  }

  #fields(asked: Asked | undefined): CheckedLevel['fields'] {
    if (asked === undefined) return [];
    const { dataset, members } = asked;
    const places = itemsOf(members.select, most.select, this.faults);
    if (members.select !== undefined && places.length === 0) {
      this.faults.add(members.select, fieldsOf(dataset));
    }
    const names = () => [...dataset.fields.values()].map(({ fieldname }) => fieldname);
    const what = `field of ${dataset.name}`;
    const fields = places.map((place) => namedIn(place, what, dataset.fields, names, this.faults));
    return [...new Set(fields)].filter((field) => field !== undefined);
  }

  #conditions(asked: Asked | undefined): Pick<CheckedLevel, 'conditions' | 'given'> {
    if (asked === undefined) return { conditions: [], given: [] };
    const { dataset, members } = asked;
    const timezone = this.#definition.document.timezone;
    const where = new WhereReading(dataset, timezone, this.#templates, this.faults);
    return where.read(members.where);
  }

  #order(asked: Asked | undefined): CheckedOrder[] {
    if (asked === undefined) return [];
    const { dataset, members } = asked;
    return itemsOf(members.orderby, most.orderby, this.faults).flatMap((place) => {
      const inside = membersOf(place, orderKeys, this.faults);
      if (inside === undefined) return [];
      const id = inside.id ?? { path: [...place.path, 'id'], value: undefined };
      const names = () => [...dataset.keys.values()].map((key) => key.id);
      const key = namedIn(id, `key of ${dataset.name}`, dataset.keys, names, this.faults);
      const ordering = inside.ordering?.value ?? 'asc';
      const direction = typeof ordering === 'string' ? ordering.toLowerCase() : undefined;
      if (inside.ordering && direction !== 'asc' && direction !== 'desc') {
        this.faults.add(inside.ordering, 'asc or desc');
      }
      return key === undefined ? [] : [{ key, descending: direction === 'desc' }];
    });
  }

  #count(place: Place | undefined, least: number): number | undefined {
    if (place === undefined) return undefined;
    const { value } = place;
    const fits =
      Number.isInteger(value) && Number(value) >= least && Number(value) <= largestNumber;
    if (fits) return Number(value);
    return this.faults.add(place, `a whole number from ${least} to ${largestNumber}`);
  }
}

/** To be read after `must be`. */
const nextUse = 'true, or the next of an answer';

/** To be read after `must be`. */
function fieldsOf(dataset: LoadedDataset): string {
  const names = [...dataset.fields.values()].map(({ fieldname }) => fieldname);
  return `at least one field of ${dataset.name}, such as ${names.slice(0, 3).join(', ')}`;
}

/** Whether no dataset is asked for. */
const isEmpty = (datasets: Place | undefined): boolean =>
  datasets === undefined || (Array.isArray(datasets.value) && datasets.value.length === 0);

/** By folded name. */
function datasetsBelow(dataset: LoadedDataset): Map<string, LoadedDataset> {
  return new Map(
    dataset.children.flatMap((child) => [
      [foldName(child.name), child] as const,
      ...datasetsBelow(child),
    ]),
  );
}
