/** `distinct` and `groupby`: which rows of a dataset are one. */

import type { CheckedLevel, LoadedDataset } from '../definition.ts';
import { foldName } from '../name.ts';
import { groupable, sortsGroups } from '../sql/grouped-level.ts';
import type { Field } from './definition.ts';
import { flagOf, itemsOf, type Members, namedIn } from './query-body.ts';
import type { Place, QueryFaults } from './query-faults.ts';

const mostGroups = 50;

interface Grouping
  extends Members<'distinct' | 'groupby' | 'select' | 'orderby'>,
    Pick<CheckedLevel, 'dataset' | 'fields' | 'order' | 'children'> {}

/** Fields in which the rows of a group are equal; undefined: rows are as they are. */
export function groupedBy(
  asked: Grouping,
  templates: 'needed' | 'elsewhere',
  faults: QueryFaults,
): readonly Field[] | undefined {
  const { distinct, groupby, fields, dataset } = asked;
  const isDistinct = flagOf(distinct, faults);
  const place = groupby ?? (isDistinct ? distinct : undefined);
  if (place === undefined) return undefined;
  if (templates === 'elsewhere') {
    const why = 'cannot be used with ABRA Gen, which gives rows as they are';
    return faults.add(place, 'left out', why);
  }
  if (groupby !== undefined && isDistinct && distinct !== undefined) {
    faults.add(distinct, 'left out beside groupby');
  }
  const before = faults.errors.length;
  const by = groupby === undefined ? fields : fieldsIn(groupby, dataset, faults);
  // Without one that is not known, others seem to be missing.
  if (faults.errors.length > before) return by;
  checkFields(asked, by, place, faults);
  checkChildren(asked, by, place, faults);
  checkOrder(asked, by, faults);
  return by;
}

/** A field as groups have it: a number of whatever is a whole number. */
export const inGroups = (field: Field, by: readonly Field[]): Field =>
  field.aggregate === 'count' && !by.includes(field) ? { ...field, datatype: 'dtInteger' } : field;

function fieldsIn(groupby: Place, dataset: LoadedDataset, faults: QueryFaults): Field[] {
  const names = () => [...dataset.fields.values()].map(({ fieldname }) => fieldname);
  const what = `field of ${dataset.name}`;
  const fields = itemsOf(groupby, mostGroups, faults).flatMap(
    (place) => namedIn(place, what, dataset.fields, names, faults) ?? [],
  );
  return [...new Set(fields)];
}

function checkFields(
  { fields, select, dataset }: Grouping,
  by: readonly Field[],
  place: Place,
  faults: QueryFaults,
): void {
  for (const field of by.filter((one) => groupable(one) === undefined)) {
    faults.add(place, 'fields that can be compared', `${field.fieldname} cannot be compared`);
  }
  for (const selected of itemsOf(select, 1_000, faults)) {
    const { value } = selected;
    const field = typeof value === 'string' ? dataset.fields.get(foldName(value)) : undefined;
    if (field === undefined || !fields.includes(field) || by.includes(field)) continue;
    const { fieldname, aggregate, currency } = field;
    if (aggregate === undefined) {
      const can = [...dataset.fields.values()].filter((one) => one.aggregate !== undefined);
      const names = can.map((one) => one.fieldname).join(', ') || 'none here';
      const why = `${fieldname} does not say how it adds up; put it into groupby`;
      faults.add(selected, `in groupby, or one that does (${names})`, why);
    }
    const isAdded = aggregate === 'sum' || aggregate === 'avg';
    if (!isAdded || currency === undefined) continue;
    if (by.some((one) => foldName(one.fieldname) === foldName(currency))) continue;
    const why = `${fieldname} is not added across currencies; put ${currency} into it`;
    faults.add(place, `fields with ${currency} among them`, why);
  }
}

/** Rows below belong to one group, whose fields they refer to. */
function checkChildren(
  { children }: Grouping,
  by: readonly Field[],
  place: Place,
  faults: QueryFaults,
): void {
  for (const { dataset } of children) {
    const known = (name: string) => by.some((one) => foldName(one.fieldname) === foldName(name));
    for (const name of dataset.masterFields.filter((one) => !known(one))) {
      const why = `${dataset.name} below refers to ${name}, which groups are not equal in`;
      faults.add(place, `fields with ${name} among them`, why);
    }
  }
}

function checkOrder(
  { order, orderby, dataset, fields }: Grouping,
  by: readonly Field[],
  faults: QueryFaults,
): void {
  for (const [index, { key }] of order.entries()) {
    if (sortsGroups(key, { dataset, fields }, by)) continue;
    const place = itemsOf(orderby, order.length, faults)[index];
    const why = `groups cannot be sorted by ${key.id}: it is neither selected nor grouped by`;
    if (place) faults.add(place, 'a key of fields that are selected or grouped by', why);
  }
}
