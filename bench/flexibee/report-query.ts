/**
 * What a report asks, the sum of invoices by month and firm, of the typed table and of the mirror's
 * JSON: the same rows, the same run. On SQLSERVER_URL (a database for tests) when that is set, else on
 * the stand-in.
 */

import { once } from 'node:events';
import { startFlexibee } from 'flexibee-server';
import { Databases } from '../../shared/database/databases.ts';
import { openCompany } from '../../shared/flexibee/client.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import { sqlTypedBase } from '../../shared/flexibee/typed/base.ts';
import { account } from './following.ts';
import { forkReady, load, median } from './systems.ts';

const evidence = 'faktura-vydana';
const company = 'bench';
/** Of many invoices each query is made once. */
const times = (invoices: number) => (invoices > 50_000 ? 1 : 3);
/** The mirror's query is given up after it: that many times slower is an answer, too. */
const longestMs = 15 * 60_000;
const never = new AbortController().signal;

const typedQuery = `SELECT YEAR(datVyst) AS y, MONTH(datVyst) AS m, firma_id AS firm, SUM(sumCelkem) AS total
FROM flexi.faktura_vydana_living WHERE company = N'${company}'
GROUP BY YEAR(datVyst), MONTH(datVyst), firma_id ORDER BY y, m, firm`;

const jsonQuery = `SELECT y, m, firm, SUM(total) AS total FROM (
  SELECT YEAR(TRY_CONVERT(date, LEFT(JSON_VALUE(payload, '$.datVyst'), 10))) AS y,
    MONTH(TRY_CONVERT(date, LEFT(JSON_VALUE(payload, '$.datVyst'), 10))) AS m,
    TRY_CONVERT(bigint, NULLIF(REPLACE(RIGHT(JSON_VALUE(payload, '$."firma@ref"'), CHARINDEX('/', REVERSE(JSON_VALUE(payload, '$."firma@ref"'))) - 1), '.json', ''), '')) AS firm,
    TRY_CONVERT(decimal(15, 2), JSON_VALUE(payload, '$.sumCelkem')) AS total
  FROM crude.flexibee_record
  WHERE company = N'${company}' AND evidence = N'${evidence}' AND deleted = 0
) AS r GROUP BY y, m, firm ORDER BY y, m, firm`;

/** As many invoices as it takes, each of another month and firm, with all their fields. */
async function fillMirror(
  databases: Databases,
  invoices: number,
  samples: readonly Record<string, unknown>[],
) {
  const batch = 1_000;
  for (let from = 0; from < invoices; from += batch) {
    const rows = Array.from({ length: Math.min(batch, invoices - from) }, (_, index) => {
      const id = from + index + 1;
      const month = String((id % 12) + 1).padStart(2, '0');
      return {
        id,
        payload: {
          ...samples[id % samples.length],
          id: `${id}`,
          datVyst: `20${20 + (id % 7)}-${month}-15+01:00`,
          'firma@ref': `/c/demo/adresar/${id % 50}.json`,
          sumCelkem: `${id % 100_000}.5`,
        },
      };
    });
    await databases.query(
      'ab',
      `INSERT INTO crude.flexibee_record (company, evidence, record_id, external_ids, generation, version, read_at, deleted, payload, created_at, updated_at)
SELECT @company, @evidence, j.id, N'[]', 1, 1, SYSUTCDATETIME(), 0, j.payload, SYSUTCDATETIME(), SYSUTCDATETIME()
FROM OPENJSON(@rows) WITH (id bigint '$.id', payload nvarchar(max) '$.payload' AS JSON) AS j`,
      [
        { name: 'company', type: 'nvarchar(64)', value: company },
        { name: 'evidence', type: 'nvarchar(64)', value: evidence },
        { name: 'rows', type: 'nvarchar(max)', value: JSON.stringify(rows) },
      ],
      never,
    );
  }
}

/** @returns without rows where it was given up */
async function measured(databases: Databases, sql: string, count: number) {
  const ms: number[] = [];
  let rows: Record<string, unknown>[] | undefined;
  for (let time = 0; time < count; time += 1) {
    const begun = performance.now();
    const within = AbortSignal.timeout(longestMs);
    rows = await databases.query('ab', sql, [], within).catch((error: unknown) => {
      if (within.aborted) return undefined;
      throw error;
    });
    ms.push(performance.now() - begun);
    if (rows === undefined) break;
  }
  return { ms: median(ms), rows };
}

async function compare(databases: Databases, invoices: number): Promise<void> {
  const flexibee = await startFlexibee({ companies: [{ name: 'demo' }] });
  const servers = new FlexibeeServers();
  const address = { origin: flexibee.url, ...account, trustServerCertificate: false };
  const source = openCompany({ code: company, name: 'demo', address }, servers);
  const base = sqlTypedBase(databases, 'ab');
  try {
    const told = await source.properties(evidence, never);
    const { records } = await source.list(evidence, { afterId: '0', limit: 1_000 }, never);
    await databases.query(
      'ab',
      `DELETE FROM crude.flexibee_record WHERE company = N'${company}'; DELETE FROM flexi.filled WHERE company = N'${company}'`,
      [],
      never,
    );
    const started = performance.now();
    const since = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    await fillMirror(
      databases,
      invoices,
      records.map(({ payload }) => payload),
    );
    console.log(`the mirror has its rows after ${since()} (${load()})`);
    await base.shape(company, evidence, told, never);
    while (await base.fill(evidence, never));
    console.log(`the typed table has them after ${since()}`);
    const count = times(invoices);
    const typed = await measured(databases, typedQuery, count);
    const json = await measured(databases, jsonQuery, count);
    const isSame = JSON.stringify(typed.rows) === JSON.stringify(json.rows);
    const answers = json.rows === undefined ? 'of one alone' : isSame ? 'the same' : 'DIFFER';
    if (json.rows !== undefined && !isSame) process.exitCode = 1;
    const least = json.rows === undefined ? 'given up: more than ' : '';
    console.log(`
the sum of ${invoices} invoices by month and firm, median of ${count} (${load()})
  answers              ${answers}, ${typed.rows?.length} rows
  typed table          ${typed.ms.toFixed(0)} ms
  JSON_VALUE on mirror ${json.ms.toFixed(0)} ms, ${least}${(json.ms / typed.ms).toFixed(1)} times`);
  } finally {
    servers.close();
    await flexibee.close();
  }
}

export async function benchReportQuery(invoices: number): Promise<void> {
  const given = process.env['SQLSERVER_URL'];
  const standIn = given
    ? undefined
    : await forkReady<{ connectionString: string }>('./sql-server.ts');
  const connectionString = given ?? standIn?.ready.connectionString ?? '';
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  try {
    await compare(databases, invoices);
  } finally {
    await databases.close();
    if (standIn !== undefined) {
      const exit = once(standIn.child, 'exit');
      standIn.child.disconnect();
      await exit;
    }
  }
}
