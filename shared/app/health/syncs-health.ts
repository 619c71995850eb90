import type {
  Acknowledgement,
  Acknowledgements,
  Trouble,
} from '../../acknowledgements/acknowledgements.ts';
import type { Troubles } from '../troubles.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart, PartName } from './part.ts';
import { withTroubles } from './troubles-health.ts';

type Known = Pick<Acknowledgements, 'current'>;

/** Entities whose latest sync failed: the others are synced all the same. */
export function syncsHealth(
  troubles: Pick<Troubles, 'ofSyncs'>,
  acknowledgements: Known,
  signal: AbortSignal,
): Promise<HealthPart> {
  const find = (bounded: AbortSignal) => troubles.ofSyncs(bounded);
  return partOf('syncs', find, acknowledgements, '/runs?state=failed', signal);
}

/** Data that are older than the catalogue lets them be. */
export function agesHealth(
  troubles: Pick<Troubles, 'ofAges'>,
  acknowledgements: Known,
  signal: AbortSignal,
): Promise<HealthPart> {
  const find = (bounded: AbortSignal) => troubles.ofAges(bounded);
  return partOf('ages', find, acknowledgements, '/ages', signal);
}

/** @param see where to read more */
async function partOf(
  name: PartName,
  find: (signal: AbortSignal) => Promise<Trouble[]>,
  acknowledgements: Known,
  see: string,
  signal: AbortSignal,
): Promise<HealthPart> {
  let found: Trouble[] = [];
  let known: readonly Acknowledgement[] = [];
  const part = await checkPart(
    name,
    async (bounded) => {
      [found, known] = await Promise.all([find(bounded), acknowledgements.current(bounded)]);
    },
    signal,
  );
  return withTroubles(part, found, known, see);
}
