import { type Database, quoted, type Row } from '../database.ts';
import type { Evidence } from '../evidence/index.ts';
import { rounded } from './values.ts';

/** Rates in force since 2024, in percent. */
export const rates: Readonly<Record<string, number>> = {
  'typSzbDph.dphOsv': 0,
  'typSzbDph.dphSniz': 12,
  'typSzbDph.dphSniz2': 12,
  'typSzbDph.dphZakl': 21,
};

export const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Prices without and with VAT, of the one that was given. */
export function completePrices(row: Row): void {
  if (row['cenaZakl'] === null) return;
  const price = number(row['cenaZakl']);
  const rate = 1 + (rates[String(row['typSzbDphK'])] ?? 0) / 100;
  const withVat = row['typCenyDphK'] === 'typCeny.sDph';
  row['cenaZaklBezDph'] = rounded(withVat ? price / rate : price, 6);
  row['cenaZaklVcDph'] = rounded(withVat ? price : price * rate, 6);
}

/** An item's base, VAT and total, of its price or else of its base. */
export function completeItemSums(row: Row): void {
  const vat = 1 + number(row['szbDph']) / 100;
  if ((row['cenaMj'] ?? null) !== null) {
    const price =
      number(row['mnozMj']) * number(row['cenaMj']) * (1 - number(row['slevaPol']) / 100);
    row['sumZkl'] = rounded(row['typCenyDphK'] === 'typCeny.sDph' ? price / vat : price, 2);
  }
  row['sumCelkem'] = rounded(number(row['sumZkl']) * vat, 2);
  row['sumDph'] = rounded(row['sumCelkem'] - number(row['sumZkl']), 2);
}

/** Without items: from the bases, or all of sumCelkem without VAT. */
export function completeSums(row: Row, given: ReadonlySet<string>): void {
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

/** @param paired what its pairings have paid */
export function completePayment(row: Row, paired: number): void {
  if (!Object.hasOwn(row, 'zbyvaUhradit')) return;
  const paid = /^stavUhr\.uhrazeno/.test(String(row['stavUhrK']));
  row['zbyvaUhradit'] = paid ? 0 : rounded(number(row['sumCelkem']) - paired, 2);
  row['datUhr'] = paid ? (row['datUhr'] ?? row['datSplat'] ?? null) : null;
}

/** A document's sums are those of its items; a contract has none. */
export function sumUpItems(row: Row, { children }: Evidence, db: Database): void {
  if (children === undefined || !Object.hasOwn(row, 'sumCelkem')) return;
  for (const [suffix, kinds] of [
    ['Osv', "= 'typSzbDph.dphOsv'"],
    ['Sniz', "IN ('typSzbDph.dphSniz', 'typSzbDph.dphSniz2')"],
    ['Zakl', "= 'typSzbDph.dphZakl'"],
  ] as const) {
    const sums = db.one(
      `SELECT sum("sumZkl") AS base, sum("sumDph") AS vat FROM ${quoted(children.evidence)}
       WHERE ${quoted(children.parent)} = ? AND "typSzbDphK" ${kinds}`,
      row['id'] as number,
    );
    row[suffix === 'Osv' ? 'sumOsv' : `sumZkl${suffix}`] = rounded(number(sums?.['base']), 2);
    if (suffix !== 'Osv') row[`sumDph${suffix}`] = rounded(number(sums?.['vat']), 2);
  }
  addUp(row);
}
