import type { LoadedDataset } from '../definition.ts';
import { foldName } from '../name.ts';
import { namesIn } from './short-lists.ts';

/**
 * Fields that tell a dataset's rows apart, in upper case as in the answer: its unique fields, or ID.
 * Empty where not all of them are selected.
 */
export function selectedKey(
  { document, fields }: Pick<LoadedDataset, 'document' | 'fields'>,
  select: readonly string[],
): string[] {
  const unique = namesIn(document.uniquefields);
  const names = unique.length > 0 ? unique : fields.has('ID') ? ['ID'] : [];
  const key = names.map((name) => foldName(name));
  const selected = new Set(select.map((name) => foldName(name)));
  return key.every((name) => selected.has(name)) ? key : [];
}
