/** The conditions of a dataset: single ones, and what `or`, `and` and `not` make of them. */

import type { CheckedWhere, GivenCondition, LoadedDataset } from '../definition.ts';
import { checkCondition } from './condition-value.ts';
import { looseCondition } from './loose-condition.ts';
import { itemsOf, type Members, membersOf, namedIn } from './query-body.ts';
import type { Place, QueryFaults } from './query-faults.ts';

const joins = ['or', 'and', 'not'] as const;
const conditionKeys = ['id', 'value', 'flags', 'isNull', ...joins] as const;
type ConditionMembers = Members<(typeof conditionKeys)[number]>;

/** Of a dataset, at whatever depth. */
const mostConditions = 100;
const deepest = 10;

export class WhereReading {
  readonly #dataset: LoadedDataset;
  readonly #zone: string;
  readonly #templates: 'needed' | 'elsewhere';
  readonly #faults: QueryFaults;
  readonly #given: GivenCondition[] = [];
  #count = 0;

  constructor(
    dataset: LoadedDataset,
    zone: string,
    templates: 'needed' | 'elsewhere',
    faults: QueryFaults,
  ) {
    this.#dataset = dataset;
    this.#zone = zone;
    this.#templates = templates;
    this.#faults = faults;
  }

  read(place: Place | undefined): {
    conditions: readonly CheckedWhere[];
    given: readonly GivenCondition[];
  } {
    return { conditions: this.#list(place, 1), given: this.#given };
  }

  #list(place: Place | undefined, depth: number): CheckedWhere[] {
    return itemsOf(place, mostConditions, this.#faults).flatMap((item) => {
      return this.#one(item, depth) ?? [];
    });
  }

  #one(place: Place, depth: number): CheckedWhere | undefined {
    const members = membersOf(place, conditionKeys, this.#faults);
    if (members === undefined) return undefined;
    const join = joins.find((key) => members[key] !== undefined);
    return join === undefined
      ? this.#condition(place, members)
      : this.#joined(join, members, depth);
  }

  #joined(
    join: (typeof joins)[number],
    members: ConditionMembers,
    depth: number,
  ): CheckedWhere | undefined {
    const faults = this.#faults;
    const inside = members[join];
    if (inside === undefined) return undefined;
    for (const key of conditionKeys) {
      const other = members[key];
      if (other === undefined || key === join) continue;
      faults.add(other, 'left out', `cannot stand beside ${join}; put it into a condition within`);
    }
    if (join !== 'and' && this.#templates === 'elsewhere') {
      const why = `cannot be used with ABRA Gen, which joins conditions by AND only`;
      return faults.add(inside, 'left out', why);
    }
    if (depth > deepest) return faults.add(inside, `at most ${deepest} levels deep`);
    if (Array.isArray(inside.value) && inside.value.length === 0) {
      return faults.add(inside, 'a condition, or a list of conditions', 'is an empty list');
    }
    const all = this.#list(inside, depth + 1);
    if (join === 'or') return { any: all };
    return join === 'and' ? { all } : { not: { all } };
  }

  #condition(place: Place, members: ConditionMembers): CheckedWhere | undefined {
    const faults = this.#faults;
    this.#count += 1;
    if (this.#count > mostConditions) {
      return faults.add(place, `left out: a dataset has at most ${mostConditions} conditions`);
    }
    const dataset = this.#dataset;
    const missing = (key: string) => ({ path: [...place.path, key], value: undefined });
    const id = members.id ?? missing('id');
    const names = () => [...dataset.conditions.values()].map(({ document }) => document.id);
    const what = `condition of ${dataset.name}`;
    const condition = namedIn(id, what, dataset.conditions, names, faults);
    if (condition === undefined) return undefined;
    const { document, template } = condition;
    if (members.isNull !== undefined && this.#templates === 'elsewhere') {
      const why = 'cannot be used with ABRA Gen, which does not ask for what is empty';
      return faults.add(members.isNull, 'left out', why);
    }
    const value = members.value ?? missing('value');
    if (this.#templates === 'elsewhere') {
      const loose = looseCondition(document, dataset, value, members.flags, faults);
      if (loose !== undefined) this.#given.push(loose);
      return undefined;
    }
    if (template === undefined) {
      const why = `${document.id} cannot be used: the definition has no template for it`;
      return faults.add(id, 'a condition with a template', why);
    }
    if (members.isNull === undefined) {
      return checkCondition(condition, template, value, members.flags, this.#zone, faults);
    }
    for (const other of [members.value, members.flags]) {
      if (other !== undefined) faults.add(other, 'left out beside isNull');
    }
    const isNull = members.isNull.value;
    if (typeof isNull !== 'boolean') return faults.add(members.isNull, 'true or false');
    if (template.isNull === undefined) {
      const why = `cannot be asked of ${document.id}: its template has no isNull`;
      return faults.add(members.isNull, 'left out', why);
    }
    const empty = { condition: document, fragment: template.isNull, values: {} };
    return isNull ? empty : { not: empty };
  }
}
