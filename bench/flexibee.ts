/**
 * `npm run bench:flexibee -- <part>`: how following FlexiBee companies does against its goals, on
 * real storage (Azurite), over HTTP and the SQL Server protocol, every server in a process of its
 * own. Parts: catch-up, million, idle, companies, hook, reconcile, report-query.
 */

import { commandLine } from '../shared/command-line/command-line.ts';
import { wholeNumber } from '../shared/command-line/options.ts';
import { benchCatchUp } from './flexibee/catch-up.ts';
import { benchCompanies } from './flexibee/companies.ts';
import { benchHook } from './flexibee/hook.ts';
import { benchIdle } from './flexibee/idle.ts';
import { benchMillion } from './flexibee/million.ts';
import { benchReconcile } from './flexibee/reconcile.ts';
import { benchReportQuery } from './flexibee/report-query.ts';

const parts: Record<string, () => Promise<void>> = {
  'catch-up': () =>
    benchCatchUp({
      changes: values.changes ?? 100_000,
      isTyped: values.typed,
      rounds: values.rounds,
    }),
  million: () => benchMillion(values.changes ?? 1_000_000),
  idle: benchIdle,
  companies: () => benchCompanies(values.companies, values.workers),
  hook: benchHook,
  reconcile: () => benchReconcile(values.records),
  'report-query': () => benchReportQuery(values.invoices),
};

const values = commandLine({
  name: 'npm run bench:flexibee --',
  what: 'How following FlexiBee companies does against its goals.',
  parts: Object.keys(parts),
  options: {
    changes: wholeNumber('of catch-up (100000) and of million (1000000)', 1, 100_000_000),
    typed: { type: 'flag', help: 'catch-up with the typed tables' },
    rounds: wholeNumber(
      'of catch-up: companies in turn, bulk inserts only, medians; 0: everything',
      0,
      100,
      0,
    ),
    records: wholeNumber('of reconcile', 1, 100_000_000, 1_000_000),
    invoices: wholeNumber('of report-query', 1, 100_000_000, 200_000),
    companies: wholeNumber('of companies', 1, 10_000, 1_000),
    workers: wholeNumber('of companies', 1, 9, 3),
  },
});
await parts[values.part]?.();
