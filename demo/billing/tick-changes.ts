/** What a tick does to the live rows of one data source. */

import type { DatabaseSync } from 'node:sqlite';
import type { Random } from 'stand-in-kit';
import type { EntityName, Row } from './entities.ts';
import type { LiveRows } from './live-rows.ts';
import { bankCodes } from './seed/dictionaries.ts';
import { paymentIdBase } from './seed/index.ts';
import { dayOf, money } from './seed/ledger.ts';
import { personName } from './seed/person.ts';
import { correctionReasons, meterModels } from './seed/words.ts';
import type { System } from './sources.ts';
import { readNumber } from './sqlite.ts';

/** The month in which business goes on. */
export const tickPeriod = '2019-07-01';

/** One kind of change to one entity of one source. */
export interface TickChange {
  code: string;
  entity: EntityName;
  action: 'insert' | 'update' | 'delete';
  rows: number;
}

export type Note = (entity: EntityName, action: TickChange['action'], rows: number) => void;

export interface Tick {
  database: DatabaseSync;
  system: System;
  code: string;
  live: LiveRows;
  random: Random;
  note: Note;
}

const kopecks = (decimal: unknown) => Math.round(Number(decimal) * 100);

/** Carries a changed sum of one account (in kopecks) into the balances of the month. */
function carry(
  { system, live, random, note }: Tick,
  account: Pick<Row<'payment'>, 'personal_account_id'>,
  column: 'charged' | 'corrected' | 'paid',
  amount: number,
): void {
  const where = { personal_account_id: account.personal_account_id };
  const owed = column === 'paid' ? -amount : amount;
  const sheet = live.pick('turnover_balance_sheet', random, where);
  if (sheet) {
    const closing = money(kopecks(sheet.closing) + owed);
    const sum = money(kopecks(sheet[column]) + amount);
    const changed = { [column]: sum, closing };
    note('turnover_balance_sheet', 'update', live.update('turnover_balance_sheet', sheet, changed));
  }
  const saldo = live.pick('personal_saldo', random, where);
  if (saldo) {
    const closing = money(kopecks(saldo.closing) + owed);
    note('personal_saldo', 'update', live.update('personal_saldo', saldo, { closing }));
  }
  const running = system === 'HCS' ? live.pick('running_balance', random, where) : undefined;
  if (running) {
    const balance = money(kopecks(running.balance) + owed);
    note('running_balance', 'update', live.update('running_balance', running, { balance }));
  }
}

function tickPayments(tick: Tick): void {
  const { database, code, live, random, note } = tick;
  const base = paymentIdBase(code);
  for (let payment = 0; payment < 3; payment += 1) {
    const account = live.pick('personal_account', random);
    if (!account) continue;
    const amount = random.integer(100, 9_000) * 100;
    const last = readNumber(
      database,
      'SELECT max("payment_id") FROM "dbo.payment" WHERE "payment_id" BETWEEN :base AND :base + 99999999',
      { base },
    );
    live.insert('payment', {
      period: tickPeriod,
      payment_id: Math.max(base, last) + 1,
      personal_account_id: account.personal_account_id,
      payment_date: dayOf(tickPeriod, random.integer(1, 28)),
      amount: money(amount),
      bank_code: random.pick(bankCodes),
    });
    note('payment', 'insert', 1);
    carry(tick, account, 'paid', amount);
  }
  const withdrawn = live.pick('payment', random);
  if (withdrawn) {
    note('payment', 'delete', live.remove('payment', withdrawn));
    carry(tick, withdrawn, 'paid', -kopecks(withdrawn.amount));
  }
}

function tickCharges(tick: Tick): void {
  const { live, random, note } = tick;
  const charge = live.pick('charge_detail', random);
  if (!charge) return;
  const quantity = Math.round(Number(charge.quantity) * 1000) + random.integer(1, 2_000);
  const amount = Math.round((quantity * kopecks(charge.tariff)) / 1000);
  const changed = { quantity: (quantity / 1000).toFixed(3), amount: money(amount) };
  note('charge_detail', 'update', live.update('charge_detail', charge, changed));
  carry(tick, charge, 'charged', amount - kopecks(charge.amount));

  const { personal_account_id, service_code } = charge;
  if (live.pick('recalculation', random, { personal_account_id, service_code })) return;
  const reduction = -random.integer(1_000, 60_000);
  live.insert('recalculation', {
    period: tickPeriod,
    personal_account_id,
    service_code,
    amount: money(reduction),
    reason: random.pick(correctionReasons),
  });
  note('recalculation', 'insert', 1);
  carry(tick, charge, 'corrected', reduction);
}

function tickCorrections(tick: Tick): void {
  const { live, random, note } = tick;
  const correction = live.pick('charge_correction_detail', random);
  if (!correction) return;
  const removed = live.remove('charge_correction_detail', correction);
  note('charge_correction_detail', 'delete', removed);
  carry(tick, correction, 'corrected', -kopecks(correction.amount));
}

function tickMeters({ live, random, note }: Tick): void {
  const meter = live.pick('meter', random);
  if (meter) {
    const verified_until = dayOf(`${random.integer(2031, 2040)}-07-01`, random.integer(1, 28));
    note('meter', 'update', live.update('meter', meter, { verified_until }));
  }
  const worn = live.pick('personal_account_meter', random);
  if (worn) {
    const date_to = dayOf(tickPeriod, random.integer(1, 28));
    note(
      'personal_account_meter',
      'update',
      live.update('personal_account_meter', worn, { date_to }),
    );
  }
  const reading = live.pick('meter_reading', random);
  if (reading) {
    const more = random.integer(1, 500) / 1000;
    const corrected = {
      reading: (Number(reading.reading) + more).toFixed(3),
      consumption: (Number(reading.consumption) + more).toFixed(3),
    };
    note('meter_reading', 'update', live.update('meter_reading', reading, corrected));
  }
}

function tickAccounts({ live, random, note }: Tick): void {
  const account = live.pick('personal_account', random);
  if (!account) return;
  const owner_name = personName(random);
  note('personal_account', 'update', live.update('personal_account', account, { owner_name }));
  const { personal_account_id } = account;
  const parameter_code = 'RESIDENTS';
  const parameter = live.pick('personal_account_parameter', random, {
    personal_account_id,
    parameter_code,
  });
  if (!parameter) return;
  const changed = { value: String(Number(parameter.value) + 1), date_from: tickPeriod };
  note(
    'personal_account_parameter',
    'update',
    live.update('personal_account_parameter', parameter, changed),
  );
}

/** Premises and equipment: HCS keeps them for all areas, each STEK database its own. */
function tickCommon({ database, live, random, note }: Tick): void {
  const premises = live.pick('premises', random);
  if (premises) {
    const square = (Number(premises.square) + random.integer(1, 30) / 10).toFixed(2);
    note('premises', 'update', live.update('premises', premises, { square }));
  }
  const last = readNumber(database, 'SELECT max("equipment_id") FROM "dbo.equipment"');
  const { model, resource, digits, years } = random.pick(meterModels);
  live.insert('equipment', {
    equipment_id: last + 1,
    model: `${model}, серия ${last + 1}`,
    resource,
    digits,
    verification_interval_years: years,
  });
  note('equipment', 'insert', 1);
}

function tickDictionaries({ live, random, note }: Tick): void {
  const bank = live.pick('bank_code', random);
  if (bank) {
    const suffix = ', филиал';
    const name = String(bank.name).endsWith(suffix)
      ? String(bank.name).slice(0, -suffix.length)
      : `${bank.name}${suffix}`;
    note('bank_code', 'update', live.update('bank_code', bank, { name }));
  }
  const room = live.pick('room', random);
  if (room) {
    const square = (Number(room.square) + 0.1).toFixed(2);
    note('room', 'update', live.update('room', room, { square }));
  }
}

/** Changes what the areas of HCS have in common. */
export function changeCommonRows(tick: Tick): void {
  tickCommon(tick);
  tickDictionaries(tick);
}

/** Changes what belongs to one data source. */
export function changeOwnRows(tick: Tick): void {
  if (tick.system === 'STEK') tickCommon(tick);
  tickPayments(tick);
  tickCharges(tick);
  if (tick.system === 'HCS') tickCorrections(tick);
  tickMeters(tick);
  tickAccounts(tick);
}
