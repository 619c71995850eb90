/**
 * The names a catalogue declares, read without trusting its shape: a reference to a database must
 * not be called wrong only because that database's own entry has another fault.
 */

import { faultAt } from '../faults/catalog-error.ts';
import { sqlName } from './name-template.ts';

/** What each list is named by. */
const keys = {
  servers: 'id',
  databases: 'id',
  connections: 'id',
  dataSources: 'code',
  entities: 'name',
  pipelines: 'id',
} as const;

export type Declared = Record<keyof typeof keys, string[]>;

interface Name {
  name: string;
  index: number;
}

function namesIn(catalog: unknown, list: string, key: string): Name[] {
  if (typeof catalog !== 'object' || catalog === null) return [];
  const items: unknown = Reflect.get(catalog, list);
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown, index) => {
    const name: unknown =
      typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined;
    return typeof name === 'string' ? [{ name, index }] : [];
  });
}

/** Every name in `catalog`, whatever else is wrong with it. */
export function declaredNames(catalog: unknown): Declared {
  const read = (list: keyof Declared) => namesIn(catalog, list, keys[list]).map(({ name }) => name);
  return {
    servers: read('servers'),
    databases: read('databases'),
    connections: read('connections'),
    dataSources: read('dataSources'),
    entities: read('entities'),
    pipelines: read('pipelines'),
  };
}

/**
 * A fault for every name that is taken already. SQL Server tells names apart without regard to
 * case, so `Meter` and `meter` would be the same procedures, and so would `a-b` and `a_b`.
 */
export function duplicateFaults(catalog: unknown): string[] {
  const named = [...Object.entries(keys), ['databases', 'connection'] as const];
  return named.flatMap(([list, key]) => {
    const first = new Map<string, number>();
    return namesIn(catalog, list, key).flatMap(({ name, index }) => {
      const sameAs = list === 'entities' ? sqlName(name.toLowerCase()) : name.toLowerCase();
      const earlier = first.get(sameAs);
      if (earlier === undefined) first.set(sameAs, index);
      const text = `the same as ${list}[${earlier}].${key}; use another (case does not count)`;
      return earlier === undefined ? [] : [faultAt([list, index, key], text)];
    });
  });
}
