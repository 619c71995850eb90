/** Reading of a query's JSON: keys without regard to case, one value or a list. */

import { didYouMean, nearName } from '../../faults/near-name.ts';
import { foldName, sameName } from '../name.ts';
import type { Place, QueryFaults } from './query-faults.ts';

/** Members of an object by the key in lower case, each with its place under the key as given. */
export type Members<Key extends string> = { readonly [Name in Key]?: Place };

/** The object's members; undefined, and a fault, where it is none. */
export function membersOf<const Key extends string>(
  place: Place,
  keys: readonly Key[],
  faults: QueryFaults,
): Members<Key> | undefined {
  const { path, value } = place;
  const allowed = `an object with ${keys.join(', ')}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return faults.add(place, allowed);
  }
  const found: { [Name in Key]?: Place } = {};
  const slips: [key: Key, member: Place][] = [];
  for (const [given, inside] of Object.entries(value)) {
    const member = { path: [...path, given], value: inside };
    const key = keys.find((name) => sameName(name, given));
    if (key === undefined) {
      const near = nearName(given, keys);
      if (near !== undefined) slips.push([near, member]);
      const meant = didYouMean(given, keys);
      faults.add(member, `left out; the keys are ${keys.join(', ')}`, `is no key here${meant}`);
    } else if (found[key] !== undefined) {
      faults.add(member, 'given once', 'is there twice, in another case');
    } else {
      found[key] = member;
    }
  }
  // One slip is one fault: the key that was meant is not missing, too.
  for (const [key, member] of slips) found[key] ??= member;
  return found;
}

/** The places of a list's items, or of one value that stands for a list of one. */
export function itemsOf(place: Place | undefined, most: number, faults: QueryFaults): Place[] {
  if (place === undefined) return [];
  const { path, value } = place;
  if (!Array.isArray(value)) return [place];
  if (value.length > most) {
    faults.add(place, `a list of at most ${most}`, `has ${value.length} items, ${most} at most`);
    return [];
  }
  return value.map((item: unknown, index) => ({ path: [...path, index], value: item }));
}

/** What a name stands for, without regard to case; undefined, and a fault, for an unknown one. */
export function namedIn<Item>(
  place: Place,
  what: string,
  known: ReadonlyMap<string, Item>,
  names: () => readonly string[],
  faults: QueryFaults,
): Item | undefined {
  const { value } = place;
  const found = typeof value === 'string' ? known.get(foldName(value)) : undefined;
  return found ?? faults.unknown(place, what, names());
}

/** false where it is not there, or no flag, which is a fault. */
export function flagOf(place: Place | undefined, faults: QueryFaults): boolean {
  if (place === undefined || typeof place.value === 'boolean') return place?.value === true;
  faults.add(place, 'true or false');
  return false;
}
