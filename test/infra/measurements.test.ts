/** What the workbook and the alerts ask for is what the app measures, under the names it tells. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type Meter, metrics } from '@opentelemetry/api';
import workbook from '../../infra/workbook.json' with { type: 'json' };
import { measured, observeCalls, observePools } from '../../shared/telemetry/measurements.ts';
import { setTelling } from '../../shared/telemetry/telling.ts';
import { documentedMeasurements } from '../support/documented-measurements.ts';

const documented = await documentedMeasurements();
const alerts = await readFile(new URL('../../infra/modules/alerts.bicep', import.meta.url), 'utf8');
const queries = [
  ...workbook.items.flatMap(({ name, content }) =>
    content.query === undefined ? [] : [{ name, query: content.query }],
  ),
  ...[...alerts.matchAll(/name: '([a-z-]+)'\n.*\n.*\n(?:.*\/\/.*\n)?.*query: '(.+)'/g)].map(
    ([, name = '', query = '']) => ({ name, query }),
  ),
].filter(({ query }) => query.includes('AppMetrics'));

/** Each instrument that the app makes, with its kind. */
function made(): Map<string, string> {
  const found = new Map<string, string>();
  const meter = new Proxy({} as Meter, {
    get: (_, method) => (name: string) => {
      found.set(name, String(method).replace('create', '').replace('Observable', '').toLowerCase());
      return { addCallback: () => {} };
    },
  });
  metrics.setGlobalMeterProvider({ getMeter: () => meter });
  setTelling(true);
  try {
    measured();
    observePools(() => []);
    observeCalls(() => ({ working: 0, waiting: 0 }));
  } finally {
    setTelling(false);
    metrics.disable();
  }
  return found;
}

test('the documentation lists what the app measures, each as what it is', () => {
  const told = [...documented].map(([name, { kind }]) => [name, kind]);
  assert.deepEqual(new Map(told as [string, string][]), made());
});

const nameIn = (query: string) => /Name == "([^"]+)"/.exec(query)?.[1];

for (const { name, query } of queries.filter(({ query }) => nameIn(query) !== undefined)) {
  test(`${name} asks for a measurement by its attributes and their values`, () => {
    const measurement = documented.get(nameIn(query) ?? '');
    assert.ok(measurement, `the app tells no ${nameIn(query)}`);
    for (const [, dotted, quoted] of query.matchAll(/Properties(?:\.(\w+)|\["([^"]+)"\])/g)) {
      const attribute = dotted ?? quoted ?? '';
      assert.ok(measurement.by.has(attribute), `${nameIn(query)} has no ${attribute}`);
    }
    const values = [...measurement.by.values()].flat();
    for (const [, asked, value = ''] of query.matchAll(/(\w+)\)* == "([^"]+)"/g)) {
      if (asked !== 'Name') assert.ok(values.includes(value), `${value} is no value of it`);
    }
    // Sums of a level over minutes or workers say nothing.
    if (measurement.kind === 'gauge') assert.doesNotMatch(query, /\bsum(if)?\(/);
    if (measurement.kind === 'counter') assert.match(query, /\bsum(if)?\(Sum/);
  });
}

test('every measurement is in the workbook, and every alert on measurements was found', () => {
  const shown = new Set(queries.flatMap(({ query }) => nameIn(query) ?? []));
  assert.deepEqual([...shown].sort(), [...documented.keys()].sort());
  const [, own = ''] = alerts.split('var measurementAlerts');
  const names = [...own.matchAll(/^ {4}name: '([a-z]+-[a-z]+)'\n {4}what/gm)].map(([, one]) => one);
  const found = new Set(queries.map(({ name }) => name));
  const asked = names.filter((name) =>
    own.split(`'${name}'`)[1]?.split('name:')[0]?.includes('AppMetrics'),
  );
  assert.ok(asked.length >= 8);
  for (const name of asked) assert.ok(found.has(name ?? ''), name);
});

test('steps of the workbook have names of their own, and go by its time', () => {
  const names = workbook.items.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { content } of workbook.items) {
    if (content.query === undefined) continue;
    assert.equal(content.timeContextFromParameter, 'TimeRange');
    assert.equal(content.resourceType, 'microsoft.operationalinsights/workspaces');
  }
});
