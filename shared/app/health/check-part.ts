/** Whether everything the app needs answers. */

import { toDatabaseError } from '../../database/database-error.ts';
import type { Databases } from '../../database/databases.ts';
import type { HealthPart, PartName } from './part.ts';

/** A part that is silent for this long is reported as failing. */
const deadlineMs = 5_000;

/** Runs one check; never rejects. */
export async function checkPart(
  part: PartName,
  check: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<HealthPart> {
  const startedAt = performance.now();
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const milliseconds = () => Math.round(performance.now() - startedAt);
  try {
    await check(bounded);
    return { part, state: 'ok', milliseconds: milliseconds() };
  } catch (error) {
    const reason = bounded.aborted ? `no answer within ${deadlineMs} ms` : reasonOf(error);
    return { part, state: 'failing', reason, milliseconds: milliseconds() };
  }
}

/** One round trip to the database, and how full its pool is. */
export async function checkDatabase(
  databases: Databases,
  id: string,
  signal: AbortSignal,
): Promise<HealthPart> {
  const check = (bounded: AbortSignal) => databases.check(id, bounded);
  return { ...(await checkPart(`database ${id}`, check, signal)), ...databases.use(id) };
}

function reasonOf(error: unknown): string {
  const { meaning, number } = toDatabaseError(error);
  if (meaning === 'login') return 'the login was refused';
  if (meaning === 'unreachable') return 'the server cannot be reached';
  return number === undefined ? 'it does not answer as it should' : `error ${number}`;
}
