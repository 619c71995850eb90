/** Aggregate bases for dynsql: the stand-in always, SQLSERVER_URL when given. */

import { fileURLToPath } from 'node:url';
import { startSqlServer } from 'tds-sqlite';
import { countryTables } from '../../demo/billing/countries.ts';
import { aggregateSchema } from '../../demo/billing/tables.ts';
import { Databases } from '../../shared/database/databases.ts';
import type { RowBatch } from '../../shared/database/row-stream.ts';
import type { Statement } from '../../shared/dynsql/definition.ts';
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
  /** Runs the statements and puts their rows together, the plainest way. */
  answer(statements: readonly Statement[]): Promise<Answered>;
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
    async run(text) {
      await databases.query('ab', text, [], soon());
    },
    async answer(statements) {
      const levels = await Promise.all(
        statements.map(async ({ sql, parameters }) => {
          const [batches] = await databases.streams(
            'ab',
            [{ sql: known(sql), parameters }],
            soon(),
          );
          const all: RowBatch[] = [];
          for await (const batch of batches ?? []) all.push(batch);
          return all;
        }),
      );
      return merge(statements, levels);
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

function merge(statements: readonly Statement[], levels: readonly RowBatch[][]): Answered {
  const under = (place: number, above: readonly number[], parentRow: Row | undefined): Answered => {
    const statement = statements[place];
    if (statement === undefined) throw new Error(`no statement ${place}`);
    const batches = levels[place] ?? [];
    const rows = batches
      .flatMap(named)
      .filter((row) => statement.positions.every((column, index) => row[column] === above[index]));
    const write = statement.columns.map((column) => ({
      column,
      text: jsonText(column, batches[0]?.kinds.get(column.name)),
    }));
    const items = rows.map((row, index) => {
      for (const { own, parent } of statement.parentKey) {
        if (String(row[own]) !== String(parentRow?.[parent])) {
          throw new Error(
            `${statement.dataset}: ${own} is ${row[own]}, not ${parentRow?.[parent]}`,
          );
        }
      }
      const item: Item = Object.fromEntries(
        write.map(({ column, text }) => [column.key, JSON.parse(text(row[column.name]))]),
      );
      if (statement.children.length > 0) {
        item['datasets'] = statement.children.map((child) =>
          under(child, [...above, index + 1], row),
        );
      }
      return item;
    });
    return { name: statement.dataset, items };
  };
  return under(0, [], undefined);
}
