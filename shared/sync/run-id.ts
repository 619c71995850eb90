/** Ids of runs: their lexical order is newest first. */

import { randomBytes } from 'node:crypto';

/** 36 ** 9 − 1: nine base-36 digits hold the milliseconds of the next three thousand years. */
const lastInstant = 36 ** 9 - 1;

/** What an id may look like, whoever made it; anything else names no run. */
export const runIdPattern = /^[0-9a-z-]{1,64}$/;

/**
 * A new id whose lexical order is newest first (time counted down, then 30 random bits): listing
 * blobs in their natural order gives the newest page without reading the others.
 */
export function newRunId(now: Date): string {
  return `${idAt(now)}-${randomBytes(4).readUInt32BE().toString(36).padStart(7, '0').slice(-6)}`;
}

/** Ids of runs that were asked for at this moment or before are greater, of later ones smaller. */
export function idAt(instant: Date): string {
  return (lastInstant - instant.getTime()).toString(36).padStart(9, '0');
}

/** When a run was asked for, going by its id; undefined for one that `newRunId` did not make. */
export function timeOfRun(id: string): Date | undefined {
  const [, digits] = /^([0-9a-z]{9})-/.exec(id) ?? [];
  if (digits === undefined) return undefined;
  const time = new Date(lastInstant - Number.parseInt(digits, 36));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
