/** A personal account with its parameters and meters. */

import type { Random } from 'stand-in-kit';
import type { Premises } from './housing.ts';
import type { Insert } from './insert.ts';
import { personName } from './person.ts';
import { services } from './words.ts';

export interface Meter {
  id: number;
  /** Thousandths of the unit. */
  reading: number;
}

export interface Account {
  id: number;
  residents: number;
  services: (typeof services)[number][];
  meters: Meter[];
}

export interface AccountOptions {
  id: number;
  code: string;
  premises: Premises;
  equipment: readonly number[];
  /** Empty where the system knows no meter places. */
  places: readonly number[];
  /** The next free meter id; called once a meter. */
  nextMeterId(): number;
}

const date = (random: Random, firstYear: number, lastYear: number) => {
  const month = String(random.integer(1, 12)).padStart(2, '0');
  const day = String(random.integer(1, 28)).padStart(2, '0');
  return `${random.integer(firstYear, lastYear)}-${month}-${day}`;
};

function seedMeter(
  insert: Insert,
  random: Random,
  account: number,
  options: AccountOptions,
): Meter {
  const id = options.nextMeterId();
  const installed = date(random, 2009, 2018);
  const reading = random.integer(0, 4_000_000);
  insert('meter', {
    meter_id: id,
    serial_number: String(random.integer(1_000_000, 99_999_999)).padStart(8, '0'),
    equipment_id: random.pick(options.equipment),
    installed_on: installed,
    verified_until: date(random, 2019, 2030),
    initial_reading: (reading / 1000).toFixed(3),
  });
  insert('personal_account_meter', {
    personal_account_id: account,
    meter_id: id,
    meter_place_id: options.places.length > 0 ? random.pick(options.places) : null,
    date_from: installed,
    date_to: null,
  });
  return { id, reading };
}

/** Writes the account and answers what its ledger needs. */
export function seedAccount(insert: Insert, random: Random, options: AccountOptions): Account {
  const { id, code, premises } = options;
  const residents = random.pick([1, 1, 2, 2, 3, 3, 4, 5]);
  const opened = date(random, 1996, 2018);
  insert('personal_account', {
    personal_account_id: id,
    account_number: `${code.toUpperCase()}-${String(id % 1_000_000).padStart(6, '0')}`,
    premises_id: premises.id,
    owner_name: personName(random),
    residents,
    opened_on: opened,
    closed_on: random.chance(0.02) ? date(random, 2019, 2019) : null,
  });
  const parameters = { RESIDENTS: String(residents), SQUARE: premises.square.toFixed(2) };
  for (const [parameter_code, value] of Object.entries(parameters)) {
    insert('personal_account_parameter', {
      personal_account_id: id,
      parameter_code,
      value,
      date_from: opened,
    });
  }
  const meterCount = random.pick([0, 1, 1, 1, 1, 1, 1, 2]);
  const first = random.integer(0, services.length - 1);
  const count = random.integer(1, 2);
  return {
    id,
    residents,
    services: services.filter(
      (_, index) => (index - first + services.length) % services.length < count,
    ),
    meters: Array.from({ length: meterCount }, () => seedMeter(insert, random, id, options)),
  };
}
