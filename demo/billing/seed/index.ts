/** The live rows of a source database: everything from the code and the scale alone. */

import { createRandom } from 'stand-in-kit';
import { accountCodes, accountCount, type SourceDatabase } from '../sources.ts';
import { seedAccount } from './account.ts';
import { seedDictionaries, seedEquipment, seedMeterPlaces } from './dictionaries.ts';
import { type Premises, seedBuildings, seedPremises } from './housing.ts';
import type { Insert } from './insert.ts';
import { seedLedger } from './ledger.ts';

const hcsEquipment = 120;
const stekEquipment = 45;

/** Ids of a source start at its own million, so that they are unique over all sources. */
export const idBase = (code: string) => (accountCodes.indexOf(code) + 1) * 1_000_000;

/** Payment ids: room for a hundred payments an account. */
export const paymentIdBase = (code: string) => idBase(code) * 100;

/** Counts up from `base`. */
function counter(base: number): () => number {
  let last = base;
  return () => {
    last += 1;
    return last;
  };
}

/**
 * Hands over the live rows of all codes of `source`, where all sources together have about
 * `accounts`. `insertOf` gives what takes the rows of one code.
 */
export function seedSource(
  insertOf: (code: string) => Insert,
  source: SourceDatabase,
  accounts: number,
): void {
  const hcs = source.system === 'HCS';
  const everywhere = insertOf(source.codes[0] ?? '');
  if (hcs) seedDictionaries(everywhere);
  const firstEquipment = hcs ? 1 : idBase(source.codes[0] ?? '') / 1000 + 1;
  const equipment = seedEquipment(everywhere, hcs ? hcsEquipment : stekEquipment, firstEquipment);

  for (const code of source.codes) {
    const random = createRandom(code);
    const insert = insertOf(code);
    const base = idBase(code);
    const count = accountCount(code, accounts);
    const places = hcs ? seedMeterPlaces(insert, random) : [];
    const buildings = seedBuildings(random, count, base + 1, hcs ? insert : undefined);
    const nextId = counter(base);
    const nextPremisesId = counter(base);
    const nextMeterId = counter(base);
    const nextPaymentId = counter(paymentIdBase(code));
    let communal: Premises | undefined;
    for (let index = 0; index < count; index += 1) {
      // The next few accounts of a communal flat are its other rooms.
      const shared = communal && random.chance(0.7) ? communal : undefined;
      const premises =
        shared ?? seedPremises(insert, random, random.pick(buildings), nextPremisesId(), hcs);
      communal = premises.communal ? premises : undefined;
      const account = seedAccount(insert, random, {
        id: nextId(),
        code,
        premises,
        equipment,
        places,
        nextMeterId,
      });
      seedLedger(insert, random, account, { hcs, nextPaymentId });
    }
  }
}
