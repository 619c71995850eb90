/** Boards on real storage: two workers, damage, newer versions, deaths; and those that are shipped. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import { BlobServiceClient } from '@azure/storage-blob';
import { askedBoard } from '../../shared/board/asked-board.ts';
import type { Board } from '../../shared/board/board.ts';
import { boardFaults, callsOn } from '../../shared/board/board-calls.ts';
import { BoardFileError, Boards, type NamedBoard } from '../../shared/board/boards.ts';
import { expireHistory } from '../../shared/board/expire-history.ts';
import { boardsBeside, shippedBoards } from '../../shared/board/shipped.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { DocumentNewerError } from '../../shared/storage/documents.ts';
import { periodLimits } from '../../shared/sync/period.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';

const catalog = shippedCatalog();
const now = new Date('2026-11-30T12:00:00.000Z');
const limits = periodLimits(catalog.periods, now);
const by = { token: 'demo', user: 'Jana' };

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const shipped: Readonly<Record<string, Board>> = {
  nightly: { calls: [{ id: 'meter.mo', code: 'mo', name: 'meter', run: true }] },
};
const other: Board = { calls: [{ id: 'city.all', code: 'all', name: 'city', run: false }] };

function boardsOn(container: ContainerClient) {
  const told: string[] = [];
  const boards = new Boards(
    async () => container,
    async () => shipped,
    () => now,
    (text) => told.push(text),
  );
  return { boards, told };
}

async function contentOf(container: ContainerClient, name: string): Promise<string> {
  return String(await container.getBlobClient(name).downloadToBuffer());
}

async function blobNames(container: ContainerClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat()) names.push(name);
  return names;
}

async function put(container: ContainerClient, name: string, text: string): Promise<void> {
  await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
}

const namesOf = (boards: readonly { name: string }[]) => boards.map(({ name }) => name);

describe('boards in storage', { concurrency: true }, () => {
  test('one is shipped until it is first changed, by whoever, and then it is storage’s', async () => {
    const container = await storage.container();
    const { boards } = boardsOn(container);
    const { boards: elsewhere } = boardsOn(container);
    const first = await boards.read('nightly', soon());
    assert.deepEqual(first, { name: 'nightly', revision: 0, board: shipped['nightly'] });
    assert.deepEqual(await blobNames(container), []);
    const changed = await boards.change('nightly', () => other, by, soon());
    const expected = { name: 'nightly', revision: 1, changedAt: now.toISOString(), changedBy: by };
    assert.deepEqual(changed, { ...expected, board: other });
    assert.deepEqual(await elsewhere.read('nightly', soon()), changed);
    assert.deepEqual(namesOf(await elsewhere.list(soon())), ['nightly']);
    assert.equal(JSON.parse(await contentOf(container, 'boards/nightly.json')).version, 1);
  });

  test('one that was removed stays so, shipped or not, and goes on counting', async () => {
    const container = await storage.container();
    const { boards } = boardsOn(container);
    await boards.change('mine', () => other, by, soon());
    for (const name of ['nightly', 'mine']) {
      assert.equal(await boards.change(name, () => undefined, by, soon()), undefined);
      assert.equal(await boards.read(name, soon()), undefined);
    }
    assert.deepEqual(await boards.list(soon()), []);
    const again = await boards.change('mine', () => other, by, soon());
    assert.equal(again?.revision, 3);
    const history = await boards.history('mine', 10, soon());
    assert.deepEqual(
      history.map(({ revision, content }) => [revision, content]),
      [
        [3, other],
        [2, undefined],
        [1, other],
      ],
    );
  });

  test('of many changes at once none is lost, and each is in the history', async () => {
    const container = await storage.container();
    const workers = [boardsOn(container).boards, boardsOn(container).boards];
    const add = (index: number) =>
      workers[index % 2]?.change(
        'busy',
        (current) => {
          const calls = current?.board.calls ?? [];
          return { calls: [...calls, { id: `c${index}`, code: 'mo', run: true }] };
        },
        by,
        soon(),
      );
    await Promise.all(Array.from({ length: 12 }, (_, index) => add(index)));
    const end = await workers[0]?.read('busy', soon());
    assert.equal(end?.revision, 12);
    const ids = end?.board.calls.map(({ id }) => id).sort();
    assert.deepEqual(ids, Array.from({ length: 12 }, (_, index) => `c${index}`).sort());
    const history = (await workers[1]?.history('busy', 50, soon())) ?? [];
    assert.deepEqual(
      history.map(({ content }) => content?.calls.length),
      Array.from({ length: 12 }, (_, index) => 12 - index),
    );
  });

  test('what was written longer ago goes, the newest of each stays', async () => {
    const container = await storage.container();
    const { boards } = boardsOn(container);
    for (const name of ['one', 'two', 'one', 'one']) {
      await boards.change(name, () => ({ calls: [] }), by, soon());
    }
    assert.equal(await expireHistory(container, new Date(0), soon()), 0);
    assert.equal(await expireHistory(container, new Date(Date.now() + 60_000), soon()), 2);
    const left = [await boards.history('one', 9, soon()), await boards.history('two', 9, soon())];
    assert.deepEqual(
      left.map((revisions) => revisions.map(({ revision }) => revision)),
      [[3], [1]],
    );
    await put(container, 'boards/one.json', 'rubbish');
    assert.equal((await boardsOn(container).boards.read('one', soon()))?.revision, 3);
  });

  for (const [what, rubbish] of [
    ['no JSON', '{"calls": ['],
    ['another document', '{"version": 1, "items": []}'],
    ['the document of another board', undefined],
    ['nothing', ''],
  ] as const) {
    test(`a document that is ${what}: set aside, told, and as it was at last`, async () => {
      const container = await storage.container();
      const { boards } = boardsOn(container);
      await boards.change('mine', () => shipped['nightly'], by, soon());
      const last = await boards.change('mine', () => other, by, soon());
      await boards.change('yours', () => other, by, soon());
      const text = rubbish ?? (await contentOf(container, 'boards/yours.json'));
      await put(container, 'boards/mine.json', text);
      const { boards: elsewhere, told } = boardsOn(container);
      assert.deepEqual(await elsewhere.read('mine', soon()), last);
      assert.match(told.join(), /boards\/mine\.json is damaged.*as it was after change 2, by demo/);
      assert.deepEqual(await brokenTexts(container), [text]);
      assert.deepEqual(await boards.read('mine', soon()), last);
      assert.equal((await boards.change('mine', () => undefined, by, soon())) ?? 3, 3);
      assert.deepEqual(namesOf(await boards.list(soon())), ['nightly', 'yours']);
    });
  }

  test('a damaged one of which nothing was kept is told and removed; the others are well', async () => {
    const container = await storage.container();
    await put(container, 'boards/lost.json', 'rubbish');
    const { boards, told } = boardsOn(container);
    assert.deepEqual(namesOf(await boards.list(soon())), ['nightly']);
    assert.match(told.join(), /nothing was kept of it, it is taken for removed/);
    assert.deepEqual(await brokenTexts(container), ['rubbish']);
  });

  test('one of a newer version is left alone, and the others are listed', async () => {
    const container = await storage.container();
    const { boards } = boardsOn(container);
    await boards.change('mine', () => other, by, soon());
    const newer = JSON.stringify({ version: 2, calls: 'another form' });
    await put(container, 'boards/mine.json', newer);
    await assert.rejects(boards.read('mine', soon()), DocumentNewerError);
    await assert.rejects(
      boards.change('mine', () => shipped['nightly'], by, soon()),
      DocumentNewerError,
    );
    const [mine, nightly] = await boards.list(soon());
    assert.ok(mine && 'newer' in mine && /newer version/.test(mine.newer));
    assert.equal(nightly?.name, 'nightly');
    assert.equal(await contentOf(container, 'boards/mine.json'), newer);
  });

  for (const way of ['reset', 'lost answer'] as const) {
    test(`a worker that dies at any call of storage (${way}): what holds is in the history`, async () => {
      const proxy = await startFaultProxy(storage.connectionString);
      const client = BlobServiceClient.fromConnectionString(proxy.connectionString, {
        retryOptions: { maxTries: 1 },
      });
      try {
        let isThrough = false;
        for (let dies = 1; !isThrough; dies += 1) {
          const container = await storage.container();
          const { boards } = boardsOn(container);
          const before = await boards.change('mine', () => other, by, soon());
          let calls = 0;
          const dead = new AbortController();
          proxy.decide = () => {
            calls += 1;
            if (calls < dies) return undefined;
            // Nothing that it does from then on reaches storage.
            queueMicrotask(() => dead.abort(new Error('dead')));
            return { kind: calls === dies ? way : 'reset' };
          };
          const dying = boardsOn(client.getContainerClient(container.containerName)).boards;
          const next = shipped['nightly'] ?? assert.fail();
          await dying.change('mine', () => next, by, dead.signal).catch(() => {});
          proxy.decide = () => ({ kind: 'reset' });
          await proxy.idle();
          const held = await boards.read('mine', soon());
          assert.ok(held?.revision === 2 || held?.revision === before?.revision);
          const [newest] = await boards.history('mine', 1, soon());
          assert.deepEqual([newest?.revision, newest?.content], [held?.revision, held?.board]);
          isThrough = calls < dies;
          if (isThrough) assert.deepEqual(held?.board, next);
        }
      } finally {
        await proxy.close();
      }
    });
  }
});

describe('boards beside a catalogue of one’s own', () => {
  const file = JSON.stringify({
    $schema: '../board.schema.json',
    description: 'ours',
    calls: [
      { code: 'mo', name: 'meter', run: true },
      { code: 'mo', name: 'meter' },
    ],
  });
  const ours: Board = {
    description: 'ours',
    calls: [
      { id: 'meter.mo', code: 'mo', name: 'meter', run: true },
      { id: 'meter.mo.2', code: 'mo', name: 'meter', run: false },
    ],
  };

  test('files are boards, a bad one says why and may be written, and none is made of a blob at the top', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'boards-'));
    try {
      await mkdir(join(folder, 'boards'));
      await writeFile(join(folder, 'boards/ours.json'), file);
      await writeFile(join(folder, 'boards/bad.json'), '{"calls": [}');
      await writeFile(join(folder, 'boards/Other Name.json'), file);
      const container = await storage.container();
      const on = (catalog: string) =>
        new Boards(
          async () => container,
          boardsBeside(catalog, async () => container),
          () => now,
        );
      const boards = on(join(folder, 'catalog.json'));
      assert.deepEqual(await boards.read('ours', soon()), {
        name: 'ours',
        revision: 0,
        board: ours,
      });
      const [bad, good] = await boards.list(soon());
      assert.equal(good?.name, 'ours');
      assert.match(
        bad && 'faulty' in bad ? bad.faulty : '',
        /boards\/bad\.json is no board: .*line 1/,
      );
      await assert.rejects(boards.read('bad', soon()), BoardFileError);
      assert.equal((await boards.change('bad', () => other, by, soon()))?.revision, 1);
      assert.deepEqual((await boards.read('bad', soon()))?.board, other);

      await put(container, 'of/here/boards/ours.json', file);
      assert.deepEqual((await on('blob:of/here/catalog.json').read('ours', soon()))?.board, ours);
      assert.deepEqual(namesOf(await on('blob:catalog.json').list(soon())), ['bad']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('boards that are shipped', () => {
  const boards = shippedBoards();
  const board = (name: string): NamedBoard => ({
    ...{ name, revision: 0 },
    board: boards[name] ?? assert.fail(),
  });

  test('all of them fit the catalogue that is shipped', () => {
    assert.deepEqual(Object.keys(boards).sort(), ['all', 'month-end', 'nightly']);
    for (const name of Object.keys(boards)) {
      assert.deepEqual(boardFaults(board(name).board, catalog, limits), []);
      const asked = askedBoard({ ...board(name).board }, catalog, limits);
      assert.deepEqual(asked, { board: board(name).board });
    }
  });

  test('`all` has the operators’ 202 calls in their order, off, each with a note', () => {
    const given = new URL('../../../shared/data/board-durations.csv', import.meta.url);
    const copy = new URL('../../demo/billing/durations.csv', import.meta.url);
    const lines = readFileSync(existsSync(given) ? given : copy, 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    const { calls } = board('all').board;
    assert.equal(calls.length, 202);
    for (const [index, line] of lines.entries()) {
      const [entity, code, dated, seconds = ''] = line.split(',');
      const call = calls[index];
      assert.equal(call?.name ?? '*', entity);
      assert.equal(call?.code, code);
      assert.equal(call?.month, dated === 'true' || entity === '*' ? 0 : undefined);
      assert.equal(call?.run, false);
      const [, number, unit] = /^2019: (\d+) (s|min)$/.exec(call?.note ?? '') ?? [];
      const noted = seconds === '' ? Number.NaN : Number(seconds);
      if (seconds === '') assert.equal(call?.note, '2019: no value');
      else assert.equal(Number(number) * (unit === 'min' ? 60 : 1), noted);
    }
  });

  for (const [name, month] of [
    ['nightly', { month: 11, year: 2026 }],
    ['month-end', { month: 10, year: 2026 }],
  ] as const) {
    test(`${name} can be run as it is, with the month that it means`, () => {
      const on = callsOn(board(name).board, catalog, limits);
      assert.ok('calls' in on);
      assert.equal(on.calls.length, board(name).board.calls.length);
      const periods = on.calls.flatMap((call) => call.periods ?? []);
      assert.ok(periods.length > 0);
      for (const period of periods) assert.deepEqual(period, month);
      assert.ok(planStages(catalog, on.calls).stages.length > 100);
    });
  }

  test('`nightly` and `month-end` together sync whatever the operators do one by one', () => {
    const pairs = (name: string) =>
      new Set(
        board(name).board.calls.flatMap(({ name: entity, code }) =>
          entity === undefined ? [] : [code].flat().map((one) => `${entity} ${one}`),
        ),
      );
    const both = new Set([...pairs('nightly'), ...pairs('month-end')]);
    assert.deepEqual([...both].sort(), [...pairs('all')].sort());
  });
});
