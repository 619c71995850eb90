import type { Database, Row } from '../database.ts';
import type { RuleContext } from './rules.ts';
import { completeItemSums, number, rates } from './sums.ts';
import { rounded } from './values.ts';

/** What FlexiBee fills in of an item of an invoice, a contract or a bank document. */
export function completeItem(row: Row, context: RuleContext): void {
  const { path } = context.evidence;
  if (path === 'faktura-vydana-polozka') completeInvoiceItem(row, context);
  if (path === 'smlouva-polozka') completeContractItem(row, context);
  if (path === 'banka-polozka') {
    row['typPolozkyK'] ??= 'typPolozky.ucetni';
    row['typSzbDphK'] ??= 'typSzbDph.dphOsv';
    completeRate(row, context);
    completeItemSums(row);
  }
}

function completeInvoiceItem(row: Row, context: RuleContext): void {
  fromPriceList(row, context, 'mj');
  row['typPolozkyK'] ??= row['cenik'] === null ? 'typPolozky.obecny' : 'typPolozky.katalog';
  row['mnozMj'] ??= 1;
  row['typSzbDphK'] ??= 'typSzbDph.dphZakl';
  row['typCenyDphK'] ??= 'typCeny.bezDph';
  completeRate(row, context);
  if (row['typPolozkyK'] !== 'typPolozky.text') completeItemSums(row);
}

function completeContractItem(row: Row, context: RuleContext): void {
  fromPriceList(row, context);
  row['mnozMj'] ??= 1;
  row['typSzbDphK'] ??= 'typSzbDph.dphZakl';
  row['typCenyDphK'] ??= 'typCeny.bezDph';
  row['zpusFaktK'] ??= 'zpusobFakt.dopredu';
  const price = number(row['mnozMj']) * number(row['cenaMj']) * (1 - number(row['sleva']) / 100);
  row['cenaCelkem'] = rounded(price, 2);
}

function fromPriceList(row: Row, { db, given }: RuleContext, unit?: string): void {
  if (!given.has('cenik') || row['cenik'] === null) return;
  const from = priced(db, row['cenik'] as number);
  row['kod'] ??= from?.['kod'] ?? null;
  row['nazev'] ??= from?.['nazev'] ?? null;
  row['cenaMj'] ??= from?.['cenaZaklBezDph'] ?? null;
  row['typSzbDphK'] ??= from?.['typSzbDphK'] ?? null;
  if (unit !== undefined) row[unit] ??= from?.['mj1'] ?? null;
}

const priced = (db: Database, id: number) => db.one('SELECT * FROM cenik WHERE id = ?', id);

function completeRate(row: Row, { given }: RuleContext): void {
  if (given.has('typSzbDphK') || row['szbDph'] === null) {
    row['szbDph'] = rates[String(row['typSzbDphK'])] ?? 0;
  }
}
