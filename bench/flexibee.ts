/**
 * `npm run bench:flexibee -- <part>`: how following FlexiBee companies does against its goals, on
 * real storage (Azurite), over HTTP and the SQL Server protocol, every server in a process of its
 * own. Parts: catch-up, million, idle, companies, hook, reconcile, report-query.
 */

import { benchCatchUp } from './flexibee/catch-up.ts';
import { benchCompanies } from './flexibee/companies.ts';
import { benchHook } from './flexibee/hook.ts';
import { benchIdle } from './flexibee/idle.ts';
import { benchMillion } from './flexibee/million.ts';
import { benchReconcile } from './flexibee/reconcile.ts';
import { benchReportQuery } from './flexibee/report-query.ts';

const parts: Record<string, () => Promise<void>> = {
  'catch-up': benchCatchUp,
  million: benchMillion,
  idle: benchIdle,
  companies: benchCompanies,
  hook: benchHook,
  reconcile: benchReconcile,
  'report-query': benchReportQuery,
};

const [name = ''] = process.argv.slice(2);
const part = parts[name];
if (part === undefined) {
  console.error(`Which part? One of ${Object.keys(parts).join(', ')}`);
  process.exitCode = 1;
} else await part();
