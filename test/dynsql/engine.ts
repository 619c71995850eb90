/** Aggregate bases for dynsql: the stand-in always, SQLSERVER_URL when given. */

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startSqlServer } from 'tds-sqlite';
import { countryTables } from '../../demo/billing/countries.ts';
import { aggregateSchema } from '../../demo/billing/tables.ts';
import { Databases } from '../../shared/database/databases.ts';
import type { RowBatch } from '../../shared/database/row-stream.ts';
import type { SqlText, Statement, StatementLevel } from '../../shared/dynsql/definition.ts';
import { runQuery } from '../../shared/dynsql/run/run-query.ts';
import { jsonText } from '../../shared/dynsql/run/values.ts';
import { install } from '../../sql/installer.ts';
import { readScripts } from '../../sql/scripts.ts';
import { soon } from '../support/storage.ts';
import { insert } from './rows.ts';

export interface Answered {
  name: string;
  items: Item[];
}
export type Item = Record<string, unknown>;

export interface Engine {
  name: string;
  isStandIn: boolean;
  /** Its JSON_VALUE gives text of one code page, where SQL Server's is national. */
  isBabelfish: boolean;
  run(text: string): Promise<void>;
  /**
   * Runs the statement, as it is and as it copies, and puts the rows of both together, the plainest
   * way: they must be the same.
   */
  answer(statement: Statement): Promise<Answered>;
  /** The answer as a client has it. */
  body(statement: Statement): Promise<Answered & { count?: number; next?: string }>;
  close(): Promise<void>;
}

export async function startStandIn(): Promise<Engine> {
  const server = await startSqlServer({
    logins: { tester: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  const own = `Server=127.0.0.1,${server.port};Database=AB;User Id=tester;Password=secret;Encrypt=false`;
  return open('the stand-in', own, () => server.close());
}

/** The database of SQLSERVER_URL is to be empty, or the demo's. */
export async function startEngines(): Promise<Engine[]> {
  const given = process.env['SQLSERVER_URL'];
  return [
    await startStandIn(),
    ...(given ? [await open('SQLSERVER_URL', given, async () => {})] : []),
  ];
}

const scripts = fileURLToPath(new URL('../../sql/install/', import.meta.url));

async function open(
  name: string,
  connectionString: string,
  stop: () => Promise<void>,
): Promise<Engine> {
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  const session = await databases.session('ab', soon());
  const { found } = (
    await session.query(
      "SELECT COUNT(*) AS found FROM sys.tables WHERE name = 'Countries2'",
      [],
      soon(),
    )
  )[0] ?? { found: 0 };
  if (found === 0) {
    for (const statement of aggregateSchema().split(/(?<=;\n)/)) {
      await session.batch(statement, soon());
    }
  }
  for (const { name: table, rows } of countryTables) {
    await session.batch(`DELETE FROM ${table}`, soon());
    await session.batch(insert(table, rows), soon());
  }
  await install(session, await readScripts(scripts), () => {}, soon());
  const [server] = await session.query('SELECT @@VERSION AS version', [], soon());
  const isBabelfish = /babelfish/i.test(String(server?.['version']));
  // Babelfish 4.3 has no Czech collations; letters differ by case in others just so.
  const known = (text: string) =>
    isBabelfish ? text.replaceAll('Czech_', 'Cyrillic_General_') : text;
  session.destroy();
  return {
    name,
    isStandIn: name === 'the stand-in',
    isBabelfish,
    async run(sql) {
      await databases.query('ab', sql, [], soon());
    },
    async answer(statement) {
      const rowsOf = async ({ sql, parameters }: SqlText) => {
        const asked = { sql: known(sql), parameters };
        const all: RowBatch[] = [];
        for await (const batch of await databases.stream('ab', asked, soon())) all.push(batch);
        return nestedRows(statement.levels, all);
      };
      const [direct, copied] = [await rowsOf(statement), await rowsOf(statement.copying)];
      assert.deepEqual(copied, direct);
      return direct;
    },
    async body(statement) {
      const pieces = Readable.from(runQuery(statement, databases, 'ab', soon()));
      return JSON.parse(await text(pieces));
    },
    async close() {
      await databases.close();
      await stop();
    },
  };
}

type Row = Record<string, unknown>;

const named = ({ columns, rows }: RowBatch): Row[] =>
  rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));

function nestedRows(levels: readonly StatementLevel[], batches: readonly RowBatch[]): Answered {
  const all = batches.flatMap(named);
  const kinds = batches[0]?.kinds;
  const under = (place: number, above: readonly number[], parentRow: Row | undefined): Answered => {
    const level = levels[place];
    if (level === undefined) throw new Error(`no level ${place}`);
    const rows = all.filter(
      (row) =>
        (row['l'] ?? 0) === place &&
        above.every((position, index) => row[`n${index}`] === position),
    );
    const write = level.columns.map((column) => ({
      column,
      text: jsonText(column, kinds?.get(column.name)),
    }));
    const items = rows.map((row, index) => {
      for (const { own, parent } of level.parentKey) {
        if (String(row[own]) !== String(parentRow?.[parent])) {
          throw new Error(`${level.dataset}: ${own} is ${row[own]}, not ${parentRow?.[parent]}`);
        }
      }
      const item: Item = Object.fromEntries(
        write.map(({ column, text }) => [column.key, JSON.parse(text(row[column.name]))]),
      );
      if (level.children.length > 0) {
        item['datasets'] = level.children.map((child) => under(child, [...above, index + 1], row));
      }
      return item;
    });
    return { name: level.dataset, items };
  };
  return under(0, [], undefined);
}
