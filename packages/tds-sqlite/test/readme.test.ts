/** The example of the README does what it says. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runReadmeExample } from 'stand-in-kit/testing/readme-example';

test('the ten lines of the README run as they are', async (t) => {
  const { rows } = await runReadmeExample(t, import.meta.url, {
    look: "export const rows = (await pool.query('SELECT id, name FROM dbo.item')).recordset;",
    before: 'await pool.close();',
  });
  assert.deepEqual([...(rows as object[])], [{ id: 1, name: 'Čaj' }]);
});
