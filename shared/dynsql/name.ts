/**
 * Names of a definition: fields, datasets, conditions, keys, aliases, without regard to case. Upper
 * case decides, since that is what keys of an answer are in: `straße` and `strasse` would be one.
 */

/** What stands for a name in a map, and for a field in the answer. */
export const foldName = (name: string): string => name.toUpperCase();

export const sameName = (one: string, other: string): boolean => foldName(one) === foldName(other);
