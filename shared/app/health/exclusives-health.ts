import { Leases } from '../../lock/leases.ts';
import type { OpenContainer } from '../../storage/place.ts';
import { holdersOfNames } from '../../sync/exclusive.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

/** Who has each exclusive name of the catalogue: that somebody has one is no reason for worry. */
export async function exclusivesHealth(
  names: readonly string[],
  container: OpenContainer,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  if (names.length === 0) return [];
  let told: string[] = [];
  const part = await checkPart(
    'exclusives',
    async (bounded) => {
      const leases = new Leases(await container(bounded), shortest);
      const holders = await holdersOfNames(leases, names, bounded);
      told = holders.flatMap(({ name, isFree, run = 'nobody yet' }) =>
        isFree ? [] : [`${name} is held by ${run}`],
      );
    },
    signal,
  );
  return [{ ...part, ...(part.state === 'ok' && told.length > 0 && { reason: told.join('; ') }) }];
}

/** Nothing is leased here. */
const shortest = 15;
