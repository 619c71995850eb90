import { keptBlobs } from '../../storage/kept-blobs.ts';
import type { OpenContainer } from '../../storage/place.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

/** Named in the reason. */
const named = 5;

/** Locks and cursors that somebody else keeps: what needs them waits, and nothing else says why. */
export async function locksHealth(
  container: OpenContainer,
  signal: AbortSignal,
): Promise<HealthPart> {
  let found: string[] = [];
  const part = await checkPart(
    'locks',
    async (bounded) => {
      found = await keptBlobs(await container(bounded), bounded);
    },
    signal,
  );
  if (found.length === 0) return part;
  const more = found.length > named ? ` and ${found.length - named} more` : '';
  const reason = `leased without an end or archived, which syncboard never does: ${found.slice(0, named).join(', ')}${more}; whatever needs them waits until somebody breaks the lease or brings the blob back`;
  return { ...part, state: 'degraded', reason };
}
