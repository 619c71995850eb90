/** What of the app's own documents somebody should look at. */

import { type Broken, brokenBlobs } from '../../storage/broken.ts';
import type { OpenContainer } from '../../storage/place.ts';
import type { Content } from '../configuration.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

/** Blobs that were damaged: nothing waits for them, but nobody knows what they held. */
export async function brokenHealth(
  container: OpenContainer,
  signal: AbortSignal,
): Promise<HealthPart> {
  let broken: Broken = { count: 0 };
  const part = await checkPart(
    'documents',
    async (bounded) => {
      broken = await brokenBlobs(await container(bounded), bounded);
    },
    signal,
  );
  if (broken.newest === undefined) return part;
  const reason = `${broken.count} damaged and set aside, the latest as ${broken.newest}; remove them when you have looked at them`;
  return { ...part, state: 'degraded', reason };
}

/**
 * A wrong catalogue refuses to start, and does not take the place of the one before it: one that is
 * here has been checked.
 *
 * @param notices what is put up with: what cannot be used, and that its last good content is
 */
export function catalogHealth(
  { catalog, dynsql }: Pick<Content, 'catalog' | 'dynsql'>,
  notices: readonly string[],
): HealthPart {
  const told = {
    ...{ guesses: catalog.guesses.length, revision: catalog.revision },
    dynsqlRevision: dynsql.revision,
  };
  if (notices.length === 0) return { part: 'catalog', state: 'ok', ...told };
  return { part: 'catalog', state: 'degraded', reason: notices.join(' '), ...told };
}
