/** Runs that wait: order, waking, time, cancelling, changed catalogues, the sweeper's net. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parseCatalog, shippedCatalog } from '../../../shared/catalog/index.ts';
import { DocumentNewerError } from '../../../shared/storage/documents.ts';
import type { Stage } from '../../../shared/sync/run.ts';
import { RunStore, runForm } from '../../../shared/sync/run-store.ts';
import { edit, shippedJson } from '../../catalog/edited.ts';
import { put } from '../../support/odd-blobs.ts';
import { soon, startStorage, type TestStorage } from '../../support/storage.ts';
import { postingService } from '../../support/sync-state.ts';
import { asks, entity, LineWorld } from './line-world.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const textsOf = (log: readonly { text: string }[]) => log.map(({ text }) => text).join('\n');

describe('who asks to wait', { concurrency: true }, () => {
  test('starts at once where the servers are free', async () => {
    const world = await LineWorld.open(storage);
    const outcome = await world.post(asks(['0c10'], 'a'));
    assert.equal(outcome.outcome, 'started');
    assert.deepEqual(await world.entries(), []);
    assert.deepEqual(world.sent, [], 'the caller queues it');
  });

  test('waits where they are busy, with a place, and starts when they are free', async () => {
    const world = await LineWorld.open(storage);
    const first = await world.posted(asks(['0c10'], 'a'));
    const second = await world.post(asks(['0c10'], 'b'));
    const third = await world.post(asks(['0c10'], 'c'));
    assert.ok(second.outcome === 'waiting' && third.outcome === 'waiting');
    assert.deepEqual([second.place, third.place], [0, 1]);
    const document = await world.read(second.id);
    assert.equal(document.state, 'waiting');
    assert.deepEqual(document.locks, []);
    assert.match(document.ticket ?? '', /^\d{12}$/);
    assert.deepEqual(await world.deliver(), ['waits'], 'the head alone was woken');
    assert.equal(await world.execute(first), 'finished');
    assert.deepEqual(
      world.sent.map(({ id }) => id),
      [second.id, second.id],
      'before the servers are free, and after; nobody else',
    );
    await world.deliver();
    const [b, c] = [await world.read(second.id), await world.read(third.id)];
    assert.deepEqual([b.state, c.state], ['succeeded', 'succeeded']);
    assert.ok((b.startedAt ?? '') <= (c.startedAt ?? ''));
    assert.match(textsOf(b.log), /first in line, and its servers are free/);
    await world.assertClear();
  });

  test('first come, first served at each server: nobody overtakes, whether he waits or not', async () => {
    const world = await LineWorld.open(storage);
    const holder = await world.posted(asks(['0c10'], 'holder'));
    const both = await world.posted(asks(['0c10', 'stek'], 'both'));
    const refused = await world.post(asks(['stek'], 'quick', {}));
    assert.deepEqual(refused, { outcome: 'busy', servers: ['server'], runs: [both] });
    const behind = await world.post(asks(['stek'], 'behind'));
    assert.ok(behind.outcome === 'waiting' && behind.place === 1);
    const busy = await world.post(asks(['0c10'], 'late', {}));
    assert.deepEqual(busy, { outcome: 'busy', servers: ['dcdb'], runs: [both] });
    await world.deliver();
    assert.deepEqual(await world.sweep(), [holder], 'server is free, and yet nobody may have it');
    await world.execute(holder);
    await world.deliver();
    const started = await Promise.all(
      [holder, both, behind.id].map(async (id) => {
        const { state, startedAt = '' } = await world.read(id);
        assert.equal(state, 'succeeded');
        return startedAt;
      }),
    );
    assert.deepEqual(started, started.toSorted());
    await world.assertClear();
  });

  test('a refusal names the run that holds the server', async () => {
    const world = await LineWorld.open(storage);
    const holder = await world.posted(asks(['0c10'], 'holder'));
    const refused = await world.post(asks(['0c10', 'stek'], 'quick', {}));
    assert.deepEqual(refused, { outcome: 'busy', servers: ['dcdb'], runs: [holder] });
  });

  test('servers that become free between the failed claim and the entry: it is woken all the same', async () => {
    const world = await LineWorld.open(storage);
    const holder = await world.posted(asks(['0c10'], 'holder'));
    const { waiting } = world.state;
    const enter = waiting.enter.bind(waiting);
    waiting.enter = async (entry, signal) => {
      await world.execute(holder);
      assert.deepEqual(world.sent, [], 'nobody was in line');
      await enter(entry, signal);
    };
    const waits = await world.posted(asks(['0c10'], 'waits'));
    await world.deliver();
    assert.equal((await world.read(waits)).state, 'succeeded');
  });

  test('tickets are one order, whoever takes them, and whatever becomes of the counter', async () => {
    const { container, state } = await LineWorld.open(storage);
    const take = () => state.waiting.takeTicket([], soon());
    const tickets = await Promise.all(Array.from({ length: 20 }, take));
    assert.equal(new Set(tickets).size, 20);
    const id = 'zd38m9z2l-b5hscz';
    await state.waiting.enter({ id, ticket: await take(), locks: ['dcdb'] }, soon());
    const entries = await state.waiting.list(soon());
    for (const text of ['{"version": 1, "last": "x"}', '{']) {
      await put(container, 'state/tickets.json', { body: Buffer.from(text), metadata: {} });
      const next = await state.waiting.takeTicket(entries, soon());
      assert.ok(next > (entries[0]?.ticket ?? ''), next);
    }
  });
});

describe('time', { concurrency: true }, () => {
  test('not before: it is not in line until then, and its ticket counts from then on', async () => {
    const world = await LineWorld.open(storage);
    const notBefore = new Date(world.now().getTime() + 600_000).toISOString();
    const later = await world.posted(asks(['0c10'], 'later', { whenBusy: 'wait', notBefore }));
    const [message] = world.sent;
    assert.ok(message && message.id === later && Math.abs(message.delaySeconds - 600) <= 1);
    assert.deepEqual(await world.sweep(), []);
    const now = await world.posted(asks(['0c10'], 'now'));
    assert.equal((await world.read(now)).state, 'queued', 'nobody is before it');
    const next = await world.posted(asks(['0c10'], 'next'));
    world.aheadMs = 600_000;
    world.sent.length = 0;
    await world.execute(now);
    assert.deepEqual([...new Set(world.sent.map(({ id }) => id))], [later]);
    await world.deliver();
    const [first, second] = [await world.read(later), await world.read(next)];
    assert.deepEqual([first.state, second.state], ['succeeded', 'succeeded']);
    assert.ok((first.endedAt ?? '') <= (second.startedAt ?? ''));
  });

  test('a message before its time comes again when it is due', async () => {
    const world = await LineWorld.open(storage);
    const notBefore = new Date(world.now().getTime() + 30 * 86_400_000).toISOString();
    const id = await world.posted(asks(['0c10'], 'later', { whenBusy: 'wait', notBefore }));
    assert.deepEqual(world.sent.splice(0), [{ id, delaySeconds: 7 * 86_400 }]);
    assert.equal(await world.execute(id), 'waits');
    assert.deepEqual(world.sent, [{ id, delaySeconds: 7 * 86_400 }]);
  });
});

describe('cancelling a run that waits', { concurrency: true }, () => {
  test('ends it at once, and wakes who comes first then', async () => {
    const world = await LineWorld.open(storage);
    await world.posted(asks(['0c10'], 'holder'));
    const both = await world.posted(asks(['0c10', 'stek'], 'both'));
    const behind = await world.posted(asks(['stek'], 'behind'));
    await world.deliver();
    assert.deepEqual(await world.service().cancel(both, 'somebody', soon()), {
      ...{ outcome: 'accepted', state: 'cancelled' },
    });
    const document = await world.read(both);
    assert.equal(document.state, 'cancelled');
    assert.equal(document.reason, 'Cancelled by somebody while it waited.');
    assert.ok(document.stages.every(({ state }) => state === 'cancelled'));
    assert.deepEqual([...new Set(world.sent.map(({ id }) => id))], [behind]);
    await world.deliver();
    assert.equal((await world.read(behind)).state, 'succeeded');
    assert.deepEqual(await world.service().cancel(both, 'somebody', soon()), {
      outcome: 'finished',
      state: 'cancelled',
    });
  });

  test('while it starts: it is cancelled, or it runs and is asked to stop; never both', async () => {
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const world = await LineWorld.open(storage);
        const holder = await world.posted(asks(['0c10'], 'holder'));
        const id = await world.posted(asks(['0c10'], 'waits'));
        await world.execute(holder);
        const starting = world.execute(id);
        const outcome = await world.service().cancel(id, 'somebody', soon());
        await starting;
        const { state, stages } = await world.read(id);
        if (outcome.outcome === 'finished') assert.equal(state, 'succeeded');
        const called = stages.filter(({ attempts }) => attempts.length > 0);
        if (state === 'cancelled' && called.length === 0) assert.ok(!world.exported.includes(id));
        await world.recover();
        await world.assertClear();
      }),
    );
  });
});

describe('a catalogue that changed while a run waited', { concurrency: true }, () => {
  async function waiting(codes: readonly string[] = ['0c10'], whole = false) {
    const world = await LineWorld.open(storage);
    const holder = await world.posted(asks(['0c10'], 'holder'));
    const request = asks(codes, 'waits');
    const names = whole ? ['meter', 'city'] : [entity];
    const id = await world.posted({
      ...request,
      calls: request.calls.map((call) => ({ ...call, names, whole })),
    });
    world.sent.length = 0;
    await world.execute(holder);
    return { world, id };
  }
  /** Every list without it. */
  const without = (name: string): unknown =>
    JSON.parse(JSON.stringify(shippedJson()), (_key, value) =>
      Array.isArray(value) ? value.filter((one) => one !== name && one?.name !== name) : value,
    );

  test('it is planned again, and told', async () => {
    const { world, id } = await waiting();
    const catalog = { ...shippedCatalog(), revision: 'another' };
    assert.equal(await world.execute(id, { catalog }), 'finished');
    const run = await world.read(id);
    assert.equal(run.catalog, 'another');
    assert.match(textsOf(run.log), /catalogue has changed .*the run was planned again/);
    assert.doesNotMatch(textsOf(run.log), /goes by its own plan/);
  });

  test('its server has another name: it waits for that one', async () => {
    const { world, id } = await waiting();
    const json = shippedJson();
    edit(json, ['servers', 0, 'id'], 'renamed');
    edit(json, ['databases', 0, 'server'], 'renamed');
    const catalog = parseCatalog(json);
    const service = postingService(world.state, { catalog, send: world.send });
    const other = await service.start(asks(['0c10'], 'other', {}), soon());
    assert.ok(other.outcome === 'started', JSON.stringify(other));
    assert.equal(await world.execute(id, { catalog }), 'waits');
    assert.deepEqual((await world.state.waiting.list(soon()))[0]?.locks, ['renamed']);
    await world.execute(other.id, { catalog });
    assert.equal(await world.execute(id, { catalog }), 'finished');
    assert.equal((await world.read(id)).state, 'succeeded');
  });

  test('what was named is gone: it ends, says so, and holds nobody up', async () => {
    const { world, id } = await waiting();
    const catalog = parseCatalog(without('meter'));
    const next = await world.posted(asks(['0c10'], 'next'));
    world.sent.length = 0;
    assert.equal(await world.execute(id, { catalog }), 'waits');
    const run = await world.read(id);
    assert.equal(run.state, 'failed');
    assert.equal(run.reason, 'The catalogue no longer has meter of 0c10.');
    assert.deepEqual([...new Set(world.sent.map((message) => message.id))], [next]);
  });

  test('of a whole data source what is left is enough', async () => {
    const { world, id } = await waiting(['0c10'], true);
    const catalog = parseCatalog(without('city'));
    assert.equal(await world.execute(id, { catalog }), 'finished');
    const run = await world.read(id);
    assert.equal(run.state, 'succeeded');
    assert.match(textsOf(run.log), /no longer has city of 0c10/);
    assert.ok(run.stages.every((stage) => stage.entity === 'meter'));
  });
});

describe('the net', { concurrency: true }, () => {
  test('a message that was lost: the sweeper finds who is first and waits for nothing', async () => {
    const world = await LineWorld.open(storage);
    const holder = await world.posted(asks(['0c10'], 'holder'));
    const ids = [];
    for (const user of ['a', 'b']) ids.push(await world.posted(asks(['0c10'], user)));
    assert.deepEqual(await world.sweep(), [holder], 'its server is not free');
    await world.execute(holder);
    world.sent.length = 0;
    assert.deepEqual(await world.sweep(), ids.slice(0, 1));
  });

  test('entries of what has ended, is gone or has begun leave the line', async () => {
    const world = await LineWorld.open(storage);
    await world.posted(asks(['0c10'], 'holder'));
    const ended = await world.posted(asks(['stek', '0c10'], 'ended'));
    const gone = await world.posted(asks(['stek', '0c10'], 'gone'));
    const last = await world.posted(asks(['stek'], 'last'));
    const found = await world.state.runs.read(ended, soon());
    assert.ok(found);
    found.value.state = 'cancelled';
    await world.state.runs.replace(found.value, found.etag, soon());
    await world.state.runs.remove(gone, soon());
    assert.ok((await world.sweep()).includes(last));
    assert.deepEqual(await world.entries(), [last]);
  });

  test('a message for a run that has ended takes its entry out of the line', async () => {
    const world = await LineWorld.open(storage);
    await world.posted(asks(['0c10'], 'holder'));
    const ended = await world.posted(asks(['stek', '0c10'], 'ended'));
    const last = await world.posted(asks(['stek'], 'last'));
    const found = await world.state.runs.read(ended, soon());
    assert.ok(found);
    found.value.state = 'cancelled';
    await world.state.runs.replace(found.value, found.etag, soon());
    world.sent.length = 0;
    assert.equal(await world.execute(ended), 'left');
    assert.deepEqual([...new Set(world.sent.map(({ id }) => id))], [last]);
  });

  test('a document without its entry is ended, once it is old', async () => {
    const world = await LineWorld.open(storage);
    await world.posted(asks(['0c10'], 'holder'));
    const { waiting } = world.state;
    const enter = waiting.enter.bind(waiting);
    waiting.enter = async () => {
      throw new Error('storage is away');
    };
    const outcome = await world.post(asks(['0c10'], 'waits'));
    waiting.enter = enter;
    assert.ok(outcome.outcome === 'waiting' && outcome.place === undefined);
    assert.equal(await world.execute(outcome.id), 'waits');
    await world.sweep();
    const run = await world.read(outcome.id);
    assert.equal(run.state, 'interrupted');
    assert.equal(run.reason, 'It was never begun: it is not in line.');
  });

  test('an entry that is damaged keeps its place, and gets its locks again', async () => {
    const world = await LineWorld.open(storage);
    const holder = await world.posted(asks(['0c10'], 'holder'));
    const id = await world.posted(asks(['0c10'], 'waits'));
    const { ticket } = await world.read(id);
    const blob = `waiting/${ticket}-${id}.json`;
    await put(world.container, blob, { body: Buffer.from('{"loc'), metadata: {} });
    assert.deepEqual(await world.entries(), [id]);
    await world.execute(id);
    assert.deepEqual((await world.state.waiting.list(soon()))[0]?.locks, ['dcdb']);
    await put(world.container, 'waiting/nobody.json', { body: Buffer.from('x'), metadata: {} });
    await world.execute(holder);
    await world.deliver();
    assert.equal((await world.read(id)).state, 'succeeded');
  });

  test('a worker of a version that knows nothing of waiting leaves the run alone', async () => {
    const world = await LineWorld.open(storage);
    const holder = await world.posted(asks(['0c10'], 'holder'));
    const id = await world.posted(asks(['0c10'], 'waits'));
    await world.execute(holder);
    const runs = new RunStore(world.container, () => {}, { ...runForm, version: 1 });
    await assert.rejects(world.execute(id, { runs }), DocumentNewerError);
    assert.equal((await world.read(id)).state, 'waiting');
    await world.recover();
    assert.equal((await world.read(id)).state, 'succeeded');
  });

  test('what was closed is opened: each that is first in line is looked at again, when all know', async () => {
    const world = await LineWorld.open(storage);
    await world.posted(asks(['0c10', 'stek'], 'holder'));
    const first = await world.posted(asks(['0c10'], 'first'));
    await world.posted(asks(['0c10'], 'second'));
    const other = await world.posted(asks(['stek'], 'other'));
    world.sent.length = 0;
    await world.service().wakeLine();
    assert.deepEqual(
      world.sent.slice(),
      [first, other].map((id) => ({ id, delaySeconds: 2 })),
    );
  });

  test('closed for now: it waits, and comes again', async () => {
    const world = await LineWorld.open(storage);
    const holder = await world.posted(asks(['0c10'], 'holder'));
    const id = await world.posted(asks(['0c10'], 'waits'));
    await world.execute(holder);
    world.sent.length = 0;
    const until = new Date(world.now().getTime() + 60_000).toISOString();
    const asked: string[] = [];
    const closed = async (stages: readonly Stage[]) => {
      asked.push(...stages.map((stage) => stage.server));
      return { until };
    };
    assert.equal(await world.execute(id, { closed }), 'waits');
    assert.deepEqual(asked, ['dcdb', 'ab', 'ab']);
    assert.equal(world.sent.length, 0, 'the sweeper looks again');
    world.aheadMs = 50_000;
    assert.equal(await world.execute(id, { closed }), 'waits');
    assert.deepEqual(world.sent.slice(), [{ id, delaySeconds: 10 }]);
    assert.equal((await world.read(id)).state, 'waiting');
    world.aheadMs = 60_000;
    await world.deliver();
    assert.equal((await world.read(id)).state, 'succeeded');
  });
});
