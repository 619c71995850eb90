/** How many stages a server takes at once, where several servers of the catalogue are one address. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCatalog } from '../../shared/catalog/index.ts';
import { located } from '../../shared/catalog/located.ts';
import { edit, shippedJson, stepsOf } from './edited.ts';

const json = shippedJson();
for (const [server, stagesAtOnce] of [2, 4, 3].entries()) {
  edit(json, stepsOf(`servers[${server}].stagesAtOnce`), stagesAtOnce);
}
const catalog = parseCatalog(json);

/** By database: the stages at once of an export from it. */
function atOnce(databases: Record<string, string>) {
  const { stages } = located(catalog, { databases, companies: {}, connections: {} });
  return ['0c10', 'stek', 'mo'].map((code) => {
    const [first] = stages({ name: 'payment', code, period: { year: 2026, month: 11 } });
    return [first?.database, first?.location, first?.atOnce];
  });
}

test('each server has its own number; at one address the least of them counts', () => {
  assert.deepEqual(atOnce({ hcs: 'one:1433/HCS', stek: 'two:1433/STEK', mo: 'three:1433/MO' }), [
    ['hcs', 'one:1433/HCS', 2],
    ['stek', 'two:1433/STEK', 4],
    ['mo', 'three:1433/MO', 3],
  ]);
  assert.deepEqual(atOnce({ hcs: 'one:1433/HCS', stek: 'two:1433/STEK', mo: 'two:1433/MO' }), [
    ['hcs', 'one:1433/HCS', 2],
    ['stek', 'two:1433/STEK', 3],
    ['mo', 'two:1433/MO', 3],
  ]);
  // A server that says nothing takes one.
  const beside = { hcs: 'one:1433/HCS', ab: 'one:1433/AB', stek: 'two:1433/STEK' };
  assert.deepEqual(atOnce({ ...beside, mo: 'three:1433/MO' }), [
    ['hcs', 'one:1433/HCS', undefined],
    ['stek', 'two:1433/STEK', 4],
    ['mo', 'three:1433/MO', 3],
  ]);
});
