/** Whether what dynsql reads is of one moment, told with the line of the database. */

import type { Catalog } from '../../catalog/index.ts';
import type { Databases } from '../../database/databases.ts';
import { rowVersioningOn } from '../../database/row-versioning.ts';
import type { HealthPart } from './part.ts';

/** The database has answered a moment ago. */
const lookMs = 2_000;

/**
 * The part of a database that connections ask, with what an administrator may do for it. That row
 * versioning is off is nobody's alarm: queries are right all the same, in the words of
 * docs/dynsql.md.
 */
export async function withVersioning(
  part: HealthPart,
  id: string,
  { catalog, databases }: { catalog: Pick<Catalog, 'connections'>; databases: Databases },
  signal: AbortSignal,
): Promise<HealthPart> {
  const isAsked = catalog.connections.some((one) => one.kind === 'database' && one.database === id);
  if (part.state !== 'ok' || !isAsked) return part;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
  const versioning = await databases.rowVersioning(id, limit).catch(() => undefined);
  if (versioning === 'on') return part;
  if (versioning === undefined) {
    return { ...part, reason: 'it could not be read whether row versioning is on' };
  }
  const how =
    versioning === 'asked'
      ? 'queries of dynsql ask for a snapshot, freshness queries wait for whoever writes'
      : 'nested queries of dynsql are copied level by level, freshness queries wait for whoever writes';
  const reason = `row versioning is off: ${how}. To turn it on: ${rowVersioningOn('CURRENT')}`;
  return { ...part, reason };
}
