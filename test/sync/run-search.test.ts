/** Looking for runs is what a plain filter over their documents gives, whatever the index has. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { finalStates, type Run, runStates } from '../../shared/sync/run.ts';
import type { RunFilter } from '../../shared/sync/run-filter.ts';
import { RunIndex } from '../../shared/sync/run-index.ts';
import { searchRuns } from '../../shared/sync/run-search.ts';
import { newRunId, RunStore } from '../../shared/sync/run-store.ts';
import { run } from '../support/runs.ts';
import { partOf } from '../support/some-of.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const now = new Date();
const hourMs = 3_600_000;
const longAgo = new Date(0);
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * hourMs);

/** So many that the listing has no room for all of them. */
const many = (word: string) => Array.from({ length: 400 }, (_, index) => `${word}_number_${index}`);

async function newStore() {
  const container = await storage.container();
  const told: string[] = [];
  const runs = new RunStore(container, (text) => told.push(text));
  const index = new RunIndex(container, runs, (text) => told.push(text));
  const search = async (filter: RunFilter, limit = 200, since = longAgo, mark?: string) =>
    searchRuns(
      { runs, index },
      { filter, limit, ...(mark !== undefined && { after: mark }) },
      since,
      soon(),
    );
  return { container, told, runs, index, search };
}

function made(hours: number, change: Partial<Run> = {}): Run {
  const at = hoursAgo(hours);
  const ended = { endedAt: new Date(at.getTime() + 60_000).toISOString() };
  const state = change.state ?? 'succeeded';
  return {
    ...run(newRunId(at), []),
    state,
    createdAt: at.toISOString(),
    ...(finalStates.includes(state) && ended),
    ...change,
  };
}

/** By the documents alone. */
function plainly(documents: readonly Run[], filter: RunFilter): string[] {
  const { states, codes, names, user, boards, from, to, within } = filter;
  const has = (own: readonly string[], wanted: readonly string[] | undefined) =>
    wanted === undefined || wanted.some((one) => own.includes(one));
  return documents
    .filter((one) => has([one.state], states))
    .filter((one) => has(one.codes, codes) && has(one.names, names))
    .filter((one) => user === undefined || one.user.toLowerCase() === user.toLowerCase())
    .filter((one) => boards === undefined || boards.includes(one.board ?? ''))
    .filter((one) => from === undefined || Date.parse(one.createdAt) >= from.getTime())
    .filter((one) => to === undefined || Date.parse(one.createdAt) < to.getTime())
    .filter((one) => within === undefined || one.codes.every((code) => within.includes(code)))
    .map(({ id }) => id)
    .sort();
}

const codeLists = [['0c10'], ['mo', 'stek'], many('code'), ['0c10', ...many('code')]];
const nameLists = [['payment'], ['meter', 'payment'], many('entity'), ['city']];
const users = ['Иванова М. П.', 'me', 'ME', 'board, night'];
const someOf = <T>(values: readonly T[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }), {
    nil: undefined,
  });
const hours = fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined });
const filters = fc
  .record({
    states: someOf(runStates),
    codes: someOf(['0c10', 'mo', 'stek', 'code_number_399', 'none']),
    names: someOf(['payment', 'city', 'entity_number_399', 'none']),
    user: fc.option(fc.constantFrom(...users, 'nobody'), { nil: undefined }),
    boards: someOf(['night', 'day']),
    from: hours,
    to: hours,
    within: someOf(['0c10', 'mo', 'stek']),
  })
  .map(({ from, to, ...lists }) => {
    const all = {
      ...lists,
      from: from === undefined ? undefined : hoursAgo(from),
      to: to === undefined ? undefined : hoursAgo(to),
    };
    const given = Object.entries(all).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given) as RunFilter;
  });

test('a search finds what a plain filter over the documents does, page by page', async () => {
  const { runs, index, search } = await newStore();
  const random = fc.sample(
    fc.record({
      state: fc.constantFrom(...runStates),
      codes: fc.constantFrom(...codeLists),
      names: fc.constantFrom(...nameLists),
      user: fc.constantFrom(...users),
      board: fc.constantFrom('night', 'day', ''),
    }),
    { numRuns: 80, seed: 15 },
  );
  const documents = random.map(({ board, ...change }, at) =>
    made(at * 0.7, { ...change, ...(board !== '' && { board }) }),
  );
  const check = async (note: string) => {
    const property = fc.asyncProperty(
      filters,
      fc.integer({ min: 1, max: 30 }),
      async (filter, limit) => {
        const found: string[] = [];
        let mark: string | undefined;
        do {
          const page = await search(filter, limit, longAgo, mark);
          assert.ok(page.runs.length <= limit);
          // A link to a page always leads to something.
          assert.ok(mark === undefined || page.runs.length > 0);
          found.push(...page.runs.map(({ id }) => id));
          mark = page.next;
        } while (mark !== undefined);
        assert.deepEqual(found, plainly(documents, filter), note);
      },
    );
    await fc.assert(property, { numRuns: partOf(60, 1 / 4) });
  };
  for (const document of documents) await runs.create(document, soon());
  await check('without an index');
  assert.ok((await index.extend(now, soon())) ?? 0 > 20);
  await check('with an index');
  // What had not ended when the index was made ends; what is new comes; the index stands still.
  for (const one of documents.filter(({ state }) => !finalStates.includes(state))) {
    one.state = 'failed';
    one.endedAt = now.toISOString();
    const stored = await runs.read(one.id, soon());
    await runs.replace(one, stored?.etag ?? '', soon());
  }
  const fresh = made(0, { user: 'me' });
  await runs.create(fresh, soon());
  documents.push(fresh);
  await check('with an index of before');
});

test('the index: added to where that is worth it, anew where it is damaged or gone', async () => {
  const { container, told, runs, index, search } = await newStore();
  assert.equal(await index.extend(now, soon()), undefined, 'there is nothing');
  const ids: string[] = [];
  const add = async (hours: number, change?: Partial<Run>) => {
    const document = made(hours, change);
    await runs.create(document, soon());
    ids.push(document.id);
    return document;
  };
  const waiting = await add(30, { state: 'waiting' });
  for (let at = 0; at < 5; at += 1) await add(2 + at);
  assert.equal(await index.extend(now, soon()), 5);
  assert.deepEqual((await index.read(soon()))?.unfinished, [waiting.id]);
  await add(0);
  const later = new Date(now.getTime() + 2 * hourMs);
  assert.equal(await index.extend(later, soon()), undefined, 'one more is not worth it');
  const found = async () => (await search({ codes: ['0c10'] })).runs.map(({ id }) => id);
  assert.deepEqual(await found(), ids.toSorted());

  const blob = container.getBlockBlobClient('state/runs.json');
  const rubbish = '{"version":1,"upTo":7}';
  await blob.upload(rubbish, rubbish.length);
  assert.deepEqual(await found(), ids.toSorted(), 'damaged');
  assert.deepEqual(await brokenTexts(container), [rubbish]);
  assert.match(told.join('\n'), /searches list all runs/);
  assert.equal(await index.extend(later, soon()), 6);
  const newer = '{"version":2}';
  await blob.upload(newer, newer.length);
  assert.deepEqual(await found(), ids.toSorted(), 'of a newer version');
  assert.equal(await index.extend(later, soon()), undefined);
  assert.equal(String(await blob.downloadToBuffer()), newer, 'which is left alone');
  await blob.delete();
  assert.equal(await index.extend(later, soon()), 6);
  const inAWeek = new Date(now.getTime() + 8 * 86_400_000);
  await runs.remove(ids.pop() ?? '', soon());
  assert.equal(await index.extend(inAWeek, soon()), 5, 'by hand, told to nobody');
});

test('a run that comes late is found: the index is made anew', async () => {
  const { runs, index, search } = await newStore();
  await runs.create(made(9), soon());
  await runs.create(made(3), soon());
  assert.equal(await index.extend(now, soon()), 2);
  const late = made(5, { user: 'late' });
  await runs.create(late, soon());
  assert.equal(await index.read(soon()), undefined);
  assert.deepEqual((await search({ user: 'LATE' })).runs[0]?.id, late.id);
  assert.equal(await index.extend(now, soon()), 3);
});

test('a run that was removed is not found, told to the index or not', async () => {
  const { runs, index, search } = await newStore();
  const documents = [made(500), made(400), made(300), made(2)];
  for (const document of documents) await runs.create(document, soon());
  assert.equal(await index.extend(now, soon()), 4);
  const [first, second, third, last] = documents.map(({ id }) => id);
  const ids = async () =>
    (await search({ user: 'operator' }, 9, hoursAgo(350))).runs.map(({ id }) => id);
  assert.deepEqual(await ids(), [last, third, second, first]);
  await runs.remove(second ?? '', soon());
  assert.deepEqual(await ids(), [last, third, first]);
  await index.forget(new Set([second ?? '', third ?? '']), soon());
  assert.deepEqual(await ids(), [last, first]);
  assert.equal((await index.read(soon()))?.finished.length, 2);
});
