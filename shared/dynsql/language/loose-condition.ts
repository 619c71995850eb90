/** A condition whose template only ABRA Gen has: what its definition tells of values. */

import type { Condition } from './definition.ts';
import { itemsOf } from './query-body.ts';
import type { Place, QueryFaults } from './query-faults.ts';

const longestList = 10_000;
const mostFlags = 20;

/** Adds a fault where the value or the flags cannot be right, whatever the template. */
export function looseCondition(
  condition: Condition,
  place: Place,
  flags: Place | undefined,
  faults: QueryFaults,
): void {
  for (const flag of itemsOf(flags, mostFlags, faults)) {
    if (typeof flag.value !== 'string') faults.add(flag, 'the name of a flag');
  }
  const { value } = place;
  if (condition.specialsubtype === 11 && value !== undefined) {
    faults.add(place, 'left out: this condition has no value');
  } else if (condition.specialsubtype === 1 || condition.specialsubtype === 14) {
    const items = itemsOf(place, longestList, faults);
    const [only] = items;
    const isScalar = only !== undefined && ['string', 'number'].includes(typeof only.value);
    const several = condition.specialsubtype === 14;
    if (!isScalar || (!several && items.length > 1)) {
      faults.add(place, several ? 'declared values separated by ;' : 'one declared value');
    }
  } else if (condition.datatype === 'ctBoolean' && value !== undefined) {
    if (typeof value !== 'boolean') faults.add(place, 'true or false');
  } else if (value !== undefined) {
    for (const item of itemsOf(place, longestList, faults)) {
      const isScalar = ['string', 'number', 'boolean'].includes(typeof item.value);
      if (!isScalar) faults.add(item, 'text, a number, true or false');
    }
  }
}
