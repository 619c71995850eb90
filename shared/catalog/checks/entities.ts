/** Which entities come after which. */

import type { Entity } from '../schema.ts';
import type { Context } from './check-context.ts';

/** Each circle once, at its first entity. */
export function checkEntityCircles({ data, at, fault }: Context): void {
  const byName = new Map(data.entities.map((entity) => [entity.name, entity]));
  const done = new Set<Entity>();
  const visit = (entity: Entity, way: readonly Entity[]): void => {
    const from = way.indexOf(entity);
    if (from >= 0) {
      const circle = [...way.slice(from), entity].map(({ name }) => name).join(' → ');
      const text = `goes round in a circle, ${circle}; leave it out in one of them`;
      fault(at(way[from] ?? entity, 'after'), text);
      return;
    }
    if (done.has(entity)) return;
    for (const name of entity.after) {
      const before = byName.get(name);
      if (before !== undefined) visit(before, [...way, entity]);
    }
    done.add(entity);
  };
  for (const entity of data.entities) visit(entity, []);
}
