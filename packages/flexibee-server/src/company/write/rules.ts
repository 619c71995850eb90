import { type Database, quoted, type Row } from '../database.ts';
import type { Evidence } from '../evidence/index.ts';
import { plain } from '../filter/plain.ts';
import { localDate } from '../time.ts';
import { completeItem } from './items.ts';
import { completeDue } from './pairing.ts';
import { completePrices, completeSums, number } from './sums.ts';

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

/** Fills in what FlexiBee fills in: defaults of new records, partner, sums. */
export function complete(row: Row, context: RuleContext): void {
  const { evidence, creating, now } = context;
  if (creating) defaults(row, evidence, now);
  if (evidence.path === 'adresar') completePartnerCode(row, context.db);
  if (evidence.path === 'cenik') completePrices(row);
  completeItem(row, context);
  if (evidence.newestFirst === true) completeDocument(row, context);
}

function defaults(
  row: Row,
  { path, properties, newestFirst, validity }: Evidence,
  now: number,
): void {
  const missing = (name: string, value: Row[string]) => {
    row[name] ??= value;
  };
  if (validity === true) {
    // What a real server's filter implies: valid from ever and for ever.
    missing('platiOd', 0);
    missing('platiDo', 9999);
  }
  if (path === 'adresar' || path === 'cenik') missing('stat', 39);
  if (path === 'adresar') missing('typVztahuK', 'typVztahu.odberDodav');
  if (path === 'cenik') {
    missing('typZasobyK', 'typZasoby.zbozi');
    missing('typSzbDphK', 'typSzbDph.dphZakl');
    missing('typCenyDphK', 'typCeny.bezDph');
    missing('mj1', 1131);
    missing('cenJednotka', 1);
  }
  if (path === 'nastaveni') {
    missing('mena', 31);
    missing('podvojUcto', 1);
  }
  if (newestFirst === true) {
    missing('mena', 31);
    missing('datVyst', localDate(now));
    missing('zamekK', 'zamek.otevreno');
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
  if (!hasItems(db, evidence, row)) completeSums(row, given);
  completeDue(row, evidence, db);
}

function hasItems(db: Database, { children }: Evidence, row: Row): boolean {
  const id = row['id'];
  if (typeof id !== 'number' || children === undefined) return false;
  const sql = `SELECT 1 FROM ${quoted(children.evidence)} WHERE ${quoted(children.parent)} = ?`;
  return db.one(sql, id) !== undefined;
}

/** The days that a date of ours can be written as, and that are read again. */
const firstDay = Date.parse('0001-01-01');
const lastDay = Date.parse('9999-12-31');

function addDays(date: string, days: number): string {
  const day = Date.parse(date) + days * 86_400_000;
  return new Date(Math.min(Math.max(day, firstDay), lastDay)).toISOString().slice(0, 10);
}
