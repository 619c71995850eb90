/**
 * A mirror of many records with ten differences, held against its company while changes go on: what
 * is found, with how many requests, in how much memory. Exit code 1 where a promise is broken.
 */

import { poll } from '../../shared/flexibee/follow.ts';
import { sqlMirrorRows } from '../../shared/flexibee/reconcile/mirror-rows.ts';
import { reconcile, reconciliationStore } from '../../shared/flexibee/reconcile/reconcile.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { evidences, follow, type Place } from './following.ts';
import { load, startSystems } from './systems.ts';

const company = 'c1';
const never = new AbortController().signal;
const promised = { requests: 60, megabytes: 50 };
/** Rows that are made wrong: so many payloads, so many rows removed. */
const different = 6;
const missing = 4;

export async function benchReconcile(records: number): Promise<void> {
  const systems = await startSystems();
  const place: Place = {
    flexibeeUrl: systems.flexibee.url,
    sqlServer: systems.sqlServer,
    storage: systems.azurite.connectionString,
    company,
    leaseSeconds: 60,
  };
  const { context, databases, close } = await follow(place);
  const query = (text: string) => databases.query('ab', text, [], never);
  try {
    await systems.flexibee.bulk(company, { changes: records, records });
    await poll(context, { waitForLockMs: 0 }, never);
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
      rows: sqlMirrorRows(databases, company, () => 'ab'),
      documents: reconciliationStore(container, 60),
    };
    await systems.flexibee.clear();
    globalThis.gc?.();
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
  requests   ${requests} (${JSON.stringify(counts)}), at most ${promised.requests}
  memory     ${megabytes} MB more, less than ${promised.megabytes}`);
    const isRight =
      outcome === 'done' &&
      found.missing === missing &&
      found.extra === 0 &&
      found.different === different &&
      requests <= promised.requests &&
      megabytes < promised.megabytes;
    if (!isRight) process.exitCode = 1;
  } finally {
    await close();
    await systems.close();
  }
}
