import { type Database, quoted, type Row } from '../database.ts';
import type { Evidence } from '../evidence/index.ts';
import { plain } from '../filter/plain.ts';
import { localDate } from '../time.ts';
import { rounded } from './values.ts';

/** What a rule may look at; it completes the row in place. */
export interface RuleContext {
  db: Database;
  evidence: Evidence;
  /** Milliseconds since 1970. */
  now: number;
  /** Fields that this request gives. */
  given: ReadonlySet<string>;
  creating: boolean;
}

/** Rates in force since 2024, in percent. */
const rates: Readonly<Record<string, number>> = {
  'typSzbDph.dphOsv': 0,
  'typSzbDph.dphSniz': 12,
  'typSzbDph.dphSniz2': 12,
  'typSzbDph.dphZakl': 21,
};

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Fills in what FlexiBee fills in: defaults of new records, partner, sums. */
export function complete(row: Row, context: RuleContext): void {
  const { evidence, creating, now } = context;
  if (creating) defaults(row, evidence, now);
  if (evidence.path === 'adresar') completePartnerCode(row, context.db);
  if (evidence.path === 'cenik') completePrices(row);
  if (evidence.path === 'faktura-vydana-polozka') completeItem(row, context);
  if (evidence.newestFirst === true) completeDocument(row, context);
}

function defaults(row: Row, { path, properties, newestFirst }: Evidence, now: number): void {
  const missing = (name: string, value: Row[string]) => {
    row[name] ??= value;
  };
  if (path === 'adresar' || path === 'cenik') {
    // What a real server's filter implies: valid from ever and for ever.
    missing('platiOd', 0);
    missing('platiDo', 9999);
    missing('stat', 39);
  }
  if (path === 'adresar') missing('typVztahuK', 'typVztahu.odberDodav');
  if (path === 'cenik') {
    missing('typZasobyK', 'typZasoby.zbozi');
    missing('typSzbDphK', 'typSzbDph.dphZakl');
    missing('typCenyDphK', 'typCeny.bezDph');
    missing('mj1', 1131);
    missing('cenJednotka', 1);
  }
  if (newestFirst === true) {
    missing('mena', 31);
    missing('datVyst', localDate(now));
  }
  for (const { name, type } of properties) if (type === 'logic') missing(name, 0);
}

/** An address needs no code: it is made of the name. */
function completePartnerCode(row: Row, db: Database): void {
  if (row['kod'] !== null || row['nazev'] === null) return;
  const base = plain(String(row['nazev']))
    .replace(/[^a-z0-9]/g, '')
    .toUpperCase()
    .slice(0, 16);
  let kod = base;
  for (let count = 2; db.one('SELECT 1 FROM adresar WHERE kod = ?', kod) !== undefined; count++) {
    kod = `${base}${count}`;
  }
  row['kod'] = kod;
}

function completePrices(row: Row): void {
  if (row['cenaZakl'] === null) return;
  const price = number(row['cenaZakl']);
  const rate = 1 + (rates[String(row['typSzbDphK'])] ?? 0) / 100;
  const withVat = row['typCenyDphK'] === 'typCeny.sDph';
  row['cenaZaklBezDph'] = rounded(withVat ? price / rate : price, 6);
  row['cenaZaklVcDph'] = rounded(withVat ? price : price * rate, 6);
}

function completeItem(row: Row, { db, given }: RuleContext): void {
  if (given.has('cenik') && row['cenik'] !== null) {
    const from = db.one('SELECT * FROM cenik WHERE id = ?', row['cenik'] as number);
    row['kod'] ??= from?.['kod'] ?? null;
    row['nazev'] ??= from?.['nazev'] ?? null;
    row['cenaMj'] ??= from?.['cenaZaklBezDph'] ?? null;
    row['typSzbDphK'] ??= from?.['typSzbDphK'] ?? null;
    row['mj'] ??= from?.['mj1'] ?? null;
  }
  row['typPolozkyK'] ??= row['cenik'] === null ? 'typPolozky.obecny' : 'typPolozky.katalog';
  row['mnozMj'] ??= 1;
  row['typSzbDphK'] ??= 'typSzbDph.dphZakl';
  row['typCenyDphK'] ??= 'typCeny.bezDph';
  if (given.has('typSzbDphK') || row['szbDph'] === null) {
    row['szbDph'] = rates[String(row['typSzbDphK'])] ?? 0;
  }
  if (row['typPolozkyK'] === 'typPolozky.text') return;
  const vat = 1 + number(row['szbDph']) / 100;
  if (row['cenaMj'] !== null) {
    const price =
      number(row['mnozMj']) * number(row['cenaMj']) * (1 - number(row['slevaPol']) / 100);
    row['sumZkl'] = rounded(row['typCenyDphK'] === 'typCeny.sDph' ? price / vat : price, 2);
  }
  row['sumCelkem'] = rounded(number(row['sumZkl']) * vat, 2);
  row['sumDph'] = rounded(row['sumCelkem'] - number(row['sumZkl']), 2);
}

/** What a document copies from its partner when it gets one. */
const copied = ['ulice', 'mesto', 'psc', 'ic', 'dic'];

function completeDocument(row: Row, { db, given, creating, evidence }: RuleContext): void {
  if (given.has('firma') && row['firma'] !== null) {
    const partner = db.one('SELECT * FROM adresar WHERE id = ?', row['firma'] as number);
    if (!given.has('nazFirmy')) row['nazFirmy'] = partner?.['nazev'] ?? null;
    for (const name of copied) if (!given.has(name)) row[name] = partner?.[name] ?? null;
    if (Object.hasOwn(row, 'datSplat') && row['datSplat'] === null) {
      row['datSplat'] = addDays(String(row['datVyst']), number(partner?.['splatDny']) || 14);
    }
  }
  if (creating && Object.hasOwn(row, 'datSplat')) {
    row['datSplat'] ??= addDays(String(row['datVyst']), 14);
    row['duzpPuv'] ??= row['datVyst'] ?? null;
  }
  if (evidence.children === undefined || !hasItems(db, row)) completeSums(row, given);
  completePayment(row);
}

function hasItems(db: Database, row: Row): boolean {
  const id = row['id'];
  if (typeof id !== 'number') return false;
  const sql = 'SELECT 1 FROM "faktura-vydana-polozka" WHERE "doklFak" = ?';
  return db.one(sql, id) !== undefined;
}

/** Without items: from the bases, or all of sumCelkem without VAT. */
function completeSums(row: Row, given: ReadonlySet<string>): void {
  const parts = ['sumOsv', 'sumZklSniz', 'sumZklZakl', 'sumDphSniz', 'sumDphZakl'];
  const byParts = parts.some((name) => given.has(name));
  if (given.has('sumCelkem') && !byParts) {
    for (const name of parts) row[name] = 0;
    row['sumOsv'] = number(row['sumCelkem']);
  } else if (byParts) {
    for (const kind of ['Sniz', 'Zakl']) {
      if (given.has(`sumDph${kind}`)) continue;
      const rate = (rates[`typSzbDph.dph${kind}`] ?? 0) / 100;
      row[`sumDph${kind}`] = rounded(number(row[`sumZkl${kind}`]) * rate, 2);
    }
  }
  addUp(row);
}

function addUp(row: Row): void {
  const sum = (...names: string[]) =>
    rounded(
      names.reduce((total, name) => total + number(row[name]), 0),
      2,
    );
  row['sumZklCelkem'] = sum('sumOsv', 'sumZklSniz', 'sumZklZakl');
  row['sumDphCelkem'] = sum('sumDphSniz', 'sumDphZakl');
  row['sumCelkem'] = sum('sumZklCelkem', 'sumDphCelkem');
}

function completePayment(row: Row): void {
  if (!Object.hasOwn(row, 'zbyvaUhradit')) return;
  const paid = /^stavUhr\.uhrazeno/.test(String(row['stavUhrK']));
  row['zbyvaUhradit'] = paid ? 0 : number(row['sumCelkem']);
  row['datUhr'] = paid ? (row['datUhr'] ?? row['datSplat'] ?? null) : null;
}

/** An invoice's sums are those of its items. */
export function sumUpItems(row: Row, db: Database): void {
  for (const [suffix, kinds] of [
    ['Osv', "= 'typSzbDph.dphOsv'"],
    ['Sniz', "IN ('typSzbDph.dphSniz', 'typSzbDph.dphSniz2')"],
    ['Zakl', "= 'typSzbDph.dphZakl'"],
  ] as const) {
    const sums = db.one(
      `SELECT sum("sumZkl") AS base, sum("sumDph") AS vat FROM "faktura-vydana-polozka"
       WHERE "doklFak" = ? AND "typSzbDphK" ${kinds}`,
      row['id'] as number,
    );
    row[suffix === 'Osv' ? 'sumOsv' : `sumZkl${suffix}`] = rounded(number(sums?.['base']), 2);
    if (suffix !== 'Osv') row[`sumDph${suffix}`] = rounded(number(sums?.['vat']), 2);
  }
  addUp(row);
  completePayment(row);
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Number series: prefix, digits, and how the year is written. */
const series: Readonly<Record<string, (count: number, year: string) => string>> = {
  'faktura-vydana': (count, year) => `VF1-${String(count).padStart(4, '0')}/${year}`,
  'faktura-prijata': (count, year) => `PF-${String(count).padStart(4, '0')}/${year}`,
  'objednavka-prijata': (count, year) => `OBP${String(count).padStart(4, '0')}/${year}`,
  banka: (count, year) => `B+${String(count).padStart(8, '0')}/${year.slice(2)}`,
  'pokladni-pohyb': (count, year) => `P+${String(count).padStart(4, '0')}/${year}`,
  smlouva: (count, year) => `SML${String(count).padStart(4, '0')}/${year}`,
};

/**
 * The next code of the evidence's number series, if it has one.
 * @returns the code and the number of the year's series (an evidence of its own, `rocni-rada`)
 */
export function nextCode(
  db: Database,
  { path }: Evidence,
  date: string,
): { code: string; series: number } | undefined {
  const write = series[path];
  if (write === undefined) return undefined;
  const year = date.slice(0, 4);
  const name = `series ${path} ${year}`;
  for (;;) {
    const count = (db.number('SELECT value FROM meta WHERE name = ?', name) ?? 0) + 1;
    db.run('INSERT OR REPLACE INTO meta VALUES (?, ?)', name, count);
    const code = write(count, year);
    if (db.one(`SELECT 1 FROM ${quoted(path)} WHERE kod = ?`, code) === undefined) {
      return { code, series: 210 + Object.keys(series).indexOf(path) };
    }
  }
}
