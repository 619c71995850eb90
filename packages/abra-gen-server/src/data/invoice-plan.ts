/** What the n-th invoice is: the same at every start, and as the documentation prints it. */

import { storedDay } from '../dates.ts';
import { randomOf } from './random.ts';
import { type Card, cards, type Firm, firms, type Queue } from './stock.ts';

export interface PlannedRow {
  /** Absent of services. */
  card?: Card;
  text: string;
  quantity: number;
  /** Which batches of the card; empty of cards that are not followed. */
  batches: readonly number[];
}

export interface PlannedInvoice {
  queue: Queue;
  /** Stored date. */
  day: number;
  firm: Firm;
  description: string;
  simplified: boolean;
  /** 1 home, 2 reverse charge, 3 EU, 5 third countries, 9 special scheme. */
  tradeType: number;
  /** 0 not filled in, 1 filled in, 2 not needed. */
  intrastat: number;
  esl: number;
  /** How much of it is paid. */
  paid: 0 | 0.5 | 1;
  rows: readonly PlannedRow[];
}

/** The invoice that the documentation prints: `2E00000101`, FV-5/2020. */
const printed = 506;
/** The first of five of one day, which the documentation's larger query is about. */
const firstOfFive = 544;
/** Every so many invoices one is of the queue FV: the printed one is its fifth of 2020. */
const queueStep = 40;

/** Fewer would lack the printed ones. */
export const leastInvoices = 600;

/** Spans of invoices: numbers and days from and to. */
const spans: [from: number, to: number, first: number, last: number][] = [
  [1, 320, storedDay(2018, 1, 2), storedDay(2019, 12, 30)],
  [321, 505, storedDay(2020, 1, 2), storedDay(2020, 10, 14)],
  [printed, printed, storedDay(2020, 10, 15), storedDay(2020, 10, 15)],
  [507, leastInvoices, storedDay(2020, 10, 16), storedDay(2020, 12, 30)],
];
const rest = { first: storedDay(2021, 1, 4), last: storedDay(2023, 12, 29) };

const services = ['Montáž a seřízení', 'Doprava', 'Školení obsluhy', 'Roční údržba'] as const;
const descriptions = [
  'Dodávka dle objednávky',
  'Servisní zásah',
  'Hello Kitty - dárkové předměty',
  'Čtvrtletní vyúčtování',
  'Zboží z e-shopu',
  'hello world s.r.o. - licence',
  'Řádná dodávka materiálu',
] as const;

/** @param count how many there are in all */
export function planInvoice(number: number, count: number): PlannedInvoice {
  const random = randomOf(number);
  const firm = firms[random.between(0, firms.length - 1)] ?? firms[0];
  if (firm === undefined) throw new Error('there are no firms');
  const isEshop = firm.area === 'CZ' && random.next() < 0.3;
  const simplified = isEshop && number > leastInvoices && random.next() < 0.5;
  const plan: PlannedInvoice = {
    queue: number % queueStep === printed % queueStep ? 'FV' : queueOf(firm, isEshop, simplified),
    day: dayOf(number, count),
    firm,
    description: random.pick(descriptions),
    simplified,
    tradeType: tradeTypeOf(firm, random.next()),
    intrastat: firm.area === 'EU' ? random.between(0, 1) : 2,
    esl: firm.area === 'EU' ? random.between(0, 1) : 2,
    paid: random.pick([1, 1, 1, 1, 0.5, 0] as const),
    rows: number % 97 === 5 ? [] : planRows(random),
  };
  if (number === printed) return { ...plan, ...ofHome, paid: 1, rows: printedRows() };
  const place = number - firstOfFive;
  return place >= 0 && place < 5 ? { ...plan, ...ofFive(place) } : plan;
}

/** Full VAT, nothing to report. */
const ofHome = { tradeType: 1, intrastat: 2, esl: 2 };

function dayOf(number: number, count: number): number {
  const span = spans.find(([from, to]) => number >= from && number <= to);
  const [from, to, first, last] = span ?? [leastInvoices + 1, count, rest.first, rest.last];
  return first + Math.floor(((last - first) * (number - from)) / Math.max(to - from, 1));
}

function queueOf(firm: Firm, isEshop: boolean, simplified: boolean): Queue {
  if (simplified) return 'FZD';
  if (firm.area !== 'CZ') return 'FVZ';
  return isEshop ? 'FVE' : 'FVT';
}

function tradeTypeOf(firm: Firm, chance: number): number {
  if (firm.area === 'third') return 5;
  if (firm.area === 'EU') return chance < 0.8 ? 3 : 9;
  return chance < 0.9 ? 1 : 2;
}

function planRows(random: ReturnType<typeof randomOf>): PlannedRow[] {
  return Array.from({ length: random.between(1, 7) }, () => {
    const card = random.next() < 0.75 ? cards[random.between(0, cards.length - 1)] : undefined;
    if (card === undefined) {
      return { text: random.pick(services), quantity: random.between(1, 8), batches: [] };
    }
    const quantity = random.between(1, 20);
    const batches = card.tracked
      ? Array.from({ length: Math.min(quantity, random.between(1, 3)) }, (_, index) => index)
      : [];
    return { card, text: card.name, quantity, batches };
  });
}

/** Four, the third with one batch; all of the full rate. */
function printedRows(): PlannedRow[] {
  const [pump, valve, screws, , , timber] = cards;
  return [valve, screws, pump, timber].flatMap((card) =>
    card ? [{ card, text: card.name, quantity: 2, batches: card.tracked ? [0] : [] }] : [],
  );
}

/** The third and the fifth are what the query asks for; the others each miss by one condition. */
function ofFive(place: number): Partial<PlannedInvoice> {
  const named = [firms[1], firms[18], firms[6]];
  const firm = named[place % named.length];
  return {
    ...(firm ? { firm } : {}),
    queue: 'FZD',
    day: storedDay(2020, 11, 15),
    description:
      ['Konzultace', 'hello', 'Konzultace hello world', 'hello', 'Školení HELLO'][place] ?? '',
    simplified: place !== 3,
    tradeType: place === 4 ? 9 : 3,
    intrastat: 0,
    esl: 0,
  };
}
