/** How long a stage takes: what the operators noted, shared out over the stages. */

import { readFileSync } from 'node:fs';
import type { EntityName } from './entities.ts';

export type StageName = 'export' | 'crude' | 'heap';

/**
 * The share of each stage in an entity's noted time. From the one log that splits them (payment of
 * 0c06): export about 1 s, crude 8 s, heap 2 to 5 s.
 */
export const stageShares: Readonly<Record<StageName, number>> = {
  export: 0.1,
  crude: 0.6,
  heap: 0.3,
};

/** Where the operators noted nothing for an entity of a source. */
const defaultSeconds = 1;

/** Seconds of an entity of one source, all three stages together. */
export type Durations = (name: EntityName, code: string) => number;

/** Reads `durations.csv`: columns entity, code, dated, seconds; seconds may be blank. */
export function readDurations(): Durations {
  const text = readFileSync(new URL('durations.csv', import.meta.url), 'utf8');
  const seconds = new Map<string, number>();
  for (const line of text.trim().split('\n').slice(1)) {
    const [entity, code, , noted] = line.trim().split(',');
    if (noted) seconds.set(`${entity} ${code}`, Number(noted));
  }
  return (name, code) => seconds.get(`${name} ${code}`) ?? defaultSeconds;
}
