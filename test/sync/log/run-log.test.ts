import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import { scaled } from 'stand-in-kit/testing/patience';
import { LogParts } from '../../../shared/sync/log/log-parts.ts';
import { RunLog, type RunLogLimits } from '../../../shared/sync/log/run-log.ts';
import { RunLogs } from '../../../shared/sync/log/run-logs.ts';
import { LogTail } from '../../../shared/sync/log/tail.ts';
import { soon, startStorage, type TestStorage } from '../../support/storage.ts';
import { said } from './said.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const run = 'run-1';
const stage = 'export:payment:0c10';
const now = () => new Date();

async function textOf(container: ContainerClient, from = 0, of?: string): Promise<string> {
  const log = await new RunLogs(container).read(run, soon());
  const pieces: Uint8Array[] = [];
  for await (const piece of log.read({ from, stage: of }, soon())) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const texts = async (container: ContainerClient) =>
  said(await textOf(container)).map(({ text }) => text);

async function blocksOf(container: ContainerClient, number = 1): Promise<number> {
  const found = await new LogParts(container, run).blob(number).getProperties();
  return found.blobCommittedBlockCount ?? 0;
}

const logOf = (container: ContainerClient, limits: Partial<RunLogLimits> = {}, holder = 'h1') =>
  new RunLog(new LogTail(new LogParts(container, run), holder), now, limits);

/** A container of the test's own, and a clock that only the test moves. */
async function underTest(t: TestContext): Promise<ContainerClient> {
  const container = await storage.container();
  t.mock.timers.enable({ apis: ['Date'], now: new Date('2019-07-31T10:00:00.000Z') });
  return container;
}

test('50,000 tiny messages, one of 2,000 letters, others that are not Latin: all there, in some blocks', async (t) => {
  const container = await underTest(t);
  const log = new RunLogs(container).open(run, 'h1', now);
  const expected: string[] = [];
  for (let i = 0; i < 50_000; i += 1) expected.push(`${i}`);
  expected.push(
    'x'.repeat(2_000),
    'Синхронизация завершена — žluťoučký 界😀',
    'two\nlines\r\n',
    '',
  );
  for (const text of expected) log.message(stage, text);
  assert.equal(await log.close(soon()), 0);
  const lines = said(await textOf(container));
  assert.deepEqual(
    lines.map(({ text }) => text),
    expected,
  );
  assert.ok(lines.every((line) => line.stage === stage && line.mark === '|'));
  assert.deepEqual(new Set(lines.map(({ at }) => at)), new Set(['2019-07-31T10:00:00.000Z']));
  assert.ok((await blocksOf(container)) <= 3);
});

test('what is said within two seconds is one block, and is read while the run goes on', async (t) => {
  const container = await storage.container();
  const appended: number[] = [];
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const log = new RunLog(
    {
      async append(block) {
        appended.push(block.length);
      },
    },
    now,
  );
  log.message(stage, 'first');
  t.mock.timers.tick(1_999);
  log.message(stage, 'second');
  assert.deepEqual(appended, []);
  t.mock.timers.tick(1);
  assert.equal(appended.length, 1);
  await new Promise(setImmediate);
  log.message(stage, 'third');
  t.mock.timers.tick(1_999);
  assert.equal(appended.length, 1);
  t.mock.timers.tick(1);
  assert.equal(appended.length, 2);
  t.mock.timers.reset();
  await log.close(soon());
  assert.equal(await textOf(container), '');
});

test('what waits is bounded: the rest is dropped, and the log tells how much of which stage', async () => {
  const container = await storage.container();
  let away = true;
  const reached = new LogTail(new LogParts(container, run), 'h1');
  const tail: Pick<LogTail, 'append'> = {
    append: (block, signal) =>
      away ? Promise.reject(new Error('away')) : reached.append(block, signal),
  };
  const log = new RunLog(tail, now, { flushMs: 1, blockBytes: 1_000, waitingBytes: 5_000 });
  for (let i = 0; i < 1_000; i += 1) log.message(i % 2 === 0 ? stage : 'crude:payment', `${i}`);
  log.tell(stage, 'Failed: still told');
  away = false;
  assert.equal(await log.close(soon()), 0);
  const lines = said(await textOf(container));
  const kept = lines.filter(({ mark }) => mark === '|').map(({ text }) => Number(text));
  assert.ok(kept.length > 50 && kept.length < 120, `${kept.length} kept`);
  assert.deepEqual(
    kept,
    kept.map((_, i) => i),
  );
  const told = lines
    .filter(({ mark }) => mark === '*')
    .map(({ stage, text }) => `${stage} ${text}`);
  const left = (1_000 - kept.length) / 2;
  assert.deepEqual(told.sort(), [
    `crude:payment ${Math.ceil(left)} messages are left out: storage did not take them in time.`,
    `${stage} ${Math.floor(left)} messages are left out: storage did not take them in time.`,
    `${stage} Failed: still told`,
  ]);
});

test('a stage has so much of the log and no more, and the log tells it; others go on', async () => {
  const container = await storage.container();
  const log = logOf(container, { stageBytes: 10_000 });
  for (let i = 0; i < 1_000; i += 1) log.message(stage, 'x'.repeat(50));
  log.message('crude:payment', 'mine');
  await log.close(soon());
  const lines = said(await textOf(container));
  const own = lines.filter((line) => line.stage === stage);
  assert.equal(own.at(-1)?.mark, '*');
  assert.match(own.at(-1)?.text ?? '', /^The log of the stage is full: 10000 bytes/);
  assert.ok(Buffer.byteLength(await textOf(container, 0, stage)) < 10_200);
  assert.equal(lines.at(-1)?.text, 'mine');
});

test('storage that does not come back: closing ends in time and says what is lost', async () => {
  const tail = { append: () => Promise.reject(new Error('away')) };
  const log = new RunLog(tail, now);
  for (let i = 0; i < 7; i += 1) log.message(stage, 'lost');
  const begun = performance.now();
  assert.equal(await log.close(AbortSignal.timeout(300)), 7);
  assert.ok(performance.now() - begun < scaled(5_000));
});

test('the next part begins before a blob is full', async () => {
  const container = await storage.container();
  const tail = new LogTail(new LogParts(container, run), 'h1', 3);
  for (let i = 0; i < 10; i += 1) {
    await tail.append(Buffer.from(`2019-07-31T10:00:02.000Z ${stage} | ${i}\n`), soon());
  }
  const parts = await new LogParts(container, run).list(soon());
  assert.deepEqual(
    parts.map(({ number, isSealed }) => [number, isSealed]),
    [
      [1, true],
      [2, true],
      [3, true],
      [4, false],
    ],
  );
  assert.deepEqual(await texts(container), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
});

test('two holders, one taken for dead: each writes its own blobs, and what was read stays what it was', async () => {
  const container = await storage.container();
  const parts = new LogParts(container, run);
  const [first, second] = [new LogTail(parts, 'h1'), new LogTail(parts, 'h2')];
  const expected: string[] = [];
  let before = '';
  for (const [tail, text] of [
    [first, 'a'],
    [first, 'b'],
    [second, 'c'],
    [first, 'd'],
    [second, 'e'],
    [second, 'f'],
  ] as const) {
    await tail.append(Buffer.from(`2019-07-31T10:00:02.000Z ${stage} | ${text}\n`), soon());
    expected.push(text);
    const whole = await textOf(container);
    assert.ok(whole.startsWith(before));
    before = whole;
  }
  assert.deepEqual(await texts(container), expected);
  const holders = (await parts.list(soon())).map(({ holder }) => holder);
  assert.deepEqual(holders, ['h1', 'h2', 'h1', 'h2']);
});

test('holders that begin at the same moment lose nothing', async () => {
  const container = await storage.container();
  const tails = Array.from(
    { length: 5 },
    (_, i) => new LogTail(new LogParts(container, run), `h${i}`),
  );
  await Promise.all(
    tails.map(async (tail, i) => {
      for (let n = 0; n < 5; n += 1) {
        await tail.append(Buffer.from(`2019-07-31T10:00:02.000Z ${stage} | ${i}.${n}\n`), soon());
      }
    }),
  );
  const all = await texts(container);
  assert.equal(all.length, 25);
  for (let i = 0; i < 5; i += 1) {
    assert.deepEqual(
      all.filter((text) => text.startsWith(`${i}.`)),
      [0, 1, 2, 3, 4].map((n) => `${i}.${n}`),
    );
  }
});

test('a part that is not ours to understand is no part; removal takes all', async () => {
  const container = await storage.container();
  const log = logOf(container);
  log.message(stage, 'mine');
  await log.close(soon());
  for (const name of ['notes.txt', '00000001.bak']) {
    await container.getBlockBlobClient(`logs/${run}/${name}`).upload('rubbish', 7);
  }
  await container.getBlockBlobClient(`logs/${run}0/00000001`).upload('other\n', 6);
  assert.deepEqual(await texts(container), ['mine']);
  await new RunLogs(container).remove(run, soon());
  const left: string[] = [];
  for await (const { name } of container.listBlobsFlat()) left.push(name);
  assert.deepEqual(left, [`logs/${run}0/00000001`]);
});

test('from any byte the rest is the same', async () => {
  const container = await storage.container();
  for (const holder of ['h1', 'h2', 'h3']) {
    const log = logOf(container, {}, holder);
    log.message(stage, `жук of ${holder}`);
    await log.close(soon());
  }
  const whole = Buffer.from(await textOf(container));
  for (let from = 0; from <= whole.length; from += 7) {
    const rest = (await new RunLogs(container).read(run, soon())).read({ from }, soon());
    const pieces: Uint8Array[] = [];
    for await (const piece of rest) pieces.push(piece);
    assert.deepEqual(Buffer.concat(pieces), whole.subarray(from));
  }
});
