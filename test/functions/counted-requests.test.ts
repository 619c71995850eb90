/** What the catalogue says of a company's requests: how large, how many at once, how many a day. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isAffordable } from '../../shared/app/request-budget.ts';
import { soon } from '../support/storage.ts';
import { askedWorld, code, passOn, startSystems } from './asked-world.ts';

let systems: Awaited<ReturnType<typeof startSystems>>;
before(async () => {
  systems = await startSystems();
});
after(() => systems.close());

const dayMs = 86_400_000;

/** The beginning of the next day, by UTC. */
function turnToNextDay(world: Awaited<ReturnType<typeof askedWorld>>): void {
  world.turnOn(dayMs - (world.now().getTime() % dayMs) + 1_000);
}

test('the state counts what the server was sent, today and yesterday, by UTC', async () => {
  const world = await askedWorld(systems);
  const { requests } = systems.front;
  turnToNextDay(world);
  await world.poll('request');
  for (let round = 0; round < 4; round += 1) {
    world.write(`COUNTED-${round}`);
    await world.poll('request');
    await world.poll('timer');
  }
  // Repeated ones count as they are sent.
  systems.flexibee.faults.set({ kind: 'changes', times: 2, status: 503 });
  await world.poll('request');
  await world.companies.at(code).status(soon());
  const first = requests.length;
  assert.ok(first > 20, `${first} requests`);
  assert.deepEqual((await world.state()).requests, { today: first, yesterday: 0 });
  turnToNextDay(world);
  assert.deepEqual((await world.state()).requests, { today: 0, yesterday: first });
  await world.poll('request');
  const second = requests.length - first;
  assert.deepEqual((await world.state()).requests, { today: second, yesterday: first });
  turnToNextDay(world);
  turnToNextDay(world);
  assert.deepEqual((await world.state()).requests, { today: 0, yesterday: 0 });
});

test('another worker knows all but the last few, and an idle poll writes nothing for them', async () => {
  const world = await askedWorld(systems);
  turnToNextDay(world);
  await world.poll('request');
  const { requests } = systems.front;
  const blob = world.container.getBlobClient(`flexibee/${code}.json`);
  const etags = new Set<string | undefined>();
  for (let round = 0; round < 40; round += 1) {
    assert.equal(await world.poll('timer'), 'idle');
    etags.add((await blob.getProperties()).etag);
    const { today } = (await world.newProcess().state(code, soon())).requests;
    assert.ok(today <= requests.length && today > requests.length - 10, `${today} known`);
  }
  assert.ok(etags.size <= 6, `${etags.size} cursors in 40 polls`);
});

test('a reset keeps the count', async () => {
  const world = await askedWorld(systems);
  turnToNextDay(world);
  await world.poll('request');
  await world.companies.reset(code, soon());
  await world.poll('request');
  assert.equal((await world.state()).requests.today, systems.front.requests.length);
});

test('near the end of its budget a company is polled for hooks and people alone', async () => {
  const world = await askedWorld(systems, { requestsPerDay: 100, pollMinutes: 1 });
  turnToNextDay(world);
  await world.poll('request');
  const { requests } = systems.front;
  const before = await world.state();
  assert.equal(before.requests.perDay, 100);
  assert.deepEqual(before.warnings, []);
  const outcomes = await world.minutes(100);
  assert.equal(requests.length, 90);
  assert.equal(outcomes.indexOf('sparing'), outcomes.filter((one) => one !== 'sparing').length);
  const spared = await world.state();
  assert.equal(spared.requests.today, 90);
  assert.match(spared.warnings.join(), /^90 of the 100 requests of this day \(UTC\) are used/);
  assert.equal(spared.trouble, undefined);
  world.write('SPARED');
  assert.equal(await world.poll('timer'), 'sparing');
  assert.deepEqual(await world.hook(), ['applied']);
  const asked = requests.length;
  assert.notEqual(await world.poll('request'), 'sparing');
  assert.ok(requests.length > asked);
  turnToNextDay(world);
  assert.notEqual((await world.minutes(1))[0], 'sparing');
  assert.deepEqual((await world.state()).warnings, []);
});

test('a reconciliation of the night that finds few requests left is kept, and goes on the next day', async () => {
  const world = await askedWorld(systems, { requestsPerDay: 100, pollMinutes: 1 });
  turnToNextDay(world);
  await world.poll('request');
  const outcomes = await world.minutes(100);
  assert.ok(outcomes.includes('sparing'));
  const { requests } = systems.front;
  const asked = requests.length;
  assert.equal(await world.reconcile('night 2026-11-29'), 'waits');
  assert.equal(requests.length, asked, 'nothing is asked');
  assert.ok((await world.state()).reconciliationDue);
  world.takeQueued();
  turnToNextDay(world);
  await world.minutes(1);
  const [message] = world.takeQueued();
  assert.deepEqual([message?.why, message?.wish], ['reconcile', 'night 2026-11-29']);
  await world.minutes(1);
  assert.deepEqual(world.takeQueued(), [], 'it is not asked for again each minute');
  assert.equal(await world.reconcile(message?.wish ?? ''), 'done');
  assert.equal((await world.state()).reconciliationDue, undefined);
  const { last } = (await world.companies.reconciliation(code, soon())) ?? {};
  assert.equal(last?.for, 'night 2026-11-29');
  // Other workers know what it has cost.
  const { today } = (await world.newProcess().state(code, soon())).requests;
  const all = (await world.state()).requests.today;
  assert.ok(all - today < 10 && (last?.requests ?? 0) > 10, `${today} of ${all}`);
});

const messages: [object, number, boolean][] = [
  [{ why: 'timer' }, 899, true],
  [{ why: 'timer' }, 900, false],
  [{ why: 'reconcile', wish: 'night 2026-11-29' }, 900, false],
  [{ why: 'reconcile', wish: 'asked for at 2026-11-29T10:00:00.000Z' }, 1_000, true],
  [{ why: 'rest' }, 999, true],
  [{ why: 'rest' }, 1_000, false],
  [{ why: 'hook' }, 5_000, true],
  [{ why: 'request' }, 5_000, true],
];
for (const [message, today, isAllowed] of messages) {
  test(`of 1000 requests a day ${today} are used: ${JSON.stringify(message)}`, () => {
    const given = message as Parameters<typeof isAffordable>[0];
    assert.equal(isAffordable(given, today, 1_000), isAllowed);
  });
}

test('no request is for more than the page size, and nothing is missing', async () => {
  const world = await askedWorld(systems, { pageSize: 10 });
  for (let number = 0; number < 25; number += 1) world.write(`PAGE-${number}`);
  assert.equal(await world.poll('request'), 'applied');
  for (let number = 0; number < 25; number += 1) world.write(`PAGED-${number}`);
  assert.equal(await world.poll('request'), 'applied');
  const sizes = systems.front.requests.map(({ url, body }) => {
    if (url.includes('/get.json')) return JSON.parse(body).winstrom.id.length;
    return Number(new URL(url, systems.front.origin).searchParams.get('limit') ?? 0);
  });
  assert.equal(Math.max(...sizes), 10);
  assert.equal((await world.state()).lag.versions, (await world.state()).gaps);
  const { adresar } = await recordsOf('demo');
  assert.equal(await world.rows('adresar'), adresar);
});

async function recordsOf(company: string): Promise<{ adresar: number }> {
  const response = await fetch(
    `${systems.flexibee.url}/c/${company}/adresar.json?limit=1&add-row-count=true&filtrovat-platnost=false`,
    { headers: { authorization: `Basic ${btoa('winstrom:winstrom')}` } },
  );
  const { winstrom } = (await response.json()) as { winstrom: Record<string, string> };
  return { adresar: Number(winstrom['@rowCount']) };
}

test('of the companies at one server the most considerate says how many requests are at once', async () => {
  const other = { requestsAtOnce: 2 };
  const world = await askedWorld(systems, { requestsAtOnce: 7 }, other);
  let running = 0;
  let most = 0;
  const forward = passOn(systems.flexibee.url);
  systems.front.script(async (response, request) => {
    running += 1;
    most = Math.max(most, running);
    await forward(response, request);
    running -= 1;
  });
  const asked = Array.from({ length: 20 }, (_, number) =>
    world.companies.at(number % 2 === 0 ? code : 'flexi-other').status(soon()),
  );
  assert.deepEqual(new Set(await Promise.all(asked)), new Set([true]));
  assert.equal(most, 2);
  systems.front.script(forward);
});
