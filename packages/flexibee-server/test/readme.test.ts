/** The example of the README runs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runReadmeExample } from 'stand-in-kit/testing/readme-example';

test('the ten lines of the README run as they are', async (t) => {
  const { written } = await runReadmeExample(t, import.meta.url, {
    look: "export const written = flexibee.company('demo').get('adresar', ['code:A']).records[0];",
    before: 'await flexibee.close();',
  });
  assert.equal((written as { nazev: string }).nazev, 'Alfa');
});
