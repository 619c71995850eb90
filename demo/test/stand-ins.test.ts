/** What the three processes have in common. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { type StandInName, standInForks } from 'stand-in-kit/testing/stand-in-process';

const portRange = 'a whole number from 0 to 65535';

const refused: [StandInName, string, string, string][] = [
  ['abra-gen', 'ABRA_GEN_PORT', '70000', portRange],
  ['flexibee', 'FLEXIBEE_CONTROL_PORT', '1.5', portRange],
  ['sql-server', 'SQL_PORT', '-1', portRange],
  ['sql-server', 'DEMO_PACE', '-1', 'a number above 0, or Infinity'],
];

describe('a stand-in as a process', () => {
  for (const [name, setting, value, range] of refused) {
    it(`refuses ${setting}=${value}, naming it`, async (test) => {
      const fork = await standInForks(test, name);
      const child = fork({ [setting]: value });
      assert.ok(child.stderr);
      const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      assert.equal(code, 1);
      assert.ok(errors.includes(`${setting}: expected ${range}, got '${value}'`), errors);
    });
  }
});
