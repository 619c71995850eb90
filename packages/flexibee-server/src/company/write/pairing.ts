import type { Database, Row } from '../database.ts';
import { type Evidence, evidenceOf } from '../evidence/index.ts';
import type { JsonObject } from './identity.ts';
import type { Records } from './records.ts';
import { notFound, Refusal } from './refusal.ts';
import { completePayment, number } from './sums.ts';
import { rounded } from './values.ts';

/** What may be done with what is left of an invoice: `zbytek` of a `sparovani`. */
const remainders = new Set(
  'ne zauctovat ignorovat castecnaUhrada castecnaUhradaNeboZauctovat castecnaUhradaNeboIgnorovat'.split(
    ' ',
  ),
);

/**
 * `sparovani` of a bank document: its money pays issued invoices, each by a `vazba`. Changes are
 * in the order that a real server's log has: the pairing, the invoice, the payment.
 * @throws Refusal
 */
export function pair(records: Records, payment: number, given: unknown): void {
  const { zbytek = 'ne', invoices } = instruction(records, given);
  if (!remainders.has(zbytek)) {
    throw new Refusal({ message: `Hodnota '${zbytek}' pole 'zbytek' není povolená hodnota.` });
  }
  const bank = evidenceOf('banka');
  const pairing = evidenceOf('vazba');
  for (const { id, castka } of invoices) {
    const row = records.row(evidenceOf('faktura-vydana'), id);
    const left = number(row['zbyvaUhradit']);
    const amount = castka ?? Math.min(left, moneyLeft(records, payment));
    if (amount <= 0) throw new Refusal({ message: `Doklad ${row['kod']} není čím uhradit.` });
    if (amount > left || (zbytek === 'ne' && amount !== left)) {
      throw new Refusal({ message: `Částka ${amount} neodpovídá dokladu ${row['kod']}: ${left}.` });
    }
    const link: Row = {
      ...records.blank(pairing),
      typVazbyK: 'typVazbyDokl.uhrada',
      castka: amount,
      storno: 0,
      platba: payment,
      faktura: id,
    };
    records.record(pairing, records.insert(pairing, link), 'create');
    const forgiven = amount < left && !zbytek.startsWith('castecna');
    settle(records, id, forgiven);
  }
  records.store(bank, { ...records.row(bank, payment), sparovano: 1 });
  records.record(bank, payment, 'update');
}

/** `odparovani` of a bank document: the invoices are open again. @throws Refusal */
export function unpair(records: Records, payment: number, given: unknown): void {
  const bank = evidenceOf('banka');
  for (const { id } of instruction(records, given).invoices) {
    const links = records
      .idsWhere('vazba', 'faktura', id)
      .filter((link) => records.idsWhere('vazba', 'platba', payment).includes(link));
    if (links.length === 0) throw notFound('vazba', String(id), 'uhrazovanaFak');
    for (const link of links) records.remove(evidenceOf('vazba'), link);
    settle(records, id, false);
  }
  const sparovano = records.idsWhere('vazba', 'platba', payment).length > 0 ? 1 : 0;
  records.store(bank, { ...records.row(bank, payment), sparovano });
  records.record(bank, payment, 'update');
}

/** What is left to pay of a document, and since when it is paid. */
export function completeDue(row: Row, { path }: Evidence, db: Database): void {
  const { id } = row;
  const ours = path === 'faktura-vydana' && typeof id === 'number';
  completePayment(row, ours ? paidOf(db, id) : 0);
}

const paidOf = (db: Database, invoice: number): number =>
  sumOf(db.one('SELECT sum(castka) AS paid FROM vazba WHERE faktura = ?', invoice));

const sumOf = (row: Row | undefined): number => rounded(number(row?.['paid']), 2);

function moneyLeft({ db }: Records, payment: number): number {
  const money = number(
    db.one('SELECT "sumCelkem" FROM banka WHERE id = ?', payment)?.['sumCelkem'],
  );
  const spent = sumOf(db.one('SELECT sum(castka) AS paid FROM vazba WHERE platba = ?', payment));
  return rounded(money - spent, 2);
}

function settle(records: Records, id: number, forgiven: boolean): void {
  const invoices = evidenceOf('faktura-vydana');
  const row = records.row(invoices, id);
  const paid = paidOf(records.db, id);
  const done = forgiven || paid >= number(row['sumCelkem']);
  row['stavUhrK'] = done ? 'stavUhr.uhrazeno' : paid > 0 ? 'stavUhr.castUhr' : null;
  completePayment(row, paid);
  records.store(invoices, row);
  records.record(invoices, id, 'update');
}

function instruction(
  records: Records,
  given: unknown,
): { zbytek?: string; invoices: { id: number; castka?: number }[] } {
  const [members] = [given].flat() as JsonObject[];
  const idents = members?.['uhrazovanaFak'];
  if (typeof idents !== 'string' && typeof idents !== 'number') {
    throw new Refusal({ message: "Pole 'uhrazovanaFak' musí být vyplněno.", code: 'INVALID' });
  }
  const type = String(members?.['uhrazovanaFak@type'] ?? 'faktura-vydana');
  if (type !== 'faktura-vydana') {
    throw new Refusal({ message: `Doklad evidence '${type}' nelze uhradit.` });
  }
  const id = records.resolve(type, String(idents));
  if (id === undefined) throw notFound(type, String(idents), 'uhrazovanaFak');
  const castka = members?.['uhrazovanaFak@castka'];
  return {
    ...(members?.['zbytek'] !== undefined && { zbytek: String(members['zbytek']) }),
    invoices: [{ id, ...(castka !== undefined && { castka: Number(castka) }) }],
  };
}
