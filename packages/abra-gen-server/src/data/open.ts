/** The connection's data: made once, kept in a file where there is a directory. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { matchesPattern } from '../query/pattern.ts';
import { insertCountries, insertOthers } from './code-lists.ts';
import { sortKey } from './czech.ts';
import { inserter } from './insert.ts';
import { leastInvoices } from './invoice-plan.ts';
import { insertInvoices } from './invoices.ts';
import { randomOf } from './random.ts';
import { schema } from './schema.ts';
import { insertStock } from './stock.ts';

/** Of tables and made rows; a file of another one is an error, `--fresh` makes it anew. */
const version = 1;

export interface DataOptions {
  /** Absent: in memory. */
  directory?: string;
  /** How many are made, 600 at least; a file that is there keeps its own. Default: 3000. */
  invoices?: number;
}

/** @throws RangeError for fewer invoices than 600; Error for a file of another version */
export function openData({ directory, invoices = 3_000 }: DataOptions): DatabaseSync {
  if (!Number.isInteger(invoices) || invoices < leastInvoices) {
    throw new RangeError(
      `invoices is ${invoices}; it must be a whole number from ${leastInvoices}`,
    );
  }
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  const file = directory === undefined ? ':memory:' : join(directory, 'demodata.sqlite');
  const database = new DatabaseSync(file);
  try {
    database.function('czech_key', { deterministic: true }, (text) =>
      typeof text === 'string' ? sortKey(text) : text,
    );
    database.function('matches', { deterministic: true }, (text, pattern, flags) =>
      Number(typeof text === 'string' && matchesPattern(text, String(pattern), flags === 'i')),
    );
    const found = database.prepare('PRAGMA user_version').get()?.['user_version'];
    if (found === 0) fill(database, invoices);
    else if (found !== version) {
      throw new Error(
        `${file} is of version ${found}, not ${version}: remove it (npm start -- --fresh)`,
      );
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** All of it or nothing: a process that dies meanwhile leaves an empty file. */
function fill(database: DatabaseSync, invoices: number): void {
  database.exec('BEGIN IMMEDIATE');
  database.exec(schema);
  const insert = inserter(database);
  insertCountries(insert);
  insertStock(insert);
  insertInvoices(database, invoices);
  insertOthers(insert, randomOf(1));
  database.exec(`PRAGMA user_version = ${version}`);
  database.exec('COMMIT');
}
