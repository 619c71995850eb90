/** Delivery over real storage to a real HTTP server and a real mail exchange, by workers that die. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type Delivering, deliverDue } from '../../shared/events/delivery/deliver.ts';
import { TargetStates } from '../../shared/events/delivery/target-states.ts';
import { eventOf, type NewEvent } from '../../shared/events/event.ts';
import { isSettled } from '../../shared/events/event-document.ts';
import { EventStore } from '../../shared/events/event-store.ts';
import { send } from '../../shared/events/targets/send.ts';
import type { Target } from '../../shared/events/targets/target.ts';
import { Leases } from '../../shared/lock/leases.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { between, seededRandom } from '../support/random.ts';
import {
  type Reply,
  type ScriptedHttp,
  startScriptedHttp,
  status,
} from '../support/scripted-http.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { someOf } from '../support/some-of.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';
import { causedAt, failure, mailbox, webHook } from '../support/targets.ts';

let storage: TestStorage;
let http: ScriptedHttp;
let smtp: SmtpServer;
before(async () => {
  [storage, http, smtp] = await Promise.all([
    startStorage(),
    startScriptedHttp(status(204)),
    startSmtpServer(),
  ]);
});
after(() => Promise.all([storage.close(), http.close(), smtp.close()]));

/** Workers over one container, by a clock of the test's. */
class World {
  readonly container: ContainerClient;
  readonly targets: Target[];
  ms = causedAt.getTime();
  readonly now = () => new Date(this.ms);
  readonly log: string[] = [];

  constructor(container: ContainerClient, targets: Target[]) {
    this.container = container;
    this.targets = targets;
  }

  /** Each world has paths of its own at the servers that all share. */
  static async open(names: readonly string[] = ['hook', 'mail']): Promise<World> {
    const container = await storage.container();
    const own = container.containerName;
    return new World(
      container,
      names.map((name) =>
        name === 'mail'
          ? mailbox(`${own}-mail`, smtp.port)
          : webHook(`${own}-${name}`, http.origin),
      ),
    );
  }

  worker(container = this.container): Delivering {
    const { now, targets, log } = this;
    return {
      ...{ now, targets, log: (text) => log.push(text) },
      events: new EventStore(container, now),
      states: new TargetStates(container),
      leases: new Leases(container, 15),
      send: (...call) => send({}, ...call),
    };
  }

  get events(): EventStore {
    return this.worker().events;
  }

  async kept(): Promise<string[]> {
    const ids: string[] = [];
    for await (const id of this.events.ids(undefined, soon())) ids.push(id);
    return ids;
  }

  async tell(...told: NewEvent[]): Promise<string[]> {
    for (const event of told) await this.events.tell(event, soon());
    return told.map((event) => eventOf(event, causedAt).id);
  }

  /** Ids that the web hook `name` took, in order. */
  hooked(name = 'hook'): string[] {
    const path = `/hook/${this.container.containerName}-${name}`;
    return http.requests
      .filter(({ url }) => url === path)
      .map(({ headers }) => String(headers['webhook-id']));
  }

  mailed(): string[] {
    const end = `.${this.container.containerName}-mail@syncboard>`;
    return smtp.mails
      .map(({ headers }) => headers.get('message-id') ?? '')
      .filter((id) => id.endsWith(end))
      .map((id) => id.slice(1, -end.length));
  }

  /** Rounds, half a minute apart, until nothing is open. */
  async finish(most = 60): Promise<void> {
    for (let round = 0; round < most; round += 1) {
      await deliverDue(this.worker(), soon());
      if ((await this.events.open(soon())).length === 0) return;
      this.ms += 30_000;
    }
    assert.fail(`still open: ${JSON.stringify(await this.events.open(soon()))}`);
  }

  async assertSettled(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const found = await this.events.read(id, soon());
      assert.ok(found && isSettled(found.value), id);
      for (const { state } of Object.values(found.value.deliveries ?? {})) {
        assert.equal(state, 'delivered');
      }
    }
  }
}

const set = (ids: readonly string[]) => [...new Set(ids)].sort();

test('told twice, at once and after it was delivered: one event, sent once to each target', async () => {
  const world = await World.open();
  await Promise.all([world.tell(failure('r1')), world.tell(failure('r1'))]);
  const [id] = await world.tell(failure('r1', { error: 'in other words' }), failure('r2'));
  await world.finish();
  const ids = await world.tell(failure('r1'), failure('r2'));
  await world.finish();
  assert.ok(id !== undefined && ids.includes(id));
  assert.deepEqual([...world.hooked()].sort(), [...ids].sort());
  assert.deepEqual([...world.mailed()].sort(), [...ids].sort());
  await world.assertSettled(ids);
});

test('a worker dies at any call to storage, while it tells and while it delivers: nothing is lost', async (t) => {
  const told = [failure('r1'), failure('r2', { kind: 'run.slow' })];
  const act = async (worker: Delivering) => {
    for (const event of told) await worker.events.tell(event, soon());
    await deliverDue(worker, soon());
  };
  const mortal = async (world: World, number: number, done: boolean) => {
    const proxy = await startFaultProxy(storage.connectionString);
    const death = Promise.withResolvers<void>();
    let calls = 0;
    proxy.decide = () => {
      calls += 1;
      if (calls < number) return undefined;
      death.resolve();
      return { kind: calls === number && done ? 'lost answer' : 'reset' };
    };
    const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
      retryOptions: { maxTries: 1 },
    });
    const container = service.getContainerClient(world.container.containerName);
    return { worker: world.worker(container), proxy, death: death.promise };
  };
  const whole = await World.open();
  const { worker, proxy } = await mortal(whole, Number.POSITIVE_INFINITY, false);
  await act(worker);
  await proxy.close();
  const calls = proxy.requests.length;
  t.diagnostic(`${calls} calls`);
  assert.ok(calls > 10);
  const deaths = Array.from({ length: calls }, (_, index) =>
    [true, false].map((done) => ({ number: index + 1, done })),
  ).flat();
  const die = async ({ number, done }: { number: number; done: boolean }) => {
    const world = await World.open();
    const dying = await mortal(world, number, done);
    await Promise.race([act(dying.worker).catch(() => {}), dying.death]);
    await dying.proxy.idle();
    // Its lease has run out by then.
    await world.container
      .getBlobClient('locks/events/delivery')
      .getBlobLeaseClient()
      .breakLease(0)
      .catch(() => {});
    try {
      // Whoever does its work again tells the same.
      const ids = await world.tell(...told);
      await world.finish();
      assert.deepEqual(set(world.hooked()), set(ids));
      assert.deepEqual(set(world.mailed()), set(ids));
      await world.assertSettled(ids);
      // What was sent twice was sent by the dead one.
      assert.ok(world.hooked().length <= 2 * ids.length);
    } catch (error) {
      throw new Error(`dead at call ${number}, ${done ? '' : 'not '}done`, { cause: error });
    } finally {
      await dying.proxy.close();
    }
  };
  const left = someOf(deaths, 1 / 2).values();
  const some = async () => {
    for (const death of left) await die(death);
  };
  await Promise.all(Array.from({ length: 6 }, some));
});

test('targets are down for ten minutes while workers are killed in the middle: every event arrives, each with its own id', async () => {
  const world = await World.open();
  const random = seededRandom(17);
  const downUntil = world.ms + 600_000;
  const isDown = () => world.ms < downUntil;
  const path = `/hook/${world.container.containerName}-hook`;
  const taken: string[] = [];
  const reply: Reply = (response, { url, headers }) => {
    const isOurs = url === path;
    if (isOurs && isDown()) return void response.socket?.resetAndDestroy();
    if (isOurs) taken.push(String(headers['webhook-id']));
    response.writeHead(204).end();
  };
  http.script(reply);
  smtp.answer = (verb) => (verb === 'MAIL' && isDown() ? '421 down' : undefined);
  const ids: string[] = [];
  for (let round = 0; round < 120; round += 1) {
    if (round < 30) {
      const cause = `r${round}`;
      ids.push(...(await world.tell(failure(cause, { causedAt: new Date(world.ms) }))));
    }
    // Some are killed somewhere in their round: their signal says nothing to storage, their work stops.
    const kill = new AbortController();
    const isKilled = between(random, 0, 2) === 0;
    const timer = setTimeout(() => kill.abort(new Error('killed')), between(random, 0, 60));
    const signal = isKilled ? AbortSignal.any([kill.signal, soon()]) : soon();
    const workers = [1, 2].map(() => deliverDue(world.worker(), signal).catch(() => undefined));
    await Promise.all(workers);
    clearTimeout(timer);
    world.ms += 30_000;
    if (round >= 30 && (await world.events.open(soon())).length === 0) break;
  }
  smtp.answer = () => undefined;
  http.script(status(204));
  assert.deepEqual(set(taken), set(ids));
  assert.deepEqual(set(world.mailed()), set(ids));
  await world.assertSettled(ids);
});

test('two workers at once send once', async () => {
  const world = await World.open(['hook']);
  const ids = await world.tell(...Array.from({ length: 20 }, (_, index) => failure(`r${index}`)));
  const outcomes = await Promise.all([1, 2, 3].map(() => deliverDue(world.worker(), soon())));
  assert.equal(outcomes.filter((count) => count !== undefined && count > 0).length, 1);
  assert.deepEqual([...world.hooked()].sort(), [...ids].sort());
});

test('a target that is down keeps the other waiting for nothing, and is not asked for each event', async () => {
  const world = await World.open(['hook', 'other']);
  const down = `/hook/${world.container.containerName}-hook`;
  http.script((response, { url }) => {
    response.writeHead(url === down ? 500 : 204).end();
  });
  const ids = await world.tell(...Array.from({ length: 40 }, (_, index) => failure(`r${index}`)));
  await deliverDue(world.worker(), soon());
  http.script(status(204));
  assert.deepEqual(set(world.hooked('other')), set(ids));
  assert.ok(world.hooked().length <= 8, `${world.hooked().length} attempts`);
  const states = await new TargetStates(world.container).read(soon());
  const state = states.find(({ failingSince }) => failingSince !== undefined);
  assert.match(state?.error ?? '', /it answered 500/);
  await world.finish();
  assert.deepEqual(set(world.hooked()), set(ids));
});

test('what a target does not take for a day is given up, told, and the others have it', async () => {
  const world = await World.open(['hook', 'other']);
  const down = `/hook/${world.container.containerName}-hook`;
  http.script((response, { url }) => {
    response.writeHead(url === down ? 503 : 204).end();
  });
  const [id = ''] = await world.tell(failure('r1'));
  for (let quarter = 0; quarter < 100; quarter += 1) {
    await deliverDue(world.worker(), soon());
    world.ms += 900_000;
  }
  http.script(status(204));
  const { deliveries = {} } = (await world.events.read(id, soon()))?.value ?? {};
  const states = Object.entries(deliveries).map(
    ([name, { state }]) => `${name.split('-').at(-1)} ${state}`,
  );
  assert.deepEqual(states.sort(), ['hook given up', 'other delivered']);
  assert.equal(world.log.length, 1);
  assert.match(world.log[0] ?? '', /will not hear of run\.failed .*: it answered 503/);
  const known = await new TargetStates(world.container).read(soon());
  assert.equal(known.find(({ name }) => name.endsWith('hook'))?.givenUp?.count, 1);
  assert.deepEqual(await world.events.open(soon()), []);
});

test('quiet hours hold back, and what they held arrives when they end', async () => {
  const world = await World.open(['hook']);
  const [target] = world.targets;
  assert.ok(target);
  // It is 02:15 in Prague.
  Object.assign(target, { quiet: { from: 22 * 60, to: 6 * 60 }, timeZone: 'Europe/Prague' });
  const ids = await world.tell(failure('r1'));
  for (const hours of [0, 1, 3.5]) {
    world.ms = causedAt.getTime() + hours * 3_600_000;
    await deliverDue(world.worker(), soon());
    assert.deepEqual(world.hooked(), [], `${hours}`);
  }
  world.ms = Date.parse('2026-11-30T05:00:01Z');
  await deliverDue(world.worker(), soon());
  assert.deepEqual(world.hooked(), ids);
});

test('of a damaged event is told that it was damaged; a newer one is left to its workers', async () => {
  const world = await World.open(['hook']);
  const [damaged = '', newer = ''] = await world.tell(failure('r1'), failure('r2'));
  const put = async (id: string, text: string) => {
    const blob = world.container.getBlockBlobClient(`events/${id}.json`);
    const { metadata = {} } = await blob.getProperties();
    await blob.upload(text, text.length, { metadata });
  };
  await put(damaged, '{"half": ');
  await put(newer, JSON.stringify({ version: 9 }));
  await deliverDue(world.worker(), soon());
  assert.deepEqual(world.hooked(), [damaged]);
  const request = http.requests.findLast(({ headers }) => headers['webhook-id'] === damaged);
  const body = JSON.parse(request?.body ?? '');
  assert.equal(body.type, 'syncboard.event.damaged');
  assert.equal(body.data.reason, 'run.failed');
  assert.equal(body.time, causedAt.toISOString(), 'its id has it');
  assert.deepEqual(await brokenTexts(world.container), ['{"half": ']);
  assert.deepEqual(
    (await world.events.open(soon())).map(({ id }) => id),
    [newer],
  );
});

test('without targets events are kept all the same, and expire with their marks', async () => {
  const world = await World.open([]);
  const ids = await world.tell(failure('r1'), failure('r2', { causedAt: new Date(world.ms + 1) }));
  await deliverDue(world.worker(), soon());
  assert.deepEqual(await world.events.open(soon()), []);
  const kept = await world.kept();
  assert.deepEqual(kept, ids.toReversed());
  await world.tell(failure('r3', { causedAt: new Date(world.ms - 86_400_000) }));
  world.ms += 86_400_000 * 1.5;
  assert.equal(await world.events.expire(2, soon()), 1);
  assert.deepEqual(await world.events.open(soon()), []);
  assert.equal((await world.kept()).length, 2);
});
