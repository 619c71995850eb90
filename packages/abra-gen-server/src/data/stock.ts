/** Firms, queues, rates and goods that invoices are made of. */

import { recordId } from './ids.ts';
import type { Insert } from './insert.ts';

const queues = {
  FV: 'Faktury vydané',
  FVT: 'Faktury vydané - tuzemsko',
  FVZ: 'Faktury vydané - zahraničí',
  FVE: 'Faktury vydané - e-shop',
  FZD: 'Zjednodušené daňové doklady',
} as const;
export type Queue = keyof typeof queues;
export const queueId = (code: Queue) => recordId(1 + Object.keys(queues).indexOf(code));

const firstYear = 2018;
const lastYear = 2023;
export const periodId = (year: number) => recordId(1 + year - firstYear);

export const vatRates = [
  { id: recordId(1), name: 'základní sazba', tariff: 21 },
  { id: recordId(2), name: 'první snížená sazba', tariff: 15 },
  { id: recordId(3), name: 'druhá snížená sazba', tariff: 10 },
  { id: recordId(4), name: 'nulová sazba', tariff: 0 },
] as const;
export type VatRate = (typeof vatRates)[number];

export interface Firm {
  id: string;
  name: string;
  city: string;
  currency: 'CZK' | 'EUR' | 'PLN' | 'GBP';
  /** Home, another member of the EU, or a third country. */
  area: 'CZ' | 'EU' | 'third';
}

const homes = ['Praha', 'Brno', 'Ostrava', 'Plzeň', 'Liberec', 'Jihlava', 'Chrudim', 'Žďár'];
const trades = ['Stavebniny', 'Čerpadla', 'Chlazení', 'Zahradnictví', 'Řeznictví', 'Účetnictví'];
const abroad: [string, string, Firm['currency'], Firm['area']][] = [
  ['Bratislavské strojárne a.s.', 'Bratislava', 'EUR', 'EU'],
  ['Donau Technik GmbH', 'Wien', 'EUR', 'EU'],
  ['Śląskie Zakłady sp. z o.o.', 'Katowice', 'PLN', 'EU'],
  ['Thames Valley Supplies Ltd', 'Reading', 'GBP', 'third'],
];

/** Forty; every fifth is abroad. */
export const firms: readonly Firm[] = Array.from({ length: 40 }, (_, index) => {
  const id = recordId(1 + index);
  const [name, city, currency, area] = abroad[Math.floor(index / 5) % abroad.length] ?? [];
  if (index % 5 === 4 && name && city && currency && area) {
    return { id, name: `${name} ${1 + Math.floor(index / 5)}`, city, currency, area };
  }
  const home = homes[index % homes.length] ?? '';
  const trade = trades[index % trades.length];
  return { id, name: `${trade} ${home} s.r.o.`, city: home, currency: 'CZK', area: 'CZ' };
});

export interface Card {
  id: string;
  code: string;
  name: string;
  unit: string;
  /** Pieces in a unit. */
  rate: number;
  price: number;
  vat: VatRate;
  /** Goods whose serial numbers or batches are followed. */
  tracked: boolean;
}

const [full, reduced, second] = vatRates;
const goods: [string, string, number, number, VatRate, boolean][] = [
  ['Čerpadlo oběhové', 'ks', 1, 4_890, full, true],
  ['Ventil kulový 1/2"', 'ks', 1, 159.5, full, false],
  ['Šroub M8 × 40', 'bal', 100, 312, full, false],
  ['Nátěr základový', 'krt', 12, 1_740, full, true],
  ['Chladicí kapalina', 'l', 1, 89.9, full, true],
  ['Řezivo smrkové', 'm3', 1, 7_250, full, false],
  ['Kniha účetních předpisů', 'ks', 1, 420, second, false],
  ['Sazenice jahodníku', 'bal', 20, 260, reduced, true],
  ['Žárovka LED 10 W', 'ks', 1, 74, full, false],
  ['Termostat pokojový', 'ks', 1, 1_190, full, true],
];
export const cards: readonly Card[] = goods.map(
  ([name, unit, rate, price, vat, tracked], index) => ({
    ...{ id: recordId(1 + index), code: `Z${String(100 + index)}`, name, unit, rate, price, vat },
    tracked,
  }),
);

/** Five of each followed card. */
const batchesOfCard = 5;
export const batchId = (card: Card, index: number) =>
  recordId(1 + cards.indexOf(card) * batchesOfCard + index);

export function insertStock(insert: Insert): void {
  for (const [code, name] of Object.entries(queues)) {
    insert('DocQueues', [queueId(code as Queue), code, name]);
  }
  for (let year = firstYear; year <= lastYear; year += 1) {
    insert('Periods', [periodId(year), String(year), `Rok ${year}`]);
  }
  for (const { id, name, tariff } of vatRates) insert('VATRates', [id, name, tariff]);
  for (const [index, { id, name, city }] of firms.entries()) {
    insert('Firms', [
      id,
      `F${String(1 + index).padStart(4, '0')}`,
      name,
      String(25_000_113 + index * 7),
      city,
    ]);
  }
  for (const card of cards) {
    insert('StoreCards', [card.id, card.code, card.name, card.unit]);
    if (!card.tracked) continue;
    for (let index = 0; index < batchesOfCard; index += 1) {
      insert('StoreBatches', [batchId(card, index), card.id, `${card.code}-${2020 + index}`]);
    }
  }
}
