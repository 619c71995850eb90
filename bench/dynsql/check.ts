/** What it costs to check the manual's largest query and to build its statements. */

import { performance } from 'node:perf_hooks';
import { requireQuery } from '../../shared/dynsql/language/query.ts';
import { loadDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import invoices from '../../test/dynsql/fixtures/issued-invoices.json' with { type: 'json' };
import queries from '../../test/dynsql/fixtures/queries-of-the-manual.json' with { type: 'json' };

/**
 * Milliseconds of one check and build, the definition at hand: the median of `times`, and the very
 * first one, which pays for code that has not run before.
 */
export function checkAndBuild(times = 2_000): { first: number; median: number } {
  const definition = loadDefinition(invoices);
  const durations = Array.from({ length: times }, () => {
    const start = performance.now();
    buildStatement(requireQuery(definition, queries[0]));
    return performance.now() - start;
  });
  const [first = Number.NaN] = durations;
  const sorted = durations.toSorted((a, b) => a - b);
  return { first, median: sorted[Math.floor(times / 2)] ?? Number.NaN };
}
