/** Events by HTTP, of an app over real storage and a real receiver; only the host is missing. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { HttpRequestInit } from '@azure/functions';
import { Webhook } from 'standardwebhooks';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { eventOf, type NewEvent } from '../../shared/events/event.ts';
import { EventStore } from '../../shared/events/event-store.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { syncState } from '../../shared/sync/sync-state.ts';
import { type ScriptedHttp, startScriptedHttp, status } from '../support/scripted-http.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, post, type Reply, testApp } from './app.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const tokens = [
  ...JSON.parse(sample.Values.API_TOKENS),
  { name: 'narrow', sha256: digest('narrow'), codes: ['0c10'] },
];
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const secretPath = 'T0/B0/very-secret';

let storage: TestStorage;
let http: ScriptedHttp;
let app: App;
let events: EventStore;
before(async () => {
  [storage, http] = await Promise.all([startStorage(), startScriptedHttp(status(204))]);
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    API_TOKENS: JSON.stringify(tokens),
    NOTIFICATIONS: JSON.stringify([
      { name: 'ops', type: 'webhook', language: 'cs' },
      { name: 'chat', type: 'slack', events: ['run.*'], severity: 'error' },
    ]),
    NOTIFY_OPS_URL: `${http.origin}/ops/${secretPath}`,
    NOTIFY_OPS_SECRET: secret,
    NOTIFY_CHAT_URL: `${http.origin}/chat/${secretPath}`,
  });
  const { settings } = app.current;
  events = new EventStore(await openContainer(settings.storage, soon()), app.current.now);
});
after(async () => {
  await app.stop();
  await Promise.all([storage.close(), http.close()]);
});

function ask(name: string, init: HttpRequestInit = {}, token = 'demo-token'): Promise<Reply> {
  return call(app, name, { ...init, headers: { authorization: `Bearer ${token}` } });
}

async function listed(query: Record<string, string> = {}, token = 'demo-token') {
  const { status: answered, text } = await ask('events', { query }, token);
  assert.equal(answered, 200, text);
  return JSON.parse(text);
}

const idsOf = (page: { events: { id: string }[] }) => page.events.map(({ id }) => id);
const at = (minute: number) => new Date(Date.parse('2026-11-30T02:00:00Z') + minute * 60_000);
const told: NewEvent[] = [
  {
    kind: 'run.failed',
    cause: 'r1',
    causedAt: at(1),
    run: 'r1',
    codes: ['0c10'],
    board: 'nightly',
  },
  { kind: 'run.recovered', cause: 'r2', causedAt: at(2), run: 'r2', codes: ['0c10', 'mo'] },
  { kind: 'company.trouble', cause: 'c', causedAt: at(3), codes: ['flexi-demo'], error: 'down' },
  { kind: 'queue.poison', cause: 'q', causedAt: at(4), queue: 'syncboard-runs', message: 'm1' },
];
const [failed = '', recovered = '', trouble = '', poison = ''] = told.map(
  (event) => eventOf(event, at(0)).id,
);

test('what is told is delivered to who wants it, and listed with how far each target has heard', async () => {
  for (const event of told) await events.tell(event, soon());
  assert.deepEqual(idsOf(await listed({ target: 'ops' })), [], 'nobody has looked yet');
  const log: string[] = [];
  assert.equal(await app.deliverEvents((text) => log.push(text)), 5);
  assert.deepEqual(log, []);
  const verifier = new Webhook(secret);
  const hooked = http.requests
    .filter(({ url }) => url.startsWith('/ops/'))
    .map(({ headers, body }) => verifier.verify(body, headers as Record<string, string>))
    .map((event) => event as { id: string; type: string; data: { title: string } });
  assert.deepEqual(hooked.map(({ id }) => id).sort(), [failed, recovered, trouble, poison].sort());
  const titles = hooked.map(({ data }) => data.title);
  assert.ok(titles.includes('Běh r1 selhal: 0c10'), titles.join());
  const page = await listed();
  assert.deepEqual(idsOf(page), [poison, trouble, recovered, failed]);
  const { deliveries } = page.events[3];
  assert.deepEqual(Object.keys(deliveries).sort(), ['chat', 'ops']);
  assert.deepEqual([deliveries.chat.state, deliveries.chat.attempts], ['delivered', 1]);
  assert.equal(await app.deliverEvents(() => {}), 0, 'nothing is left');
});

test('the list by kind, code, board, severity, target and state, page by page', async () => {
  const cases: [Record<string, string>, string[]][] = [
    [{ kind: 'run' }, [recovered, failed]],
    [{ kind: 'run.failed' }, [failed]],
    [{ code: 'mo' }, [recovered]],
    [{ board: 'nightly' }, [failed]],
    [{ severity: 'info' }, [recovered]],
    [{ target: 'chat' }, [failed]],
    [{ target: 'ops', state: 'delivered', code: '0c10' }, [recovered, failed]],
    [{ state: 'given up' }, []],
  ];
  for (const [query, ids] of cases) {
    assert.deepEqual(idsOf(await listed(query)), ids, JSON.stringify(query));
  }
  const walked: string[] = [];
  let next: string | undefined = '/events?limit=1';
  while (next !== undefined) {
    const query: Record<string, string> = Object.fromEntries(
      new URL(next, 'http://localhost').searchParams,
    );
    const page = await listed(query);
    walked.push(...idsOf(page));
    next = page.next;
  }
  assert.deepEqual(walked, [poison, trouble, recovered, failed]);
});

test('of data sources that the caller may touch, and what is wrong with a query is named', async () => {
  assert.deepEqual(idsOf(await listed({}, 'narrow')), [failed]);
  assert.equal((await call(app, 'events')).status, 401);
  const query = { kind: 'run.faild', limit: '0', after: 'here' };
  const refused = await ask('events', { query });
  assert.equal(refused.status, 400);
  const errors = JSON.parse(refused.text).errors;
  assert.deepEqual(
    errors.map(({ field }: { field: string }) => field),
    ['limit', 'after', 'kind'],
  );
  assert.match(errors[2].message, /did you mean run\.failed\?/);
});

test('a test of a target says how it went, and the health tells of one that takes nothing', async () => {
  const tried = (target: unknown, token = 'demo-token') =>
    post(app, 'test_target', { target, user: 'Jana' }, { authorization: `Bearer ${token}` });
  const good = await tried('ops');
  assert.deepEqual([good.status, JSON.parse(good.text).taken], [200, true]);
  const { type, data } = JSON.parse(http.requests.at(-1)?.body ?? '');
  assert.deepEqual([type, data.user], ['syncboard.test', 'Jana']);
  http.script((response, { url }) => response.writeHead(404).end(`no ${url}`) && undefined);
  const bad = JSON.parse((await tried('chat')).text);
  assert.partialDeepStrictEqual(bad, { target: 'chat', taken: false });
  assert.equal(bad.error, 'it answered 404: no …');
  const parts = await app.current.health(soon());
  const part = parts.find((one) => one.part === 'target chat');
  assert.equal(part?.state, 'degraded');
  assert.match(part?.reason ?? '', /takes nothing since .*: it answered 404: no …$/);
  assert.equal(parts.find((one) => one.part === 'target ops')?.state, 'ok');
  const page = await listed();
  assert.equal(page.targets[1].error, bad.error);
  http.script(status(204));
  assert.equal(JSON.parse((await tried('chat')).text).taken, true);
  assert.equal((await listed()).targets[1].failingSince, undefined);
  assert.equal((await tried('ops', 'narrow')).status, 403);
  const unknown = await tried('opps');
  assert.equal(unknown.status, 400);
  assert.match(JSON.parse(unknown.text).errors[0].message, /did you mean ops\?/);
  const none = await post(
    testApp(),
    'test_target',
    { target: 'ops' },
    { authorization: 'Bearer demo-token' },
  );
  assert.equal(none.status, 409);
  // Nothing of it is an event of the list, and no secret is anywhere.
  assert.equal(page.events.length, 4);
  const texts = JSON.stringify([bad, parts, page, unknown.text]);
  for (const hidden of [secretPath, secret, secret.slice(6)]) assert.ok(!texts.includes(hidden));
});

test('data that have become old are told once, and those that are not yet are not', async () => {
  const { settings, now } = app.current;
  const { ages } = syncState(await openContainer(settings.storage, soon()), 15);
  const age = (entity: string, minutes: number) => ({
    ...{ entity, code: '0c10', place: 'heap', maxAgeMs: 3_600_000 },
    ...{ newest: '2026-11-29T01:00:00', readAt: now().toISOString() },
    oldAt: new Date(now().getTime() + minutes * 60_000).toISOString(),
  });
  await ages.note([age('payment', -5), age('meter', 5)], now(), soon());
  for (let round = 0; round < 2; round += 1) await app.deliverEvents(() => {});
  const { events: found } = await listed({ kind: 'data.old' });
  assert.equal(found.length, 1);
  assert.partialDeepStrictEqual(found[0], {
    ...{ codes: ['0c10'], entities: ['payment'], reason: 'heap: 2026-11-29T01:00:00' },
    deliveries: { ops: { state: 'delivered' } },
  });
});

test('a closure is told by whoever looks, once', async () => {
  const until = new Date(app.current.now().getTime() + 3_600_000).toISOString();
  const body = { server: 'dcdb', until, reason: 'maintenance', user: 'Jana' };
  const closed = await post(app, 'closures', body, { authorization: 'Bearer demo-token' });
  assert.equal(closed.status, 201, closed.text);
  for (let round = 0; round < 2; round += 1) await app.deliverEvents(() => {});
  const { events: found } = await listed({ kind: 'closure' });
  assert.equal(found.length, 1);
  assert.partialDeepStrictEqual(found[0], {
    ...{ kind: 'closure.begins', server: 'dcdb', until, reason: 'maintenance', user: 'Jana' },
    deliveries: { ops: { state: 'delivered' } },
  });
});

test('a closure that is opened before anybody has looked is told all the same', async () => {
  const until = new Date(app.current.now().getTime() + 3_600_000).toISOString();
  const body = { server: 'ab', until, reason: 'a moment', user: 'Jana' };
  const headers = { authorization: 'Bearer demo-token' };
  const { id } = JSON.parse((await post(app, 'closures', body, headers)).text);
  const opened = await call(app, 'closure', { method: 'DELETE', headers, params: { id } });
  assert.equal(opened.status, 200, opened.text);
  await app.deliverEvents(() => {});
  const { events: found } = await listed({ kind: 'closure' });
  assert.deepEqual(
    found.map(({ server, reason }: { server: string; reason: string }) => [server, reason])[0],
    ['ab', 'a moment'],
  );
});
