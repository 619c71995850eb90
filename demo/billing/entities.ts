/** The demo's entities: their names, columns and keys. */

import { type Entity, entities } from './entity-table.ts';

export type EntityName = keyof typeof entities;

/** A value the demo stores: decimals and dates are text. */
export type Value = number | string | null;

/** One row of an entity, without what tells areas apart. */
export type Row<Name extends EntityName> = Record<
  keyof (typeof entities)[Name]['columns'] & string,
  Value
>;

/** Every entity's name, in the order of a whole data source sync. */
export const entityNames = Object.keys(entities) as EntityName[];

/** The definition in its general form, for code that treats all entities alike. */
export function entityOf(name: EntityName): Entity {
  return entities[name];
}

/** Names of all columns, `period` first for a dated entity. */
export function columnsOf(name: EntityName): string[] {
  return Object.keys(entities[name].columns);
}

/** The natural key inside one data source, the period last for a dated entity. */
export function fullKeyOf(name: EntityName): string[] {
  const entity = entityOf(name);
  return entity.dated ? [...entity.key, 'period'] : [...entity.key];
}
