/** A caller that makes its arguments up as models do: it starts nothing that it may not, and no answer is a 500. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import fc from 'fast-check';
import { tools } from '../../functions/mcp/tools/index.ts';
import { partOf } from '../support/some-of.ts';
import { randomArguments } from './random-arguments.ts';
import { failedRun, jsonOf, startWorld, told, type World } from './world.ts';

let world: World;
const clients = new Map<string, Client>();
let failed: string;
before(async () => {
  world = await startWorld();
  failed = (await failedRun(world.container)).id;
  for (const name of ['reader', 'narrow', 'runner']) {
    clients.set(name, await world.client(`${name}-secret`));
  }
});
after(() => world.close());

/** What it may have read in answers before. */
const seen = () => ({
  code: ['0c10', 'mo', ['0c10', 'stek'], '0C10', 'everything'],
  name: ['payment', 'bank_code', 'payments'],
  month: [0, -1, 7],
  year: [2019],
  id: [failed, failed.toUpperCase()],
  // The server of the one that there is is not here, and would be waited for.
  company: ['demo', 'flexi'],
  connection: ['ab', 'demodata', 'AB'],
  definition: ['01B4XCTHYNDL3C5P00CA141B44', 'AB01SYNCBOARDACCOUNTS00001'],
  query: [{ select: ['Code'] }, { where: { id: 'Code', value: 'C*' } }, { select: '*' }, {}],
  waitSeconds: [0],
  limit: [1, 5],
});

for (const [name, share] of [
  ['reader', 0.2],
  ['narrow', 0.2],
  ['runner', 0.2],
] as const) {
  test(`${name}: nothing is started that it may not, and nothing is our fault`, async () => {
    const client = clients.get(name);
    assert.ok(client !== undefined);
    const before = new Set(world.served.queued);
    const calls = tools.map((tool) =>
      fc.record({
        name: fc.constant(tool.name),
        args: randomArguments(tool.inputSchema(), seen()).map((args) =>
          // Nobody waits for a run that no worker has.
          typeof args['waitSeconds'] === 'number' ? { ...args, waitSeconds: 0 } : args,
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(...calls), async (call) => {
        const args = call.name === 'watch_run' ? { waitSeconds: 0, ...call.args } : call.args;
        const { text, notes } = await told(client, call.name, args);
        assert.doesNotMatch(text, /Internal error|No answer in time/, JSON.stringify(call));
        assert.ok(text.length <= 40_000 && notes.join().length < 2_000);
        assert.doesNotMatch(text, /-secret/);
      }),
      { numRuns: partOf(300, share) },
    );
    assert.ok(world.served.statuses.every((status) => status < 500));
    const started = world.served.queued.filter((id) => !before.has(id));
    if (name === 'reader') assert.deepEqual(started, []);
    const runner = clients.get('runner');
    assert.ok(runner !== undefined);
    for (const id of started) {
      const { codes } = await jsonOf(runner, 'explain_run', { id });
      if (name === 'narrow') assert.deepEqual(codes, ['mo']);
    }
  });
}
