/**
 * A mirror of many records with ten differences, held against its company while changes go on: what
 * is found, with how many requests, in how much memory. The mirror is filled beside the apply, which
 * the other parts measure. Exit code 1 where a promise is broken.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { poll } from '../../shared/flexibee/follow.ts';
import { identityOf } from '../../shared/flexibee/history.ts';
import { sqlMirrorRows } from '../../shared/flexibee/reconcile/mirror-rows.ts';
import { reconcile, reconciliationStore } from '../../shared/flexibee/reconcile/reconcile.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { evidences, type Following, follow, type Place } from './following.ts';
import { load, startSystems } from './systems.ts';

const company = 'c1';
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const never = new AbortController().signal;
const promised = { requests: 60, megabytes: 50 };
/** Rows that are made wrong: so many payloads, so many rows removed. */
const different = 6;
const missing = 4;

/** Records in one request and one statement. */
const fillSize = 20_000;

/** Rows and cursor as following would leave them; of records no more than is compared. */
async function fill({ context, source, databases }: Following): Promise<void> {
  const held = await context.cursors.acquire(company, never);
  const cursor = held?.value;
  if (held === undefined || cursor === undefined) throw new Error('the company has not begun');
  const newest = await source.newestVersion(never);
  const { changes } = await source.changes({ start: newest, limit: 1 }, never);
  const detail = 'custom:id,lastUpdate';
  const text = `INSERT INTO crude.flexibee_record (company, evidence, record_id, code, external_ids,
   generation, version, read_at, deleted, payload, created_at, updated_at)
 SELECT @company, @evidence, id, NULL, N'[]', @generation, @version, @now, 0, payload, @now, @now
 FROM OPENJSON(@records) WITH (id bigint '$.id', payload nvarchar(max) '$.payload' AS JSON)`;
  const { generation } = cursor;
  for (const evidence of evidences) {
    let afterId: string | undefined;
    for (;;) {
      const { records } = await source.list(evidence, { afterId, limit: fillSize, detail }, never);
      if (records.length === 0) break;
      const rows = JSON.stringify(records.map(({ id, payload }) => ({ id, payload })));
      const parameters = [
        { name: 'company', type: 'nvarchar(64)', value: company },
        { name: 'evidence', type: 'nvarchar(64)', value: evidence },
        { name: 'generation', type: 'int', value: generation },
        { name: 'version', type: 'bigint', value: String(newest) },
        { name: 'now', type: 'datetime2(3)', value: context.now().toISOString().slice(0, -1) },
        { name: 'records', type: 'nvarchar(max)', value: rows },
      ] as const;
      await databases.query('ab', text, parameters, never);
      afterId = records.at(-1)?.id;
    }
  }
  const [last] = changes;
  const identity = last && { last: identityOf(last) };
  const next = { ...cursor, next: newest + 1, globalVersion: newest, gaps: [], ...identity };
  await held.replace(next, never);
  await held.release();
}

export async function benchReconcile(records: number): Promise<void> {
  const systems = await startSystems();
  const place: Place = {
    flexibeeUrl: systems.flexibee.url,
    sqlServer: systems.sqlServer,
    storage: systems.azurite.connectionString,
    company,
    leaseSeconds: 60,
  };
  const following = await follow(place);
  const { context, counted, databases, close } = following;
  const query = (text: string) => databases.query('ab', text, [], never);
  try {
    await poll(context, { waitForLockMs: 0 }, never);
    const started = performance.now();
    const since = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    await systems.flexibee.bulk(company, { changes: records, records });
    console.log(`the company has its records after ${since()}`);
    await fill(following);
    console.log(`the mirror has its rows after ${since()}`);
    const [largest] = await query(
      `SELECT TOP 1 evidence FROM crude.flexibee_record GROUP BY evidence ORDER BY COUNT(*) DESC`,
    );
    const spoilt = (from: number, count: number) =>
      `evidence = N'${largest?.['evidence']}' AND record_id IN (SELECT TOP (${count}) record_id
       FROM crude.flexibee_record WHERE evidence = N'${largest?.['evidence']}' AND deleted = 0
         AND record_id > ${from} ORDER BY record_id)`;
    const old = `N'{"lastUpdate":"2001-01-01T00:00:00.000+01:00"}'`;
    await query(`UPDATE crude.flexibee_record SET payload = ${old} WHERE ${spoilt(0, different)}`);
    await query(`DELETE FROM crude.flexibee_record WHERE ${spoilt(100, missing)}`);
    const [count] = await query(
      `SELECT COUNT(*) AS rows FROM crude.flexibee_record WHERE deleted = 0`,
    );
    console.log(`${count?.['rows']} rows over ${evidences.length} evidences (${load()})`);
    const container = await openContainer(
      { kind: 'connection string', connectionString: place.storage },
      never,
    );
    const reconciling = {
      follow: context,
      counted,
      rows: sqlMirrorRows(databases, company, () => 'ab'),
      documents: reconciliationStore(container, 60),
    };
    await systems.flexibee.clear();
    // What the filling has left is no part of it.
    collectGarbage();
    const before = process.memoryUsage().rss;
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const begun = performance.now();
    // Changes go on: they are no differences.
    const meanwhile = setInterval(() => {
      void systems.flexibee.bulk(company, { changes: 20, records: 20 });
    }, 500);
    const outcome = await reconcile(reconciling, 'bench', never);
    clearInterval(meanwhile);
    const ms = performance.now() - begun;
    clearInterval(timer);
    const last = (await reconciling.documents.read(company, never))?.last;
    const { counts } = await systems.flexibee.requests(company);
    const requests = Object.values(counts).reduce((sum, one) => sum + one, 0);
    const found = Object.values(last?.found ?? {}).reduce(
      (sum, one) => ({
        missing: sum.missing + one.missing,
        extra: sum.extra + one.extra,
        different: sum.different + one.different,
      }),
      { missing: 0, extra: 0, different: 0 },
    );
    const megabytes = Math.round((most - before) / 2 ** 20);
    console.log(`${outcome} in ${(ms / 1000).toFixed(1)} s (${load()})
  found      ${JSON.stringify(found)}, made ${JSON.stringify({ missing, extra: 0, different })}
  requests   ${last?.requests}, at most ${promised.requests}
             with the poll of what went on ${requests} (${JSON.stringify(counts)})
  memory     ${megabytes} MB more, less than ${promised.megabytes}`);
    const isRight =
      outcome === 'done' &&
      found.missing === missing &&
      found.extra === 0 &&
      found.different === different &&
      (last?.requests ?? Number.NaN) <= promised.requests &&
      megabytes < promised.megabytes;
    if (!isRight) process.exitCode = 1;
  } finally {
    await close();
    await systems.close();
  }
}
