/**
 * Records that changed and are not given to us, though no deletion of them is known: hidden from our
 * user by rights, or deleted this moment, and the deletion comes with the next page. An answer does
 * not tell which; so what the mirror has of them stays as it was.
 */

import type { FlexibeeRecord, Source } from './types.ts';

/** So many are asked for once more at once: each takes a request of its own. */
export const mostAskedAgain = 20;

/**
 * Asks once more for records that were left out of an answer, each by a listing: whatever keeps it
 * from being given by number may not keep it from being listed.
 *
 * @returns those that are there
 */
export async function askAgain(
  source: Source,
  evidence: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<FlexibeeRecord[]> {
  const found: FlexibeeRecord[] = [];
  for (const id of ids) {
    const afterId = String(BigInt(id) - 1n);
    const { records } = await source.list(evidence, { afterId, limit: 1 }, signal);
    found.push(...records.filter((record) => record.id === id));
  }
  return found;
}
