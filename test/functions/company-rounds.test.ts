/** A minute's polls: many companies in a message, messages spread over the minute. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import functions from '@azure/functions';
import fc from 'fast-check';
import { pollCompany } from '../../functions/flexibee/poll-company.ts';
import host from '../../host.json' with { type: 'json' };
import type { App } from '../../shared/app/app.ts';
import { companyRoundSchema } from '../../shared/app/company-message.ts';
import type { QueuedMessage } from '../../shared/app/company-polls.ts';
import { rounds } from '../../shared/app/company-rounds.ts';

const at = '2026-11-30T12:00:05.000Z';
const codes = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

test('each company is in one message, and messages come one after another within the minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_000 }), (count) => {
      const all = rounds(codes(count), at);
      const named = all.flatMap(({ round }) => round);
      assert.deepEqual(named.sort(), codes(count).sort());
      const delays = all.map(({ delaySeconds }) => delaySeconds);
      assert.deepEqual(
        delays,
        [...delays].sort((a, b) => a - b),
      );
      assert.ok(all.every((one) => one.delaySeconds <= 50 && one.round.length > 0));
      for (const one of all) companyRoundSchema.parse(one);
      const sizes = all.map(({ round }) => round.length);
      assert.ok(Math.max(0, ...sizes) - Math.min(...sizes, Infinity) <= 1 || all.length === 0);
    }),
    { numRuns: 40 },
  );
});

for (const [count, messages, largest] of [
  [0, 0, 0],
  [1, 1, 1],
  [16, 1, 16],
  [17, 2, 9],
  [1_000, 24, 42],
  [10_000, 24, 417],
] as const) {
  test(`${count} companies are ${messages} messages`, () => {
    const all = rounds(codes(count), at);
    assert.equal(all.length, messages);
    assert.equal(Math.max(0, ...all.map(({ round }) => round.length)), largest);
    if (all[0] !== undefined)
      assert.equal(all[0].delaySeconds, 0, 'the first is to be had at once');
    // The scale controller wants an instance for each `batchSize` messages.
    assert.ok(all.length / host.extensions.queues.batchSize <= 3);
    // A queue takes 64 KiB, in base64; codes have 64 letters at most.
    const largestBytes = JSON.stringify(all[0] ?? '').length + largest * 60;
    assert.ok((largestBytes * 4) / 3 < 65_536, `${largestBytes} bytes`);
  });
}

test('neighbours of the catalogue are not polled in the same second', () => {
  const all = rounds(codes(100), at);
  for (const { round } of all) assert.ok(!(round.includes('c10') && round.includes('c11')));
});

/** An app of which only what a round needs is there, and nothing is asked. */
function fakeApp(outcomes: Record<string, string | Error>) {
  const sent: unknown[] = [];
  const polled: QueuedMessage[] = [];
  let underWay = 0;
  let most = 0;
  const stopping = new AbortController();
  const current = {
    companies: { find: (code: string) => (code in outcomes ? { code } : undefined) },
    now: () => new Date(at),
    stopping: stopping.signal,
    pollCompany: async (message: QueuedMessage) => {
      polled.push(message);
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      const outcome = outcomes[message.company] ?? 'idle';
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
  const app = {
    current,
    send: async (_queue: string, message: unknown) => void sent.push(message),
  } as unknown as App;
  return { app, sent, polled, stopping, mostAtOnce: () => most };
}

function contextOf() {
  const lines: string[] = [];
  const context = new functions.InvocationContext({
    functionName: 'poll_company',
    invocationId: '00000000-0000-4000-8000-000000000001',
    triggerMetadata: { insertionTime: at },
    logHandler: (level, ...parts) => lines.push(`${level}: ${parts.join(' ')}`),
  });
  return { context, lines };
}

test('a round polls its companies some at a time; who fails or needs longer gets a message alone', async () => {
  const outcomes = Object.fromEntries(codes(20).map((code) => [code, 'idle']));
  const world = fakeApp({
    ...outcomes,
    c3: new Error('storage is away'),
    c7: 'handed on',
    c9: 'applied',
  });
  const { context, lines } = contextOf();
  const message = { round: [...codes(20), 'gone'], at, delaySeconds: 25 };
  await pollCompany(() => world.app)(message, context);
  assert.equal(world.polled.length, 20);
  assert.ok(world.mostAtOnce() <= 8, `${world.mostAtOnce()} at once`);
  assert.partialDeepStrictEqual(world.polled[0], { why: 'timer', delaySeconds: 25, queuedAt: at });
  assert.deepEqual(world.sent, [
    { company: 'c3', why: 'timer', at },
    { company: 'c7', why: 'rest', at },
  ]);
  assert.ok(
    lines.some((line) => /^warning: .*1 companies that the catalogue has not/.test(line)),
    lines.join(),
  );
  assert.ok(lines.includes('information: company c9: applied'), lines.join());
});

test('a worker that stops begins no more of them, and the message comes again', async () => {
  const world = fakeApp(Object.fromEntries(codes(20).map((code) => [code, 'idle'])));
  world.stopping.abort(new Error('stopping'));
  const message = { round: codes(20), at, delaySeconds: 0 };
  await assert.rejects(
    async () => pollCompany(() => world.app)(message, contextOf().context),
    /stopping/,
  );
  assert.equal(world.polled.length, 0);
});
