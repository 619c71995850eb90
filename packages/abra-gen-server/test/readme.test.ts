/** The example of the README runs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runReadmeExample } from 'stand-in-kit/testing/readme-example';

test('the ten lines of the README run as they are', async (t) => {
  const { paid } = await runReadmeExample(t, import.meta.url, {
    look: `export const paid = abraGen.database.prepare("SELECT PaidAmount FROM IssuedInvoices WHERE ID = '2E00000101'").get();`,
    before: 'await abraGen.close();',
  });
  assert.deepEqual({ ...(paid as object) }, { PaidAmount: 0 });
});
