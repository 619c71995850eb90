/**
 * What dynsql costs over the bare driver: a million payments, read by both in turns, and by the
 * driver with our value reader (`exact`), so that whatever else the machine does falls on all; and 50,000 personal accounts with their payments,
 * meters and readings.
 *
 * Prints rates by the clock and by this process's processor time (the stand-in that both ask takes
 * the other half), the first byte after the bare driver's first row, and how far memory grew.
 * The same rows as CSV and XLSX are held against JSON. Goals: at least 90 % of the bare rate, 70 % and
 * 30 % of JSON's, 60 MB more in use, 100 MB more resident, one change in what is read while somebody
 * writes. Exit code 1 when one is missed.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import sql from 'mssql';
import valueParser from 'tedious/lib/value-parser.js';
import { commandLine } from '../shared/command-line/command-line.ts';
import { parseAddress } from '../shared/database/address.ts';
import { Databases } from '../shared/database/databases.ts';
import { driverReader } from '../shared/database/wire/value-reader.ts';
import type { CheckedQuery, Statement } from '../shared/dynsql/definition.ts';
import { requireQuery } from '../shared/dynsql/language/query.ts';
import { shippedDynsql } from '../shared/dynsql/language/shipped-dynsql.ts';
import { runQuery } from '../shared/dynsql/run/run-query.ts';
import { tableRows } from '../shared/dynsql/run/table-rows.ts';
import { buildStatement } from '../shared/dynsql/sql/statements.ts';
import { csvPieces } from '../shared/dynsql/tables/csv.ts';
import { type TableAnswer, tablesOf } from '../shared/dynsql/tables/table.ts';
import { workbookPieces } from '../shared/dynsql/tables/xlsx/workbook.ts';
import { changesIn, writesBeside } from './dynsql/beside-a-sync.ts';

commandLine({
  name: 'npm run bench:dynsql --',
  what: 'What dynsql costs over the bare driver: a million payments, and accounts with what is theirs.',
  options: {},
  more: 'Exit code 1 when it has less than 90 % of the bare rate, takes more than 100 MB, or mixes moments.',
});

const rounds = 3;
const goals = { share: 0.9, csv: 0.7, xlsx: 0.3, inUse: 60, megabytes: 100 };
const deadline = AbortSignal.timeout(1_800_000);

type ReadValue = typeof valueParser.readValue;
/** In its place since the database layer was loaded. */
const exactReader: ReadValue = valueParser.readValue;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Measured {
  milliseconds: number;
  cpuMilliseconds: number;
  /** Until the first row, or the first byte. */
  firstMs: number;
  rows: number;
  bytes: number;
  /** Of the resident set, and of what is in use after a garbage collection. */
  grownMegabytes: { resident: number; used: number };
}

type Read = (onBytes: (bytes: number, rows: number) => void) => Promise<void>;

/** @param sampleBytes how often memory is looked at, which costs a garbage collection */
async function measured(read: Read, sampleBytes = 20_000_000): Promise<Measured> {
  collectGarbage();
  const used = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = { resident: process.memoryUsage.rss(), used: used() };
  const most = { ...before };
  const cpu = process.cpuUsage();
  const start = performance.now();
  let [bytes, rows, firstMs, sampledAt] = [0, 0, 0, 0];
  await read((moreBytes, moreRows) => {
    if (bytes === 0) firstMs = performance.now() - start;
    bytes += moreBytes;
    rows += moreRows;
    if (bytes - sampledAt < sampleBytes) return;
    sampledAt = bytes;
    most.resident = Math.max(most.resident, process.memoryUsage.rss());
    collectGarbage();
    most.used = Math.max(most.used, used());
  });
  const { user, system } = process.cpuUsage(cpu);
  return {
    milliseconds: performance.now() - start,
    cpuMilliseconds: (user + system) / 1000,
    firstMs,
    rows,
    bytes,
    grownMegabytes: {
      resident: (most.resident - before.resident) / 1e6,
      used: (most.used - before.used) / 1e6,
    },
  };
}

/** Rows as mssql gives them, each to JSON, and nothing else. @param readValue reads the values */
function bare(
  pool: sql.ConnectionPool,
  { sql: text, parameters }: Statement,
  readValue: ReadValue,
): Read {
  return async (onBytes) => {
    Object.assign(valueParser, { readValue });
    const request = pool.request();
    request.stream = true;
    for (const { name, value } of parameters) request.input(name, value);
    request.on('row', (row) => onBytes(Buffer.from(JSON.stringify(row)).length, 1));
    await request.query(text);
    Object.assign(valueParser, { readValue: exactReader });
  };
}

function ours(databases: Databases, statement: Statement): Read {
  return async (onBytes) => {
    for await (const piece of runQuery(statement, databases, 'ab', deadline)) {
      onBytes(piece.length, 0);
    }
  };
}

/** The same rows as a table of some form. */
function asTable(
  databases: Databases,
  { id, body }: { id: string; body: unknown },
  pieces: (answer: Pick<TableAnswer, 'tables' | 'rows'>) => AsyncIterable<Uint8Array>,
): Read {
  const query = queryOf(id, body);
  const statement = buildStatement(query);
  return async (onBytes) => {
    const rows = tableRows(statement, databases, 'ab', deadline);
    for await (const piece of pieces({ tables: tablesOf(query), rows })) onBytes(piece.length, 0);
  };
}

function queryOf(id: string, body: unknown): CheckedQuery {
  const definition = shippedDynsql().definitions.find((one) => one.id === id);
  if (definition === undefined) throw new Error(`no definition ${id}`);
  return requireQuery(definition, body);
}

const statementOf = (id: string, body: unknown): Statement => buildStatement(queryOf(id, body));

const ofPayments = {
  id: 'AB02SYNCBOARDPAYMENTS00001',
  body: {
    select: ['payment_id', 'period', 'payment_date', 'amount', 'bank_code', 'personal_account_id'],
  },
};
const payments = statementOf(ofPayments.id, ofPayments.body);
const accounts = statementOf('AB01SYNCBOARDACCOUNTS00001', {
  select: ['personal_account_id', 'account_number', 'owner_name', 'premises_address'],
  datasets: [
    { name: 'payments', select: ['payment_id', 'amount'] },
    { name: 'meters', select: ['serial_number'] },
    { name: 'readings', select: ['reading_date', 'reading'] },
  ],
});

const metered = statementOf('AB01SYNCBOARDACCOUNTS00001', {
  select: ['residents'],
  datasets: [{ name: 'meters', select: ['initial_reading'] }],
});
const firstAccounts = statementOf('AB01SYNCBOARDACCOUNTS00001', {
  select: ['account_number'],
  datasets: [{ name: 'payments', select: ['payment_id', 'amount'] }],
  top: 10,
});

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const child = fork(fileURLToPath(new URL('dynsql/server.ts', import.meta.url)), {
  execArgv: ['--disable-warning=ExperimentalWarning'],
});
const [connectionString] = (await once(child, 'message')) as [string];
const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
const { config } = parseAddress(connectionString);
const pool = await new sql.ConnectionPool({ ...config, requestTimeout: 0 }).connect();

type Reading = Record<'bare' | 'exact' | 'ours' | 'csv' | 'xlsx', Measured>;
const readings: Reading[] = [];
for (let round = 0; round < rounds; round += 1) {
  const one = {
    bare: await measured(bare(pool, payments, driverReader)),
    exact: await measured(bare(pool, payments, exactReader)),
    ours: await measured(ours(databases, payments)),
    csv: await measured(asTable(databases, ofPayments, csvPieces), 7_000_000),
    xlsx: await measured(asTable(databases, ofPayments, workbookPieces), 4_000_000),
  };
  readings.push(one);
  for (const [
    name,
    { milliseconds, cpuMilliseconds, firstMs, bytes, grownMegabytes },
  ] of Object.entries(one)) {
    console.log(
      `${name.padEnd(5)} ${(milliseconds / 1000).toFixed(1)} s, ${(cpuMilliseconds / 1000).toFixed(1)} s of processor, first after ${firstMs.toFixed(0)} ms, ${(bytes / 1e6).toFixed(0)} MB, memory ${grownMegabytes.used.toFixed(1)} MB in use, ${grownMegabytes.resident.toFixed(0)} MB resident`,
    );
  }
}
const rows = readings[0]?.bare.rows ?? 0;
const share = median(readings.map((one) => one.bare.milliseconds / one.ours.milliseconds));
const cpuShare = median(readings.map((one) => one.bare.cpuMilliseconds / one.ours.cpuMilliseconds));
const readers = median(readings.map((one) => one.bare.cpuMilliseconds / one.exact.cpuMilliseconds));
const later = median(readings.map((one) => one.ours.firstMs - one.bare.firstMs));
const grown = Math.max(...readings.map((one) => one.ours.grownMegabytes.resident));
console.log(
  `${rows} rows: ${(share * 100).toFixed(0)} % of the bare rate by the clock, ${(cpuShare * 100).toFixed(0)} % by processor time; first byte ${later.toFixed(1)} ms after the bare first row; memory grew by at most ${grown.toFixed(0)} MB`,
);

/** Rows a second of a table, as a share of JSON's. */
const ofJson = (form: 'csv' | 'xlsx') =>
  median(readings.map((one) => one.ours.milliseconds / one[form].milliseconds));
const tables = { csv: ofJson('csv'), xlsx: ofJson('xlsx') };
const grownBy = (form: keyof Reading) =>
  Math.max(...readings.map((one) => one[form].grownMegabytes.used));
console.log(
  `CSV ${(tables.csv * 100).toFixed(0)} %, XLSX ${(tables.xlsx * 100).toFixed(0)} % of JSON's rows a second; in use grew by at most ${grownBy('ours').toFixed(1)} MB, ${grownBy('csv').toFixed(1)} MB, ${grownBy('xlsx').toFixed(1)} MB`,
);

console.log(
  `with the value reader the bare driver has ${(readers * 100).toFixed(0)} % of its rate by processor time`,
);

/** A statement a level, side by side, as it was before; only read, where the answer was merged too. */
function byLevel(databases: Databases, { sql: text, parameters, levels }: Statement): Read {
  const [tables = ''] = text.split(/ SELECT 0 AS \[l\],/);
  return async (onBytes) => {
    const reading = levels.map(async (level, place) => {
      const suffix = place === 0 ? '' : `_${place}`;
      const names = [...level.positions, ...level.columns.map(({ name }) => name)];
      const own = names.map((name) =>
        name.slice(0, name.length - (name.endsWith(suffix) ? suffix.length : 0)),
      );
      const list = own.map((name) => `[${name}]`).join(', ');
      const order = level.positions.map((name) => `[${name}]`).join(', ');
      const sql = `${tables} SELECT ${list} FROM [__l${place}] ORDER BY ${order}`;
      for await (const { rows } of await databases.stream('ab', { sql, parameters }, deadline)) {
        onBytes(Buffer.from(JSON.stringify(rows)).length, rows.length);
      }
    });
    await Promise.all(reading);
  };
}

const nested = await measured(ours(databases, accounts));
const levels = await measured(byLevel(databases, accounts));
const page = await measured(ours(databases, firstAccounts));
console.log(
  `accounts: ${accounts.levels.length} levels in one statement, ${(nested.milliseconds / 1000).toFixed(1)} s, ${(nested.bytes / 1e6).toFixed(0)} MB, first byte after ${nested.firstMs.toFixed(0)} ms, memory ${nested.grownMegabytes.used.toFixed(1)} MB in use, ${nested.grownMegabytes.resident.toFixed(0)} MB resident`,
);
console.log(
  `a statement a level, side by side and not merged: ${(levels.milliseconds / 1000).toFixed(1)} s, ${levels.rows} rows; the first ten accounts with their payments: ${page.milliseconds.toFixed(0)} ms`,
);

const changed = await changesIn(databases, metered);
const writes = await writesBeside(databases, metered);
const ratio = writes.beside / writes.alone;
console.log(
  `50,000 accounts and meters while transactions change all of them: of ${changed.size} change; a transaction of 500 accounts takes ${writes.alone.toFixed(1)} ms alone, ${writes.beside.toFixed(1)} ms beside an answer that nobody reads (ratio ${ratio.toFixed(3)})`,
);

await pool.close();
await databases.close();
child.disconnect();
const isMissed =
  changed.size !== 1 ||
  Math.max(share, cpuShare) < goals.share ||
  tables.csv < goals.csv ||
  tables.xlsx < goals.xlsx ||
  Math.max(grownBy('ours'), grownBy('csv'), grownBy('xlsx')) > goals.inUse ||
  Math.max(grown, nested.grownMegabytes.resident) > goals.megabytes;
process.exitCode = isMissed ? 1 : 0;
