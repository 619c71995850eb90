/** How full the places of dynsql's queries are, and who has them. */

import type { DynsqlConnections } from '../connections/dynsql-connections.ts';
import type { HealthPart } from './part.ts';

/** Whoever was sent away longer ago has come again. */
const lately = 60_000;

/** Named in the reason. */
const named = 5;

/** A line for each connection that somebody asks at the moment, or asked for in vain. */
export function queriesHealth(connections: Pick<DynsqlConnections, 'all'>): HealthPart[] {
  return connections.all.flatMap(({ id, places }): HealthPart[] => {
    const { places: most, used, waiting, refusedMs, holders } = places.use;
    const isShort = refusedMs !== undefined && refusedMs < lately;
    if (used + waiting === 0 && !isShort) return [];
    const told = holders.slice(0, named).map((holder) => {
      const waits = holder.waiting === 0 ? '' : `, ${holder.waiting} waiting`;
      return `${holder.name}: ${holder.used}${waits}`;
    });
    const refused = isShort ? ['queries were sent away within the last minute'] : [];
    return [
      {
        part: `queries ${id}`,
        state: isShort ? 'degraded' : 'ok',
        reason: [...refused, ...told].join('; '),
        ...{ used, most, waiting },
      },
    ];
  });
}
