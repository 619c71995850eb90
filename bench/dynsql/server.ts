/**
 * The stand-in for SQL Server with an aggregate base full of accounts, in a process of its own:
 * what the client costs is then not mixed with what the server costs.
 *
 * 50,000 personal accounts with 20 payments each, one meter each, and two readings a meter. Sends
 * the port when it listens.
 */

import { startSqlServer } from 'tds-sqlite';
import { aggregateSchema } from '../../demo/billing/tables.ts';
import { Databases } from '../../shared/database/databases.ts';

const numbers = Array.from({ length: 1000 }, (_, number) => number);
/** 0 to 49,999. */
const accounts =
  'SELECT a.n * 1000 + b.n AS id FROM bench_number AS a CROSS JOIN bench_number AS b WHERE a.n < 50';
const modified = "CAST('2019-08-01T06:30:00' AS datetime2(3))";
const date = (text: string) => `CAST('${text}' AS date)`;

const filling = [
  "INSERT INTO heap.list_datasource VALUES (1, 'bench', 'bench')",
  'CREATE TABLE bench_number (n int NOT NULL PRIMARY KEY)',
  `INSERT INTO bench_number SELECT CAST([value] AS int) FROM OPENJSON('${JSON.stringify(numbers)}')`,
  `INSERT INTO heap.premises (datasource_id, premises_id, address, kind, square, rooms, floor, date_modification)
   SELECT 1, id, N'г. Липецк, ул. Советская, д. ' + CAST(id AS nvarchar(9)), N'квартира', 54.30, 2, 3, ${modified}
   FROM (${accounts}) AS x`,
  `INSERT INTO heap.personal_account (datasource_id, personal_account_id, account_number, premises_id, owner_name, residents, opened_on, closed_on, date_modification)
   SELECT 1, id, 'A' + CAST(id AS varchar(9)), id, N'Иванова Мария Петровна', 3, ${date('2009-04-01')}, NULL, ${modified}
   FROM (${accounts}) AS x`,
  `INSERT INTO heap.payment (datasource_id, period, payment_id, personal_account_id, payment_date, amount, bank_code, date_modification)
   SELECT 1, ${date('2019-07-01')}, id * 20 + p.n, id, ${date('2019-07-15')}, 1234.50 + p.n, '044206604', ${modified}
   FROM (${accounts}) AS x CROSS JOIN bench_number AS p WHERE p.n < 20`,
  `INSERT INTO heap.meter (datasource_id, meter_id, serial_number, equipment_id, installed_on, verified_until, initial_reading, date_modification)
   SELECT 1, id, 'M' + CAST(id AS varchar(9)), 1, ${date('2015-01-01')}, ${date('2021-01-01')}, 12.345, ${modified}
   FROM (${accounts}) AS x`,
  `INSERT INTO heap.personal_account_meter (datasource_id, personal_account_id, meter_id, meter_place_id, date_from, date_to, date_modification)
   SELECT 1, id, id, NULL, ${date('2015-01-01')}, NULL, ${modified} FROM (${accounts}) AS x`,
  `INSERT INTO heap.meter_reading (datasource_id, period, meter_id, reading_date, reading, consumption, date_modification)
   SELECT 1, ${date('2019-07-01')}, id, DATEADD(day, p.n, ${date('2019-07-20')}), 345.678, 12.500, ${modified}
   FROM (${accounts}) AS x CROSS JOIN bench_number AS p WHERE p.n < 2`,
];

const server = await startSqlServer({
  databases: [{ name: 'AB', server: 'ab', schema: aggregateSchema(), procedures: [] }],
  logins: { bench: 'bench' },
});
process.on('disconnect', () => process.exit());
const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=bench;Password=bench;Encrypt=false`;
const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
const session = await databases.session('ab', AbortSignal.timeout(600_000));
for (const statement of filling) await session.batch(statement, AbortSignal.timeout(600_000));
session.release();
await databases.close();
process.send?.(connectionString);
