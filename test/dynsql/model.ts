/**
 * What the shipped definitions mean, in plain words over rows in memory: independent of SQL and of
 * the product's reading of values.
 */

import fc from 'fast-check';
import { countryTables } from '../../demo/billing/countries.ts';
import {
  type Account,
  banks,
  kinds,
  type Meter,
  numbers,
  owners,
  periods,
  type World,
} from './rows.ts';

type Value = string | number | boolean | null;
/** Values of fields by name, and what conditions and keys look at besides. */
export type ModelRow = Record<string, Value> & { source?: never };

/** A condition as a query writes it, and which rows it lets through. */
export interface Given {
  value?: unknown;
  flags?: unknown;
  isNull?: boolean;
  matches(row: ModelRow): boolean;
}

export interface ModelDataset {
  name: string;
  fields: readonly string[];
  /** Rows below a row of the master; all rows of the root. */
  rows(master: ModelRow | undefined): ModelRow[];
  conditions: Readonly<Record<string, fc.Arbitrary<Given>>>;
  /** What to sort by; `*` before one whose direction follows the key's. */
  keys: Readonly<Record<string, readonly string[]>>;
  /** Language of a field's order where a key asks for one by COLLATE, as that of `ch` in Czech. */
  languages?: Readonly<Record<string, string>>;
  /** Sorted by at the end. */
  unique: readonly string[];
  children: readonly ModelDataset[];
}

export interface Model {
  id: string;
  root: ModelDataset;
}

const folded = (value: Value) => (typeof value === 'string' ? value.toLowerCase() : value);
const passes = (value: Value | undefined, test: (value: Value) => boolean) =>
  value !== null && value !== undefined && test(value);

/** `a*b` against a whole text, letter by letter. */
function fits(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - at >= last.length && text.endsWith(last);
}

const patternOf = (texts: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...texts), fc.nat({ max: 6 }), fc.nat({ max: 6 }), fc.nat({ max: 3 }))
    .map(([text, from, to, stars]) => {
      const [low, high] = from < to ? [from, to] : [to, from];
      const part = text.slice(low, high + 1);
      return (
        [`*${part}*`, `${text.slice(0, high)}*`, `*${text.slice(low)}`, `*${part}**`][stars] ?? '*'
      );
    });

/** Now and then whether there is a value, in place of which it is. */
const orEmpty = (field: string, given: fc.Arbitrary<Given>): fc.Arbitrary<Given> =>
  fc.oneof(
    { weight: 7, arbitrary: given },
    fc.boolean().map((isNull) => ({
      isNull,
      matches: (row: ModelRow) => ((row[field] ?? null) === null) === isNull,
    })),
  );

const words = (texts: readonly string[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...texts) },
    fc.constantFrom('nikdo', "'", '%', '_'),
  );

/** Text that tells case apart, unless the flag says otherwise. */
function text(field: string, texts: readonly string[]): fc.Arbitrary<Given> {
  const flag = fc.constantFrom(undefined, 'CaseInsensitive', ['caseinsensitive']);
  const given = fc
    .tuple(fc.oneof(words(texts), patternOf(texts)), flag, fc.boolean())
    .map(([value, flags, alone]) => ({
      value: alone ? [value] : value,
      ...(flags !== undefined && { flags }),
      matches: (row: ModelRow) =>
        passes(row[field], (found) =>
          flags === undefined
            ? fits(String(found), value)
            : fits(String(found).toLowerCase(), value.toLowerCase()),
        ),
    }));
  return orEmpty(field, given);
}

/** A code: a pattern or a list, whatever the case. */
function code(field: string, texts: readonly string[]): fc.Arbitrary<Given> {
  const list = fc.array(words(texts), { minLength: 2, maxLength: 5 });
  const given = fc.oneof(patternOf(texts), words(texts), list).map((value) => ({
    value: Array.isArray(value) && value.length % 2 === 1 ? { in: value } : value,
    matches: (row: ModelRow) =>
      passes(row[field], (found) => {
        const own = String(folded(found));
        if (typeof value === 'string') return fits(own, value.toLowerCase());
        return value.some((one) => one.toLowerCase() === own);
      }),
  }));
  return orEmpty(field, given);
}

function link(field: string, numbersKnown: readonly number[]): fc.Arbitrary<Given> {
  const one = fc.oneof(fc.constantFrom(...numbersKnown), fc.integer({ min: 0, max: 99_999 }));
  const written = one.chain((number) => fc.constantFrom<number | string>(number, String(number)));
  return fc.oneof(written, fc.array(written, { minLength: 1, maxLength: 12 })).map((value) => ({
    value,
    matches: (row) =>
      passes(row[field], (found) => [value].flat().map(Number).includes(Number(found))),
  }));
}

/** From one to the other, or without an end on one side. */
function openRange(field: string, values: fc.Arbitrary<number>): fc.Arbitrary<Given> {
  return fc.tuple(values, values, fc.nat({ max: 2 })).map(([one, other, open]) => {
    const [from, to] = [Math.min(one, other), Math.max(one, other)];
    return {
      value: { ...(open !== 0 && { from }), ...(open !== 1 && { to }) },
      matches: (row) =>
        passes(row[field], (found) => {
          const isFrom = open === 0 || Number(found) >= from;
          return isFrom && (open === 1 || Number(found) <= to);
        }),
    };
  });
}

function range(field: string, values: fc.Arbitrary<number>): fc.Arbitrary<Given> {
  const closed = fc.oneof(values, fc.tuple(values, values)).map((value) => ({
    value,
    matches: (row: ModelRow) =>
      passes(row[field], (found) => {
        const [low = 0, high = 0] = [value, value]
          .flat()
          .slice(0, 2)
          .toSorted((a, b) => a - b);
        const [from, to] = Array.isArray(value) ? value.toSorted((a, b) => a - b) : [low, high];
        return Number(found) >= Number(from) && Number(found) <= Number(to);
      }),
  }));
  return orEmpty(field, fc.oneof(closed, openRange(field, values)));
}

/** Where lists are taken, too: two values are a range, and a list may stand beside one. */
function listed(field: string, values: fc.Arbitrary<number>): fc.Arbitrary<Given> {
  const several = fc.array(values, { minLength: 3, maxLength: 5 });
  return fc.oneof(
    range(field, values),
    several.map((list) => ({
      value: list,
      matches: (row: ModelRow) => passes(row[field], (found) => list.includes(Number(found))),
    })),
    fc.tuple(several, values).map(([list, from]) => ({
      value: { in: list, from },
      matches: (row: ModelRow) =>
        passes(row[field], (found) => list.includes(Number(found)) || Number(found) >= from),
    })),
  );
}

interface Moment {
  json: string | number;
  /** By the wall clock, as text that sorts. */
  from: string;
  to: string;
}

const stored = (date: string) => (Date.parse(`${date}Z`) - Date.UTC(1899, 11, 30)) / 86_400_000;

/** Days as text or number; moments as text. All of UTC. */
function moments(days: readonly string[]): fc.Arbitrary<Moment> {
  const day = fc.oneof(
    fc.constantFrom(...days),
    fc
      .integer({ min: Date.UTC(2016, 0, 1) / 86_400_000, max: Date.UTC(2020, 0, 1) / 86_400_000 })
      .map((number) => new Date(number * 86_400_000).toISOString().slice(0, 10)),
  );
  return fc.tuple(day, fc.nat({ max: 4 })).map(([date, form]): Moment => {
    const whole = { from: `${date}T00:00:00.000`, to: `${date}T23:59:59.999` };
    const at = (time: string) => ({ from: `${date}T${time}`, to: `${date}T${time}` });
    if (form === 0) return { json: `${date}T12:30:00.500Z`, ...at('12:30:00.500') };
    if (form === 1) return { json: `${date}T00:00`, ...at('00:00:00.000') };
    if (form === 2) return { json: stored(`${date}T00:00`), ...whole };
    if (form === 3) return { json: stored(`${date}T18:00`), ...at('18:00:00.000') };
    return { json: date, ...whole };
  });
}

function dated(field: string, days: readonly string[]): fc.Arbitrary<Given> {
  const moment = moments(days);
  const isIn = (row: ModelRow, from: string, to: string) =>
    passes(row[field], (found) => {
      const own = String(found).length === 10 ? `${found}T00:00:00.000` : String(found);
      const plain = own.replace('Z', '');
      return plain >= from && plain <= to;
    });
  const open = fc.tuple(moment, fc.boolean()).map(([{ json, from, to }, isFrom]) => ({
    value: isFrom ? { from: json } : { to: json },
    matches: (row: ModelRow) => (isFrom ? isIn(row, from, '9999') : isIn(row, '', to)),
  }));
  const closed = fc
    .oneof(
      moment.map((one) => [one]),
      fc.tuple(moment, moment),
    )
    .map((pair) => {
      const from = pair.map((one) => one.from).toSorted()[0] ?? '';
      // A time in one of them counts for both: a bare date is its first moment then.
      const isTimed = pair.some((one) => one.from === one.to);
      const to =
        pair
          .map((one) => (isTimed ? one.from : one.to))
          .toSorted()
          .at(-1) ?? '';
      return {
        value: pair.length === 1 ? pair[0]?.json : pair.map(({ json }) => json),
        matches: (row: ModelRow) => isIn(row, from, to),
      };
    });
  return orEmpty(field, fc.oneof(closed, open));
}

const yes = fc.constant<Given>({ matches: () => true });
const money = fc.integer({ min: -20_000, max: 90_000 }).map((cents) => cents / 100);

/** Some of the declared values: `a;b`, a list, or one. */
function some(tests: Readonly<Record<string, (row: ModelRow) => boolean>>): fc.Arbitrary<Given> {
  return fc
    .tuple(fc.subarray(Object.keys(tests), { minLength: 1 }), fc.boolean())
    .map(([chosen, asText]) => ({
      value: asText ? chosen.join(';') : chosen,
      matches: (row) => chosen.some((one) => tests[one]?.(row)),
    }));
}

const booleans = (test: (row: ModelRow) => boolean): fc.Arbitrary<Given> =>
  fc.boolean().map((value) => ({ value, matches: (row) => test(row) === value }));

const of = (row: Record<string, Value>): ModelRow => row as ModelRow;
const homeOf = ({ premises }: Account) => ({
  premises_id: premises?.id ?? 1,
  premises_address: premises?.address ?? null,
  premises_kind: premises?.kind ?? null,
  premises_square: premises?.square ?? null,
  premises_rooms: premises?.rooms ?? null,
});
const stamp = '2019-08-01T10:00:00.250Z';

export function models(world: World): Model[] {
  const days = [...world.accounts.flatMap(({ opened, closed }) => [opened, closed ?? opened])];
  const paid = world.payments.map(({ date }) => date);
  const addresses = world.premises.map(({ address }) => address);
  const accountIds = world.accounts.map(({ id }) => id);
  const sources = world.sources.map(({ code: one }) => one);

  const readings: ModelDataset = {
    name: 'READINGS',
    fields: ['period', 'reading_date', 'reading', 'consumption'],
    rows: (master) =>
      world.readings
        .filter(({ meter }) => meter.id === master?.['meter_id'])
        .map(({ period, date, reading, consumption }) =>
          of({ period, reading_date: date, reading, consumption }),
        ),
    conditions: {
      period: dated('period', periods),
      reading_date: dated('reading_date', periods),
      consumption: range('consumption', money),
    },
    keys: { reading_date: ['*reading_date'], consumption: ['*consumption'] },
    unique: ['reading_date', 'period'],
    children: [],
  };
  const meterRow = (meter: Meter) =>
    of({
      datasource_id: meter.account.source.id,
      meter_id: meter.id,
      date_from: meter.from,
      date_to: meter.to,
      serial_number: meter.serial,
      installed_on: meter.installed,
      verified_until: meter.verified,
      initial_reading: meter.initial,
      place_name: meter.place,
    });
  const meters: ModelDataset = {
    name: 'METERS',
    fields: [
      'datasource_id',
      'meter_id',
      'date_from',
      'date_to',
      'serial_number',
      'installed_on',
      'verified_until',
      'initial_reading',
      'place_name',
    ],
    rows: (master) =>
      world.meters
        .filter(({ account }) => account.id === master?.['personal_account_id'])
        .map(meterRow),
    conditions: {
      serial_number: code('serial_number', ['SN-1', 'sn_1', 'SN%2', 'X']),
      verified_until: dated(
        'verified_until',
        world.meters.map(({ verified }) => verified),
      ),
      in_use: fc.constant({ matches: (row: ModelRow) => row['date_to'] === null }),
    },
    keys: { serial_number: ['*serial_number'], verified_until: ['*verified_until'] },
    unique: ['datasource_id', 'meter_id'],
    children: [readings],
  };
  const accountPayments: ModelDataset = {
    name: 'PAYMENTS',
    fields: ['payment_id', 'period', 'payment_date', 'amount', 'bank_code', 'bank_name'],
    rows: (master) =>
      world.payments
        .filter(({ accountId }) => accountId === master?.['personal_account_id'])
        .map(({ id, period, date, amount, bank }) =>
          of({
            payment_id: id,
            period,
            payment_date: date,
            amount,
            bank_code: bank,
            bank_name: banks[bank] ?? null,
          }),
        ),
    conditions: {
      payment_date: dated('payment_date', paid),
      period: dated('period', periods),
      amount: range('amount', money),
      bank_code: code('bank_code', Object.keys(banks)),
    },
    keys: { payment_date: ['*payment_date', '*payment_id'], amount: ['*amount'] },
    unique: ['payment_id', 'period'],
    children: [],
  };
  const accounts: ModelDataset = {
    name: 'MAIN',
    fields: [
      'datasource_id',
      'personal_account_id',
      'account_number',
      'owner_name',
      'residents',
      'opened_on',
      'closed_on',
      'is_closed',
      'date_modification',
      'datasource_code',
      'premises_id',
      'premises_address',
      'premises_kind',
      'premises_square',
      'premises_rooms',
    ],
    rows: () =>
      world.accounts.map((account) =>
        of({
          datasource_id: account.source.id,
          personal_account_id: account.id,
          account_number: account.number,
          owner_name: account.owner,
          residents: account.residents,
          opened_on: account.opened,
          closed_on: account.closed,
          is_closed: account.closed !== null,
          date_modification: stamp,
          datasource_code: account.source.code,
          ...homeOf(account),
        }),
      ),
    conditions: {
      personal_account_id: link('personal_account_id', accountIds),
      account_number: code('account_number', numbers),
      owner_name: text('owner_name', owners),
      datasource: code('datasource_code', sources),
      residents: listed('residents', fc.integer({ min: -1, max: 5 })),
      opened_on: dated('opened_on', days),
      closed_on: dated('closed_on', days),
      is_closed: booleans((row) => row['is_closed'] === true),
      address: text('premises_address', addresses),
      premises_kind: some(
        Object.fromEntries(kinds.map((kind) => [kind, (row) => row['premises_kind'] === kind])),
      ),
      state: fc.constantFrom('0', '1', '2').map((value) => ({
        value,
        matches: (row) => value === '2' || row['is_closed'] === (value === '1'),
      })),
      payments: fc.oneof(
        yes.map((given) => ({ ...given, flags: 'withaccountswithoutpayments' })),
        fc.constant({
          matches: (row: ModelRow) =>
            world.payments.some(({ accountId }) => accountId === row['personal_account_id']),
        }),
      ),
      without_meters: fc.constant({
        matches: (row: ModelRow) =>
          !world.meters.some(({ account }) => account.id === row['personal_account_id']),
      }),
    },
    keys: {
      account_number: ['*account_number'],
      owner_name: ['*owner_name'],
      opened_on: ['*opened_on'],
      residents: ['*residents'],
      datasource: ['*datasource_code', '*account_number'],
      address: ['*premises_address'],
    },
    unique: ['datasource_id', 'personal_account_id'],
    children: [accountPayments, meters],
  };
  const payments: ModelDataset = {
    name: 'MAIN',
    fields: [
      'datasource_id',
      'payment_id',
      'period',
      'payment_date',
      'amount',
      'bank_code',
      'personal_account_id',
      'date_modification',
      'datasource_code',
      'account_number',
      'account_owner_name',
      'premises_address',
      'bank_name',
    ],
    rows: () =>
      world.payments.map((payment) =>
        of({
          datasource_id: payment.source.id,
          payment_id: payment.id,
          period: payment.period,
          payment_date: payment.date,
          amount: payment.amount,
          bank_code: payment.bank,
          personal_account_id: payment.accountId,
          date_modification: `${payment.modified}Z`,
          datasource_code: payment.source.code,
          account_number: payment.account?.number ?? null,
          account_owner_name: payment.account?.owner ?? null,
          premises_address: payment.account?.premises?.address ?? null,
          bank_name: banks[payment.bank] ?? null,
        }),
      ),
    conditions: {
      payment_id: link(
        'payment_id',
        world.payments.map(({ id }) => id),
      ),
      personal_account_id: link('personal_account_id', accountIds),
      account_number: code('account_number', numbers),
      owner_name: text('account_owner_name', owners),
      datasource: code('datasource_code', sources),
      period: dated('period', periods),
      payment_date: dated('payment_date', paid),
      date_modification: dated('date_modification', ['2019-07-01', '2019-07-02', '2019-07-03']),
      amount: range('amount', money),
      bank_code: code('bank_code', Object.keys(banks)),
      bank_name: text('bank_name', Object.values(banks)),
    },
    keys: {
      payment_id: ['*payment_id'],
      payment_date: ['*payment_date'],
      amount: ['*amount'],
      account_number: ['*account_number'],
      owner_name: ['*account_owner_name'],
      bank: ['*bank_name', '*bank_code'],
    },
    unique: ['datasource_id', 'payment_id', 'period'],
    children: [],
  };
  const turnover: ModelDataset = {
    name: 'MAIN',
    fields: [
      'period',
      'personal_account_id',
      'opening',
      'charged',
      'corrected',
      'paid',
      'closing',
      'account_number',
      'account_owner_name',
      'datasource_code',
      'premises_address',
    ],
    rows: () =>
      world.turnover.map(({ account, ...sheet }) =>
        of({
          ...sheet,
          personal_account_id: account.id,
          account_number: account.number,
          account_owner_name: account.owner,
          datasource_code: account.source.code,
          premises_address: account.premises?.address ?? null,
        }),
      ),
    conditions: {
      personal_account_id: link('personal_account_id', accountIds),
      account_number: code('account_number', numbers),
      datasource: code('datasource_code', sources),
      period: dated('period', periods),
      closing: range('closing', money),
      paid: range('paid', money),
      saldo: some({
        D: (row) => Number(row['closing']) > 0,
        N: (row) => row['closing'] === 0,
        K: (row) => Number(row['closing']) < 0,
      }),
      with_corrections: fc.constant({ matches: (row: ModelRow) => row['corrected'] !== 0 }),
    },
    keys: {
      period: ['*period'],
      account_number: ['*account_number', '*period'],
      datasource: ['*datasource_code', 'account_number', '*period'],
      closing: ['*closing'],
    },
    unique: ['personal_account_id', 'period'],
    children: [],
  };
  return [
    { id: 'AB01SYNCBOARDACCOUNTS00001', root: accounts },
    { id: 'AB02SYNCBOARDPAYMENTS00001', root: payments },
    { id: 'AB03SYNCBOARDTURNOVER00001', root: turnover },
    { id: '01B4XCTHYNDL3C5P00CA141B44', root: countries() },
  ];
}

/** Rows of a demo table as objects. */
function table(name: string): Record<string, Value>[] {
  const found = countryTables.find((one) => one.name === name);
  const columns = Object.keys(found?.columns ?? {});
  return (found?.rows ?? []).map((row) =>
    Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
  );
}

/** In Prague a day begins one hour or two before it does in UTC. */
const pragueMidnight = (days: number) => {
  const day = new Date(Date.UTC(1899, 11, 30) + days * 86_400_000);
  const summer = day.getUTCMonth() > 3 && day.getUTCMonth() < 9;
  return new Date(day.getTime() - (summer ? 2 : 1) * 3_600_000).toISOString();
};

function countries(): ModelDataset {
  const main = table('dbo.Countries');
  const currencies = table('dbo.Currencies');
  const history = table('dbo.Countries2');
  const isYes = (value: Value | undefined) => value === 'A';
  const names = main.map((row) => String(row['Name']));
  const codes = main.map((row) => String(row['Code']));
  const ids = main.map((row) => String(row['ID']));
  return {
    name: 'MAIN',
    fields: [
      'ObjVersion',
      'Hidden',
      'Code',
      'ID',
      'Name',
      'NumCode',
      'EUMember',
      'Currency_ID',
      'Currency_Code',
      'Currency_Hidden',
      'Currency_DocVATRounding',
    ],
    rows: () =>
      main.map((row) => {
        const currency = currencies.find(({ ID }) => ID === row['Currency_ID']) ?? {};
        return of({
          ...row,
          Hidden: isYes(row['Hidden']),
          EUMember: isYes(row['EUMember']),
          Currency_Code: currency['Code'] ?? null,
          Currency_Hidden: isYes(currency['Hidden']),
          Currency_DocVATRounding: currency['DocVATRounding'] ?? null,
        });
      }),
    conditions: {
      ID: fc.oneof(fc.constantFrom(...ids), fc.subarray(ids, { minLength: 1 })).map((value) => ({
        value,
        matches: (row) => [value].flat().includes(String(row['ID'])),
      })),
      Code: code('Code', codes).filter(({ value }) =>
        [value].flat().every((one) => String(one).length <= 3 || String(one).includes('*')),
      ),
      Name: text('Name', names),
      NumCode: fc
        .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 999 }))
        .map(([a, b]) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((n) =>
            String(n).padStart(3, '0'),
          );
          return {
            value: [low, high],
            matches: (row: ModelRow) =>
              String(row['NumCode']) >= String(low) && String(row['NumCode']) <= String(high),
          };
        }),
      Hidden: booleans((row) => row['Hidden'] === true),
    },
    keys: {
      Code: ['*Code'],
      Currency: ['*Currency_Code', '*Currency_ID'],
      NumCode: ['*NumCode'],
    },
    languages: { Code: 'cs', Name: 'cs', Currency_Code: 'cs' },
    unique: ['ID'],
    children: [
      {
        name: 'HISTORY',
        fields: [
          'ObjVersion',
          'ID',
          'Parent_ID',
          'DateOfChange$DATE',
          'EUMember',
          'VATCode',
          'Country_Code',
          'Country_ID',
        ],
        rows: (master) =>
          history
            .filter((row) => row['Parent_ID'] === master?.['ID'])
            .map((row) =>
              of({
                ...row,
                EUMember: isYes(row['EUMember']),
                DateOfChange$DATE: pragueMidnight(Number(row['DateOfChange$DATE'])),
                Country_Code: master?.['Code'] ?? null,
                Country_ID: row['Parent_ID'] ?? null,
              }),
            ),
        conditions: {},
        keys: {},
        unique: ['DateOfChange$DATE', 'ID'],
        children: [],
      },
    ],
  };
}
