/** Files that no compiler reads agree with the code and with one another. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { routes } from '../../functions/routes/index.ts';
import host from '../../host.json' with { type: 'json' };
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { runQueueName } from '../../shared/app/run-queue.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { problemTypes } from '../../shared/http/problem.ts';
import { requireConnections, requireKnownNames } from '../../shared/settings/settings.ts';
import { soundSettings } from '../support/sound-settings.ts';

/** Columns of tables may be padded. */
const docs = (await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8')).replace(
  / +/g,
  ' ',
);

test('the sample has a connection for everything in the shipped catalogue, and no other', () => {
  const catalog = shippedCatalog();
  const settings = soundSettings(sample.Values);
  requireKnownNames(settings, catalog);
  requireConnections(settings, catalog);
  const { databases, companies, connections } = catalog;
  const named = [...databases, ...companies, ...connections].flatMap((place) =>
    'connection' in place ? [place.connection] : [],
  );
  const given = Object.entries(sample.Values).flatMap(([name, value]) =>
    /^(Server|Url)=/.test(value) ? [name] : [],
  );
  assert.deepEqual(given.sort(), named.sort());
});

test('every route and every problem type is documented', () => {
  for (const { route, methods } of routes) {
    for (const method of Object.keys(methods())) {
      assert.ok(docs.includes(`| ${method} \`/${route}\` |`), route);
    }
  }
  for (const [type, { status }] of Object.entries(problemTypes)) {
    assert.ok(docs.includes(`| ${status} | \`${type}\` |`), type);
  }
});

test('host.json keeps the original’s paths, and its numbers are those the documentation explains', () => {
  assert.equal(host.extensions.http.routePrefix, '');
  const { queues } = host.extensions;
  const { functionTimeout } = host;
  for (const [name, value] of Object.entries({ functionTimeout, ...queues })) {
    const line = docs.split('\n').find((text) => text.startsWith('- ') && text.includes(name));
    assert.ok(line?.includes(`${value}`), `${name} ${value}`);
  }
  assert.ok(docs.includes(`${queues.batchSize + queues.newBatchThreshold} in one worker`));
  assert.ok(docs.includes(`\`${runQueueName}-poison\``));
  for (const type of host.logging.applicationInsights.samplingSettings.excludedTypes.split(';')) {
    assert.ok(docs.includes(`\`${type}\``), type);
  }
});
