/** Small tables that the rest refers to. */

import type { Random } from 'stand-in-kit';
import type { Insert } from './insert.ts';
import { banks, benefitProviders, cities, meterModels, meterPlaces } from './words.ts';

/** BICs of the demo's banks: made up, in the right form. */
export const bankCodes: readonly string[] = banks.map(
  (_, index) => `0487026${String(10 + index * 7)}`,
);

/** What HCS keeps once for all its areas. */
export function seedDictionaries(insert: Insert): void {
  banks.forEach((name, index) => {
    insert('bank_code', {
      bank_code: bankCodes[index] ?? '',
      name,
      correspondent_account: `30101810${String(400_000_000_640 + index * 1_013)}`,
    });
  });
  benefitProviders.forEach((provider, index) => {
    insert('benefit_provider', { benefit_provider_id: index + 1, ...provider });
  });
  cities.forEach((city, index) => {
    insert('city', { city_id: index + 1, ...city });
  });
}

/** Meter models in several executions; answers their ids. */
export function seedEquipment(insert: Insert, count: number, firstId: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const { model, resource, digits, years } =
      meterModels[index % meterModels.length] ?? meterModels[0];
    const execution = Math.floor(index / meterModels.length);
    insert('equipment', {
      equipment_id: firstId + index,
      model: execution === 0 ? model : `${model}, исп. ${execution + 1}`,
      resource,
      digits,
      verification_interval_years: years,
    });
    return firstId + index;
  });
}

/** An area's list of places; answers their ids. */
export function seedMeterPlaces(insert: Insert, random: Random): number[] {
  const count = random.integer(6, meterPlaces.length);
  return meterPlaces.slice(0, count).map((name, index) => {
    insert('meter_place', { meter_place_id: index + 1, name });
    return index + 1;
  });
}
