/** Issued invoices with their rows, batches and VAT. */

import type { DatabaseSync } from 'node:sqlite';
import { currencyId } from './code-lists.ts';
import { recordId } from './ids.ts';
import { type Insert, inserter } from './insert.ts';
import { type PlannedInvoice, type PlannedRow, planInvoice } from './invoice-plan.ts';
import { batchId, periodId, queueId, type VatRate, vatRates } from './stock.ts';

/** Room for each invoice's rows, and each row's batches, in the numbers of their ids. */
const mostRows = 10;
const mostBatches = 4;
const servicePrice = 750;
const daysToPay = 14;

export function insertInvoices(database: DatabaseSync, count: number): void {
  const insert = inserter(database);
  const lastNumbers = new Map<string, number>();
  for (let number = 1; number <= count; number += 1) {
    const plan = planInvoice(number, count);
    const year = yearOf(plan.day);
    const series = `${plan.queue}-${year}`;
    const ordNumber = (lastNumbers.get(series) ?? 0) + 1;
    lastNumbers.set(series, ordNumber);
    insertInvoice(insert, number, plan, year, ordNumber);
  }
}

const yearOf = (day: number) => new Date(Date.UTC(1899, 11, 30 + day)).getUTCFullYear();
const cents = (amount: number) => Math.round(amount * 100) / 100;

function insertInvoice(
  insert: Insert,
  number: number,
  plan: PlannedInvoice,
  year: number,
  ordNumber: number,
): void {
  const id = recordId(number);
  const bases = new Map<VatRate, number>();
  for (const [index, row] of plan.rows.entries()) {
    const rate = rateOf(row, plan);
    const base = cents((row.card?.price ?? servicePrice) * row.quantity);
    bases.set(rate, cents((bases.get(rate) ?? 0) + base));
    insertRow(insert, id, number * mostRows + index, 1 + index, row, rate, base);
  }
  const summary = vatRates.flatMap((rate) => {
    const base = bases.get(rate);
    return base === undefined ? [] : [{ rate, base, vat: cents((base * rate.tariff) / 100) }];
  });
  for (const [index, { rate, base, vat }] of summary.entries()) {
    const reversed = plan.tradeType === 2 ? plan.rows.length : 0;
    insert('IssuedInvoicesVAT', [
      ...[recordId(number * vatRates.length + index), id, 1 + index],
      ...[rate.id, base, vat, reversed],
    ]);
  }
  const amount = cents(summary.reduce((sum, { base, vat }) => sum + base + vat, 0));
  const createdAt = plan.day + (480 + ((number * 37) % 540)) / 1440;
  insert('IssuedInvoices', [
    ...[id, 1, queueId(plan.queue), periodId(year), ordNumber],
    ...[plan.day, plan.day + daysToPay, createdAt],
    ...[plan.firm.id, currencyId(plan.firm.currency), plan.description],
    ...[amount, cents(amount * plan.paid), plan.simplified ? 'A' : 'N'],
    ...[plan.tradeType, plan.intrastat, plan.esl],
  ]);
}

/** Without tax where it is paid by the buyer or in another country. */
function rateOf({ card }: PlannedRow, { tradeType }: PlannedInvoice): VatRate {
  const [full, , , zero] = vatRates;
  return tradeType === 1 ? (card?.vat ?? full) : zero;
}

function insertRow(
  insert: Insert,
  parent: string,
  number: number,
  position: number,
  { card, text, quantity, batches }: PlannedRow,
  rate: VatRate,
  base: number,
): void {
  const id = recordId(number);
  const unit = card?.unit ?? 'hod';
  insert('IssuedInvoices2', [
    ...[id, parent, position, text, card?.id ?? null, quantity, unit, card?.rate ?? 1],
    ...[rate.id, base, cents(base * (1 + rate.tariff / 100))],
  ]);
  for (const [index, batch] of batches.entries()) {
    // The last one takes what the others leave.
    const share = index < batches.length - 1 ? 1 : quantity - batches.length + 1;
    insert('DocRowBatches', [
      ...[recordId(number * mostBatches + index), id, 1 + index],
      ...[card ? batchId(card, batch) : null, share, unit, card?.rate ?? 1],
    ]);
  }
}
