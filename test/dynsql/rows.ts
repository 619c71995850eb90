/** A small aggregate base whose rows are known: full of letters that SQL takes for something. */

import { between, pick, type Random } from '../support/random.ts';

export interface Source {
  id: number;
  code: string;
}
export interface Premises {
  id: number;
  address: string;
  kind: string;
  square: number;
  rooms: number;
}
export interface Account {
  source: Source;
  id: number;
  number: string;
  owner: string;
  residents: number;
  opened: string;
  closed: string | null;
  premises: Premises | undefined;
}
export interface Payment {
  account: Account | undefined;
  source: Source;
  accountId: number;
  id: number;
  period: string;
  date: string;
  amount: number;
  bank: string;
  modified: string;
}
export interface Meter {
  account: Account;
  id: number;
  serial: string;
  from: string;
  to: string | null;
  installed: string;
  verified: string;
  initial: number;
  place: string | null;
}
export interface Reading {
  meter: Meter;
  period: string;
  date: string;
  reading: number;
  consumption: number;
}
export interface Turnover {
  account: Account;
  period: string;
  opening: number;
  charged: number;
  corrected: number;
  paid: number;
  closing: number;
}

export interface World {
  sources: Source[];
  premises: Premises[];
  accounts: Account[];
  payments: Payment[];
  meters: Meter[];
  readings: Reading[];
  turnover: Turnover[];
}

export const banks: Readonly<Record<string, string>> = {
  '044525225': 'Ухтабанк',
  '044525974': 'банк «Полярный»',
};
export const places = ['Кухня', 'Ванная'];
export const kinds = ['квартира', 'частный дом', 'нежилое', 'коммунальная квартира'];
export const periods = ['2019-06-01', '2019-07-01', '2019-08-01'];
export const owners = [
  'Иванов Пётр',
  'иванов пётр',
  "O'Neill",
  'Сто % ровно',
  'a_b',
  'axb',
  '[скобки]',
  'обратная \\ черта',
  'ИВАНОВА Анна',
  '--; DROP TABLE x',
];
export const numbers = ['0100-1', '0100_1', '0100%1', '0200-17', 'A[1]', 'a[1]x', '77'];

const day = (random: Random, year: number) =>
  `${year}-${String(between(random, 1, 12)).padStart(2, '0')}-${String(between(random, 1, 28)).padStart(2, '0')}`;
const money = (random: Random) => between(random, -20_000, 90_000) / 100;

export function makeWorld(random: Random, accountCount = 24): World {
  const sources = [
    { id: 1, code: '0c01' },
    { id: 2, code: 'stek' },
    { id: 3, code: 'mo' },
  ];
  const premises = Array.from({ length: 9 }, (_, index) => ({
    id: 500 + index,
    address: `Ухта, ул. ${pick(random, ['Мира', 'мира', 'Ленина_1', '50% [лет]'])}, кв. ${index}`,
    kind: pick(random, kinds),
    square: between(random, 2000, 9000) / 100,
    rooms: between(random, 1, 4),
  }));
  const accounts = Array.from({ length: accountCount }, (_, index): Account => {
    const home = between(random, 0, premises.length);
    return {
      source: pick(random, sources),
      id: 9_007_199_254 + index * 7,
      number: pick(random, numbers),
      owner: pick(random, owners),
      residents: between(random, 0, 4),
      opened: day(random, between(random, 2016, 2018)),
      closed: random() < 0.3 ? day(random, 2019) : null,
      premises: premises[home],
    };
  });
  const meters = accounts.flatMap((account, index) =>
    Array.from(
      { length: between(random, 0, 2) },
      (_, which): Meter => ({
        account,
        id: 70_000 + index * 3 + which,
        serial: pick(random, ['SN-1', 'sn_1', 'SN%2', 'X']),
        from: day(random, 2018),
        to: random() < 0.3 ? day(random, 2019) : null,
        installed: day(random, 2017),
        verified: day(random, 2024),
        initial: between(random, 0, 99_000) / 1000,
        place: random() < 0.3 ? null : pick(random, places),
      }),
    ),
  );
  return {
    sources,
    premises,
    accounts,
    meters,
    payments: Array.from({ length: accountCount * 2 }, (_, index): Payment => {
      const account = pick(random, accounts);
      const orphan = random() < 0.1;
      return {
        account: orphan ? undefined : account,
        source: account.source,
        accountId: orphan ? 1 : account.id,
        id: 1000 + index,
        period: pick(random, periods),
        date: day(random, 2019),
        amount: money(random),
        bank: pick(random, [...Object.keys(banks), '000000000']),
        modified: `2019-07-0${between(random, 1, 3)}T${pick(random, ['00:00:00.000', '12:30:00.500', '23:59:59.999'])}`,
      };
    }),
    readings: meters.flatMap((meter) =>
      periods
        .filter(() => random() < 0.7)
        .map((period) => ({
          meter,
          period,
          date: period.replace(/01$/, String(between(random, 10, 28))),
          reading: between(random, 0, 999_999) / 1000,
          consumption: between(random, -5_000, 90_000) / 100,
        })),
    ),
    turnover: accounts.flatMap((account) =>
      periods
        .filter(() => random() < 0.6)
        .map((period) => ({
          account,
          period,
          opening: money(random),
          charged: money(random),
          corrected: random() < 0.5 ? 0 : money(random),
          paid: money(random),
          closing: random() < 0.2 ? 0 : money(random),
        })),
    ),
  };
}

type Cell = string | number | null;

/** T-SQL that writes the rows; names are the demo's. */
export function insertSql(world: World): string[] {
  const stamp = '2019-08-01T10:00:00.250';
  const tables: [string, Cell[][]][] = [
    ['heap.list_datasource', world.sources.map(({ id, code }) => [id, code, 'HCS'])],
    [
      'heap.premises',
      world.premises.map((one) => [
        12,
        one.id,
        one.address,
        one.kind,
        one.square,
        one.rooms,
        1,
        stamp,
      ]),
    ],
    [
      'heap.personal_account',
      world.accounts.map((one) => [
        one.source.id,
        one.id,
        one.number,
        one.premises?.id ?? 1,
        one.owner,
        one.residents,
        one.opened,
        one.closed,
        stamp,
      ]),
    ],
    ['heap.bank_code', Object.entries(banks).map(([code, name]) => [12, code, name, '301', stamp])],
    [
      'heap.payment',
      world.payments.map((one) => [
        one.source.id,
        one.period,
        one.id,
        one.accountId,
        one.date,
        one.amount,
        one.bank,
        one.modified,
      ]),
    ],
    [
      'heap.meter_place',
      world.sources.flatMap(({ id }) => places.map((name, index) => [id, index + 1, name, stamp])),
    ],
    [
      'heap.meter',
      world.meters.map((one) => [
        one.account.source.id,
        one.id,
        one.serial,
        1,
        one.installed,
        one.verified,
        one.initial,
        stamp,
      ]),
    ],
    [
      'heap.personal_account_meter',
      world.meters.map((one) => [
        one.account.source.id,
        one.account.id,
        one.id,
        one.place === null ? null : places.indexOf(one.place) + 1,
        one.from,
        one.to,
        stamp,
      ]),
    ],
    [
      'heap.meter_reading',
      world.readings.map((one) => [
        one.meter.account.source.id,
        one.period,
        one.meter.id,
        one.date,
        one.reading,
        one.consumption,
        stamp,
      ]),
    ],
    [
      'heap.turnover_balance_sheet',
      world.turnover.map((one) => [
        one.period,
        one.account.id,
        one.opening,
        one.charged,
        one.corrected,
        one.paid,
        one.closing,
        stamp,
      ]),
    ],
  ];
  return tables.map(([table, rows]) => insert(table, rows));
}

export function insert(table: string, rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell) =>
    typeof value === 'string' ? `N'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL');
  return `INSERT INTO ${table} VALUES ${rows.map((row) => `(${row.map(cell).join(', ')})`).join(', ')}`;
}
