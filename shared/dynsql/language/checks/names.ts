/** Names in a definition count without regard to case. */

import { faultAt, notOneOf, type Path } from '../../../faults/catalog-error.ts';
import { sameName } from '../../name.ts';
import type { Dataset } from '../definition.ts';

/** A fault for every name that an earlier item has. */
export function duplicates<Key extends string>(
  items: readonly Readonly<Record<Key, string>>[],
  path: Path,
  key: Key,
): string[] {
  return items.flatMap((item, index) => {
    const first = items.findIndex((other) => sameName(other[key], item[key]));
    const text = `the same as ${[...path].join('.')}[${first}].${key}; use another (case does not count)`;
    return first < index ? [faultAt([...path, index, key], text)] : [];
  });
}

export const datasetOf = (datasets: readonly Dataset[], name: string): Dataset | undefined =>
  datasets.find((dataset) => sameName(dataset.name, name));

/** A fault where `name` is none of `names`. */
export function unknown(
  name: string,
  path: Path,
  what: string,
  names: readonly string[],
): string[] {
  const isKnown = names.some((known) => sameName(known, name));
  return isKnown ? [] : [faultAt(path, notOneOf(name, what, names))];
}

/** A fault for every id that an earlier item of the same dataset has. */
export function repeatedIds(
  items: readonly { id: string; dataset: string }[],
  list: string,
): string[] {
  return items.flatMap((item, index) => {
    const first = items.findIndex(
      (other) => sameName(other.id, item.id) && sameName(other.dataset, item.dataset),
    );
    const text = `the same as ${list}[${first}].id; use another (case does not count)`;
    return first < index ? [faultAt([list, index, 'id'], text)] : [];
  });
}
