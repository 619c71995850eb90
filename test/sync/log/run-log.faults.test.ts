/** A run's log in front of storage that does what networks and a busy service do. */

import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { LogParts } from '../../../shared/sync/log/log-parts.ts';
import { RunLog } from '../../../shared/sync/log/run-log.ts';
import { RunLogs } from '../../../shared/sync/log/run-logs.ts';
import { LogTail } from '../../../shared/sync/log/tail.ts';
import { type Fault, startFaultProxy } from '../../support/fault-proxy.ts';
import { randomFaults } from '../../support/random-faults.ts';
import { startStorage, type TestStorage } from '../../support/storage.ts';
import { said } from './said.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const run = 'run-1';
const long = () => AbortSignal.timeout(120_000);

async function setUp(t: TestContext) {
  const proxy = await startFaultProxy(storage.connectionString);
  t.after(() => proxy.close());
  const direct = await storage.container();
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  const container = service.getContainerClient(direct.containerName);
  const open = (holder: string) =>
    new RunLog(new LogTail(new LogParts(container, run), holder), () => new Date(), {
      flushMs: 5,
      blockBytes: 500,
    });
  const read = async (from: typeof direct, at = 0) => {
    const pieces: Uint8Array[] = [];
    const log = await new RunLogs(from).read(run, long());
    for await (const piece of log.read({ from: at }, long())) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };
  return { proxy, direct, container, open, read };
}

/** Says something now and then, as a procedure does. */
async function say(log: RunLog, stage: string, count: number): Promise<string[]> {
  const texts: string[] = [];
  for (let i = 0; i < count; i += 1) {
    texts.push(`message ${i} — ${'ж'.repeat(i % 40)}`);
    log.message(stage, texts.at(-1) ?? '');
    if (i % 20 === 0) await sleep(10);
  }
  return texts;
}

for (const seed of [1, 2, 3]) {
  test(`any faults (seed ${seed}): every message once, in order, of each of two holders`, async (t) => {
    const { proxy, direct, container, open, read } = await setUp(t);
    proxy.decide = randomFaults({ seed, rate: 0.3, stallMs: 100 });
    const [first, second] = [open('h1'), open('h2')];
    const expected = await Promise.all([say(first, 'a', 300), say(second, 'b', 300)]);
    assert.deepEqual(await Promise.all([first.close(long()), second.close(long())]), [0, 0]);
    await proxy.idle();
    const whole = await read(direct);
    const lines = said(whole);
    for (const [i, stage] of ['a', 'b'].entries()) {
      const texts = lines.filter((line) => line.stage === stage).map(({ text }) => text);
      assert.deepEqual(texts, expected[i]);
    }
    // And whoever reads in the same weather reads the same, from anywhere.
    assert.equal(await read(container), whole);
    const at = Buffer.byteLength(whole.slice(0, 1_000));
    assert.equal(await read(container, at), whole.slice(1_000));
  });
}

test('an append whose answer is lost, or that comes late, is there once', async (t) => {
  const { proxy, direct, open, read } = await setUp(t);
  const some: Fault[] = [{ kind: 'lost answer' }, { kind: 'late', until: 50 }, { kind: 'reset' }];
  // The first block of all, and those after one whose answer came.
  const faults = [...some, undefined, ...some];
  proxy.decide = ({ query }) => (query.get('comp') === 'appendblock' ? faults.shift() : undefined);
  const log = open('h1');
  const expected = await say(log, 'a', 100);
  assert.equal(await log.close(long()), 0);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    said(await read(direct)).map(({ text }) => text),
    expected,
  );
});

test('an outage loses nothing that has room, and the order stays', async (t) => {
  const { proxy, direct, open, read } = await setUp(t);
  const log = open('h1');
  const expected = await say(log, 'a', 50);
  const outage = proxy.outage();
  expected.push(...(await say(log, 'a', 200)));
  outage.end();
  expected.push(...(await say(log, 'a', 50)));
  assert.equal(await log.close(long()), 0);
  assert.deepEqual(
    said(await read(direct)).map(({ text }) => text),
    expected,
  );
});
