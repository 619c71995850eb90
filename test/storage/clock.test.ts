import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { StorageClock, storageClock } from '../../shared/storage/clock.ts';
import { DocumentStore } from '../../shared/storage/documents.ts';
import { formOf, soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const hourMs = 3_600_000;

/** What an exact clock says. */
const exactly = () => performance.timeOrigin + performance.now();

for (const wrongMs of [-11 * 60_000, hourMs, -hourMs]) {
  test(`a machine ${wrongMs / 60_000} minutes off learns storage's time to the second`, () => {
    const clock = new StorageClock(performance.timeOrigin + wrongMs);
    assert.ok(Math.abs(clock.now().getTime() - exactly() - wrongMs) < 50);
    for (let answer = 0; answer < 5; answer += 1) {
      const at = performance.now();
      clock.observe(new Date(Math.floor(exactly() / 1_000) * 1_000), at - 5, at);
    }
    assert.ok(Math.abs(clock.now().getTime() - exactly()) < 1_100);
  });
}

test('a machine that agrees with storage to the second keeps its own milliseconds', () => {
  const clock = new StorageClock();
  const at = performance.now();
  clock.observe(new Date(Math.floor(exactly() / 1_000) * 1_000), at - 5, at);
  assert.ok(Math.abs(clock.now().getTime() - exactly()) < 50);
});

test('what storage says now counts against what it said before', () => {
  const clock = new StorageClock();
  const at = performance.now();
  clock.observe(new Date(0), at - 5, at);
  clock.observe(new Date(hourMs), at - 5, at);
  const now = clock.now().getTime();
  assert.ok(now >= hourMs && now < hourMs + 2_000, String(now));
});

test('every reading of a document is an observation', async (t) => {
  const observed = t.mock.method(storageClock, 'observe');
  const documents = new DocumentStore(
    await storage.container(),
    'x/',
    formOf(z.object({ n: z.number() })),
  );
  await documents.create('one', { n: 1 }, {}, soon());
  const found = await documents.read('one', soon());
  assert.ok(found !== undefined && found.ageMs < 60_000);
  const [date] = observed.mock.calls.at(-1)?.arguments ?? [];
  assert.ok(date instanceof Date && Math.abs(date.getTime() - Date.now()) < 60_000);
});
