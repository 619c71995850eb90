/** Faktura vydaná on paper: one page for each invoice that the query finds. */

import type { DatabaseSync } from 'node:sqlite';
import { shown } from '../dates.ts';
import { issuedInvoices } from '../definitions/issued-invoices.ts';
import type { Level } from '../query/query.ts';
import { rowsOf } from '../query/run.ts';
import { type Rule, type Text, writePdf } from './pdf.ts';

const [main] = issuedInvoices.datasets;
const idField = main?.fields.filter(({ fieldname }) => fieldname === 'ID') ?? [];

const headSql = `
SELECT Q.Code || '-' || A.OrdNumber || '/' || P.Code AS Number, A.DocDate$DATE AS DocDate,
  A.DueDate$DATE AS DueDate, F.Name AS Firm, F.City, F.OrgIdentNumber, A.Description, A.Amount,
  C.Code AS Currency
FROM IssuedInvoices A JOIN DocQueues Q ON Q.ID=A.DocQueue_ID JOIN Periods P ON P.ID=A.Period_ID
  JOIN Firms F ON F.ID=A.Firm_ID JOIN Currencies C ON C.ID=A.Currency_ID
WHERE A.ID=?`;
const rowsSql =
  'SELECT Text, Quantity, QUnit, TAmount FROM IssuedInvoices2 WHERE Parent_ID=? ORDER BY PosIndex';
const vatSql = `
SELECT V.Name, V.Tariff, A.BaseAmount, A.VATAmount
FROM IssuedInvoicesVAT A JOIN VATRates V ON V.ID=A.VATRate_ID WHERE A.Parent_ID=? ORDER BY A.PosIndex`;

const left = 50;
const right = 545;
const lineHeight = 16;
const amounts = new Intl.NumberFormat('cs-CZ', { minimumFractionDigits: 2 });
const days = new Intl.DateTimeFormat('cs-CZ', { timeZone: 'Europe/Prague' });
/** Intl's blanks do not break, which the fonts' encoding knows only one of. */
const plain = (text: string) => text.replace(/\s/g, ' ');
const amount = (value: unknown) => plain(amounts.format(Number(value)));
const day = (value: unknown) => plain(days.format(new Date(shown(Number(value)))));

/** @throws Refusal 400 at once, where the query has wrong values */
export function printInvoices(database: DatabaseSync, query: Level): Generator<Buffer> {
  const found = rowsOf(database, { ...query, select: idField });
  return writePdf(sheets(database, found));
}

function* sheets(
  database: DatabaseSync,
  found: Iterable<Record<string, unknown>>,
): Generator<(Text | Rule)[]> {
  const head = database.prepare(headSql);
  const rows = database.prepare(rowsSql);
  const vat = database.prepare(vatSql);
  let number = 0;
  for (const { ID } of found) {
    const id = String(ID);
    number += 1;
    yield sheet(head.get(id) ?? {}, rows.all(id), vat.all(id), number);
  }
}

type Row = Record<string, unknown>;

function sheet(head: Row, rows: readonly Row[], vat: readonly Row[], number: number) {
  const drawn: (Text | Rule)[] = [
    { x: left, y: 70, text: `Faktura - daňový doklad č. ${head['Number']}`, size: 16, bold: true },
    { x: left, y: 110, text: 'Odběratel:', bold: true },
    { x: left, y: 126, text: String(head['Firm']) },
    { x: left, y: 142, text: `${head['City']}, IČO ${head['OrgIdentNumber']}` },
    { x: 340, y: 110, text: `Datum vystavení: ${day(head['DocDate'])}` },
    { x: 340, y: 126, text: `Datum splatnosti: ${day(head['DueDate'])}` },
    { x: left, y: 180, text: String(head['Description']) },
    { rule: 192 },
  ];
  let y = 210;
  for (const { Text: text, Quantity, QUnit, TAmount } of rows) {
    drawn.push({ x: left, y, text: String(text) });
    drawn.push(
      { x: 360, y, text: amount(Quantity), right: true },
      { x: 366, y, text: String(QUnit) },
    );
    drawn.push({ x: right, y, text: amount(TAmount), right: true });
    y += lineHeight;
  }
  drawn.push({ rule: y - 8 });
  y += 8;
  for (const { Name, Tariff, BaseAmount, VATAmount } of vat) {
    drawn.push({ x: left, y, text: `DPH ${Tariff} % - ${Name}` });
    drawn.push({ x: 420, y, text: amount(BaseAmount), right: true });
    drawn.push({ x: right, y, text: amount(VATAmount), right: true });
    y += lineHeight;
  }
  const total = `${amount(head['Amount'])} ${head['Currency']}`;
  drawn.push({ x: left, y: y + 10, text: `Celkem k úhradě: ${total}`, size: 12, bold: true });
  drawn.push({ x: left, y: 800, text: `Strana ${number}`, size: 8 });
  return drawn;
}
