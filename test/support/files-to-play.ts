/**
 * Which files `npm test` plays: all, but of those that start whole machines, kill workers or read
 * a million rows a share, others each time. `EVERY_CASE=1 npm test` plays all.
 */

import { globSync } from 'node:fs';
import { someOf } from './some-of.ts';

/** Each takes ten seconds of a processor and more. */
const long = [
  'test/{chaos,fire,hostile,mcp,page}/**/*.test.ts',
  'test/end-to-end/{cli,closures-and-keys,dynsql,flexibee}.test.ts',
  'test/{telemetry/telemetry,docs/{adding,commands},examples/another-company,openapi/client,catalog/mutation}.test.ts',
  'test/functions/{after-changes,board,board-run,checks,flexibee-scenarios}.test.ts',
  'test/functions/{follow-company,hidden-names,idempotency}.test.ts',
  'test/functions/{letting-go,newest-content,odd-storage,overview,schedules,success}.test.ts',
  'test/{database/contract/contract,database/wire/decimals,sqlserver/demo-suite}.test.ts',
  'test/flexibee/{apply,follow,reconcile}.test.ts',
  'test/sync/{engine.faults,races,again/retry,run-search,waiting/*}.test.ts',
  'test/{board/schedule/nights,cli/catalog-diff,events/deliver}.test.ts',
  'demo/test/{crash,sql-server,sync,wire,start-beside,start-ends-late,start-left,start-workers}.test.ts',
];

/** The long ones first, so that no processor waits for them at the end. */
export function testFiles(): string[] {
  const all = globSync(
    ['test/**/*.test.ts', 'demo/test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    {
      exclude: (name) => name === 'node_modules' || name.endsWith('/node_modules'),
    },
  );
  const slow = globSync(long).sort();
  return [...someOf(slow, 1 / 4), ...all.filter((file) => !slow.includes(file)).sort()];
}
