/** Ids of runs: their lexical order is newest first. */

import { randomBytes } from 'node:crypto';
import { countedDown } from '../time/newest-first.ts';

export { countedDown as idAt, countedDownFrom as timeOfRun } from '../time/newest-first.ts';

/** What an id may look like, whoever made it; anything else names no run. */
export const runIdPattern = /^[0-9a-z-]{1,64}$/;

/**
 * A new id whose lexical order is newest first (time counted down, then 30 random bits): listing
 * blobs in their natural order gives the newest page without reading the others.
 */
export function newRunId(now: Date): string {
  return `${countedDown(now)}-${randomBytes(4).readUInt32BE().toString(36).padStart(7, '0').slice(-6)}`;
}
