/** Records that others refer to, and small tables of the lesser definitions. */

import { storedDay } from '../dates.ts';
import { recordId } from './ids.ts';
import type { Insert } from './insert.ts';
import type { Random } from './random.ts';

/** Code, name, symbol, VAT rounding. */
const currencies = [
  ['CZK', 'Koruna česká', 'Kč', 1],
  ['EUR', 'Euro', '€', 2],
  ['PLN', 'Polský zlotý', 'zł', 2],
  ['HUF', 'Maďarský forint', 'Ft', 0],
  ['GBP', 'Britská libra', '£', 2],
  ['CHF', 'Švýcarský frank', 'Fr.', 2],
  ['USD', 'Americký dolar', '$', 2],
  ['HRK', 'Chorvatská kuna', 'kn', 2],
  ['SKK', 'Slovenská koruna', 'Sk', 1],
] as const;

type CurrencyCode = (typeof currencies)[number][0];

/** Code, name, number, language, currency, day of joining the EU, hidden. */
const countries: [string, string, number, string, CurrencyCode, (number | undefined)?, 'A'?][] = [
  ['CZ', 'Česká republika', 203, 'cs', 'CZK', storedDay(2004, 5, 1)],
  ['SK', 'Slovensko', 703, 'sk', 'EUR', storedDay(2004, 5, 1)],
  ['AT', 'Rakousko', 40, 'de', 'EUR', storedDay(1995, 1, 1)],
  ['DE', 'Německo', 276, 'de', 'EUR', storedDay(1958, 1, 1)],
  ['PL', 'Polsko', 616, 'pl', 'PLN', storedDay(2004, 5, 1)],
  ['HU', 'Maďarsko', 348, 'hu', 'HUF', storedDay(2004, 5, 1)],
  ['HR', 'Chorvatsko', 191, 'hr', 'EUR', storedDay(2013, 7, 1)],
  ['FR', 'Francie', 250, 'fr', 'EUR', storedDay(1958, 1, 1)],
  ['IT', 'Itálie', 380, 'it', 'EUR', storedDay(1958, 1, 1)],
  ['SI', 'Slovinsko', 705, 'sl', 'EUR', storedDay(2004, 5, 1)],
  ['GB', 'Velká Británie', 826, 'en', 'GBP'],
  ['CH', 'Švýcarsko', 756, 'de', 'CHF'],
  ['US', 'Spojené státy americké', 840, 'en', 'USD'],
  ['CS', 'Československo', 200, 'cs', 'SKK', undefined, 'A'],
];

/** Country, day, member of the EU from then on, currency from then on. */
const changes: [string, number, 'A' | 'N', CurrencyCode][] = [
  ['CZ', storedDay(1993, 1, 1), 'N', 'CZK'],
  ['CZ', storedDay(2004, 5, 1), 'A', 'CZK'],
  ['SK', storedDay(1993, 1, 1), 'N', 'SKK'],
  ['SK', storedDay(2004, 5, 1), 'A', 'SKK'],
  ['SK', storedDay(2009, 1, 1), 'A', 'EUR'],
  ['HR', storedDay(2013, 7, 1), 'A', 'HRK'],
  ['HR', storedDay(2023, 1, 1), 'A', 'EUR'],
  ['GB', storedDay(1973, 1, 1), 'A', 'GBP'],
  ['GB', storedDay(2020, 2, 1), 'N', 'GBP'],
];

export const currencyId = (code: CurrencyCode): string =>
  recordId(1 + currencies.findIndex(([each]) => each === code));

const countryId = (code: string) => recordId(1 + countries.findIndex(([each]) => each === code));

export function insertCountries(insert: Insert): void {
  for (const [code, name, symbol, rounding] of currencies) {
    insert('Currencies', [currencyId(code), 1, 'N', code, name, symbol, rounding]);
  }
  for (const [code, name, number, language, currency, joined, hidden = 'N'] of countries) {
    const member = joined === undefined ? 'N' : 'A';
    const { length } = changes.filter(([country]) => country === code);
    insert('Countries', [
      ...[countryId(code), 1 + length, hidden, code, name, number],
      ...[member, joined ?? null, language, currencyId(currency)],
    ]);
  }
  // The newest first: what reads them has to order them.
  for (const [index, [code, day, member, currency]] of [...changes].reverse().entries()) {
    insert('Countries2', [
      ...[recordId(1 + index), 1, countryId(code), day, member, currencyId(currency)],
    ]);
  }
}

const names = ['Nováková', 'Černý', 'Chalupa', 'Dvořák', 'Šimková', 'Řezníček', 'Hájek', 'Cibulka'];
const commodities = ['84713000', '85171300', '94013000', '48202000'];
const origins = ['DE', 'PL', 'SK', 'IT', 'CN'];

export function insertOthers(insert: Insert, random: Random): void {
  for (let number = 1; number <= 40; number += 1) {
    insert('IntrastatReceipts', [
      ...[recordId(number), storedDay(2021, 1, 4) + number * 7],
      ...[commodities[number % commodities.length] ?? '', origins[number % origins.length] ?? ''],
      ...[random.between(10, 9_999) / 10, random.between(5_000, 250_000)],
    ]);
  }
  for (const [index, name] of names.entries()) {
    insert('Employees', [recordId(1 + index), String(1001 + index), name]);
  }
  for (let number = 1; number <= 160; number += 1) {
    const day = storedDay(2023, 1, 2) + Math.floor(number / names.length);
    const arrival = day + random.between(360, 540) / 1440;
    insert('Attendances', [
      ...[recordId(number), recordId(1 + (number % names.length)), arrival],
      ...[arrival + random.between(420, 600) / 1440, number <= 120 ? 'A' : 'N'],
    ]);
  }
}
