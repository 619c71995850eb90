/** What the three processes have in common. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { type StandIn, standInForks } from 'stand-in-kit/testing/stand-in-process';

const portRange = 'a whole number from 0 to 65535';

const abraGen: StandIn = {
  main: import.meta.resolve('abra-gen-server/main'),
  settings: { ABRA_GEN_PORT: '0', ABRA_GEN_CONTROL_PORT: '0' },
};
const flexibee: StandIn = {
  main: import.meta.resolve('flexibee-server/main'),
  settings: { FLEXIBEE_PORT: '0', FLEXIBEE_CONTROL_PORT: '0' },
};
const sqlServer: StandIn = {
  main: import.meta.resolve('../sql-server.ts'),
  settings: { SQL_PORT: '0', SQL_CONTROL_PORT: '0' },
};

const refused: [StandIn, string, string, string][] = [
  [abraGen, 'ABRA_GEN_PORT', '70000', portRange],
  [flexibee, 'FLEXIBEE_CONTROL_PORT', '1.5', portRange],
  [sqlServer, 'SQL_PORT', '-1', portRange],
  [sqlServer, 'DEMO_PACE', '-1', 'a number above 0, or Infinity'],
];

describe('a stand-in as a process', () => {
  for (const [standIn, setting, value, range] of refused) {
    it(`refuses ${setting}=${value}, naming it`, async (test) => {
      const fork = await standInForks(test, standIn);
      const child = fork({ [setting]: value });
      assert.ok(child.stderr);
      const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      assert.equal(code, 1);
      assert.ok(errors.includes(`${setting}: expected ${range}, got '${value}'`), errors);
    });
  }
});
