import type {
  Acknowledgement,
  Acknowledgements,
  Trouble,
} from '../../acknowledgements/acknowledgements.ts';
import type { Troubles } from '../troubles.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';
import { withTroubles } from './troubles-health.ts';

/** Entities whose latest sync failed: the others are synced all the same. */
export async function syncsHealth(
  troubles: Pick<Troubles, 'ofSyncs'>,
  acknowledgements: Pick<Acknowledgements, 'current'>,
  signal: AbortSignal,
): Promise<HealthPart> {
  let found: Trouble[] = [];
  let known: readonly Acknowledgement[] = [];
  const part = await checkPart(
    'syncs',
    async (bounded) => {
      [found, known] = await Promise.all([
        troubles.ofSyncs(bounded),
        acknowledgements.current(bounded),
      ]);
    },
    signal,
  );
  return withTroubles(part, found, known, '/runs?state=failed');
}
