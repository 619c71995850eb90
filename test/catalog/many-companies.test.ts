/** What a catalogue costs to read grows with its companies, not with their square. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCatalog } from '../../shared/catalog/index.ts';
import { shippedJson } from './edited.ts';

function withCompanies(count: number): object {
  const shipped = shippedJson() as { dataSources: { system: string }[] };
  const company = (code: string) => ({
    ...{ code, description: code, system: 'flexibee' },
    company: { server: 'flexibee', connection: 'FLEXIBEE_DEMO', name: code },
  });
  const others = shipped.dataSources.filter(({ system }) => system !== 'flexibee');
  const companies = Array.from({ length: count }, (_, index) => company(`c${index}`));
  return { ...shipped, dataSources: [...others, ...companies] };
}

/** Processor time, so that a busy machine has no say. */
function cost(count: number): number {
  const json = withCompanies(count);
  const before = process.cpuUsage();
  assert.equal(parseCatalog(json).companies.length, count);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test('ten times the companies take no more than six times the time, what a process compiles first included', () => {
  cost(200);
  const [few, many] = [cost(300), cost(3_000)];
  assert.ok(many < 6 * few, `${few.toFixed(0)} ms for 300, ${many.toFixed(0)} ms for 3,000`);
});
