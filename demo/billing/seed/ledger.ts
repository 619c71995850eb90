/** What an account is charged and pays, month by month: the sums agree. Money is in kopecks. */

import type { Random } from 'stand-in-kit';
import { periods } from '../sources.ts';
import type { Account } from './account.ts';
import { bankCodes } from './dictionaries.ts';
import type { Insert } from './insert.ts';
import { correctionReasons } from './words.ts';

/** Kopecks as decimal text: 12345 is `123.45`. */
const money = (kopecks: number) => (kopecks / 100).toFixed(2);

/** A day of a period: `2019-07-01` and 9 is `2019-07-09`. */
const dayOf = (period: string, day: number) =>
  `${period.slice(0, 8)}${String(day).padStart(2, '0')}`;

export interface LedgerOptions {
  /** True in HCS, which has corrections and running balances. */
  hcs: boolean;
  nextPaymentId(): number;
}

function seedCharges(insert: Insert, random: Random, account: Account, period: string): number {
  let charged = 0;
  for (const { code, tariff, quantity } of account.services) {
    const used = Math.round(quantity * account.residents * (700 + random.integer(0, 600)));
    const amount = Math.round((used * tariff) / 1000);
    insert('charge_detail', {
      period,
      personal_account_id: account.id,
      service_code: code,
      quantity: (used / 1000).toFixed(3),
      tariff: money(tariff),
      amount: money(amount),
    });
    charged += amount;
  }
  return charged;
}

/** One row in so many accounts and months; answers its sum, mostly a reduction. */
function seedCorrection(
  insert: Insert,
  random: Random,
  account: Account,
  period: string,
  name: 'charge_correction_detail' | 'recalculation',
): number {
  const service = account.services[0];
  if (!service || !random.chance(0.04)) return 0;
  const amount = random.integer(-90_000, 30_000);
  insert(name, {
    period,
    personal_account_id: account.id,
    service_code: service.code,
    amount: money(amount),
    reason: random.pick(correctionReasons),
  });
  return amount;
}

function seedPayments(
  insert: Insert,
  random: Random,
  account: Account,
  period: string,
  due: number,
  nextId: () => number,
): number {
  const count = random.pick([0, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
  let paid = 0;
  for (let payment = 0; payment < count; payment += 1) {
    const full = Math.max(10_000, Math.round(due / count));
    const amount = random.chance(0.7) ? full : Math.max(5_000, Math.round(full / 20_000) * 10_000);
    insert('payment', {
      period,
      payment_id: nextId(),
      personal_account_id: account.id,
      payment_date: dayOf(period, random.integer(1, 28)),
      amount: money(amount),
      bank_code: random.pick(bankCodes),
    });
    paid += amount;
  }
  return paid;
}

function seedReadings(insert: Insert, random: Random, account: Account, period: string): void {
  for (const meter of account.meters) {
    if (!random.chance(0.92)) continue;
    const consumption = random.integer(800, 9_500);
    meter.reading += consumption;
    insert('meter_reading', {
      period,
      meter_id: meter.id,
      reading_date: dayOf(period, random.integer(18, 25)),
      reading: (meter.reading / 1000).toFixed(3),
      consumption: (consumption / 1000).toFixed(3),
    });
  }
}

/** Every dated row of one account, for all periods of the demo. */
export function seedLedger(
  insert: Insert,
  random: Random,
  account: Account,
  { hcs, nextPaymentId }: LedgerOptions,
): void {
  const personal_account_id = account.id;
  let opening = random.chance(0.25) ? random.integer(-50_000, 900_000) : 0;
  for (const period of periods) {
    seedReadings(insert, random, account, period);
    const charged = seedCharges(insert, random, account, period);
    const corrected =
      seedCorrection(insert, random, account, period, 'recalculation') +
      (hcs ? seedCorrection(insert, random, account, period, 'charge_correction_detail') : 0);
    const due = opening + charged + corrected;
    const paid = seedPayments(insert, random, account, period, due, nextPaymentId);
    const closing = due - paid;
    const row = { period, personal_account_id };
    const saldo = { ...row, opening: money(opening), closing: money(closing) };
    insert('personal_saldo', saldo);
    insert('turnover_balance_sheet', {
      ...saldo,
      charged: money(charged),
      corrected: money(corrected),
      paid: money(paid),
    });
    if (hcs) {
      insert('running_balance', {
        ...row,
        balance: money(closing),
        overdue: money(Math.max(0, closing - charged)),
      });
    }
    opening = closing;
  }
}
