/** `Idempotency-Key` on real storage, with workers that die, two at a time; only the host is missing. */

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { clientId, type Issuer, startIssuer } from '../support/issuer.ts';
import { randomFaults } from '../support/random-faults.ts';
import { oneIn } from '../support/some-of.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, post, type Reply, type Services, testApp } from './app.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const second = { name: 'second', sha256: digest('second'), codes: ['*'] };

let storage: TestStorage;
let proxy: FaultProxy;
let container: ContainerClient;
/** Two workers past the proxy, and one behind it. */
let app: App;
let other: App;
let dying: App;
let issuer: Issuer;
before(async () => {
  issuer = await startIssuer(new Date());
  storage = await startStorage();
  proxy = await startFaultProxy(storage.connectionString);
  [app, other, dying] = await Promise.all([start(), start(), start(proxy.connectionString)]);
  const { connectionString } = storage;
  container = await openContainer({ kind: 'connection string', connectionString }, soon());
});
after(async () => {
  await Promise.all([app.stop(), other.stop(), dying.stop()]);
  await proxy.close();
  await storage.close();
  await issuer.close();
});

function start(connectionString = storage.connectionString): Promise<App> {
  return App.start({
    ...sample.Values,
    AzureWebJobsStorage: connectionString,
    API_TOKENS: JSON.stringify([...JSON.parse(sample.Values.API_TOKENS), second]),
    SIGN_IN: JSON.stringify({
      ...{ issuer: issuer.name, audience: clientId },
      appRoles: [{ name: 'Operator', codes: ['*'] }],
    }),
  });
}

/** No run, no lock and no key is left. */
async function wipe(): Promise<void> {
  proxy.decide = () => undefined;
  await proxy.idle();
  for (const prefix of ['runs/', 'locks/', 'idempotency/']) {
    for await (const { name, properties } of container.listBlobsFlat({ prefix })) {
      const blob = container.getBlobClient(name);
      if (properties.leaseState === 'leased') await blob.getBlobLeaseClient().breakLease(0);
      await blob.deleteIfExists();
    }
  }
}
afterEach(wipe);

const payment = { user: 'me', code: '0c10', name: 'payment', month: 7, year: 2019 };

function sync(
  key: string,
  body: object = payment,
  by: Services = app,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const token = { authorization: 'Bearer demo-token', accept: 'application/json' };
  return post(by, 'entity_sync', body, { ...token, 'idempotency-key': key, ...headers });
}

async function runIds(): Promise<string[]> {
  return (await app.current.syncs.list({ limit: 200 }, soon())).runs.map(({ id }) => id);
}

/** A worker a minute after everything that is there was written. */
function later(by: App): AppServices {
  return new Proxy<AppServices>(by.current, {
    get(target, member) {
      const value = Reflect.get(target, member, target);
      if (member !== 'keys') return typeof value === 'function' ? value.bind(target) : value;
      return async (signal: AbortSignal) => {
        const keys = await by.current.keys(signal);
        return new Proxy(keys, {
          get(known, name) {
            const of = Reflect.get(known, name, known);
            if (name !== 'reserve') return typeof of === 'function' ? of.bind(known) : of;
            return async (...given: Parameters<typeof keys.reserve>) => {
              const found = await keys.reserve(...given);
              return found.isOwn ? found : { ...found, ageMs: found.ageMs + 61_000 };
            };
          },
        });
      };
    },
  });
}

test('sent again it starts nothing and gets the first answer, however it is written', async () => {
  const key = randomUUID();
  const first = await sync(key);
  assert.equal(first.status, 202);
  assert.equal(first.headers.get('idempotency-replayed'), null);
  const { user, code, name, month, year } = payment;
  for (const [body, headers, by] of [
    [payment, {}, app],
    [{ year, month, name, code, user }, {}, other],
    [{ ...payment, token: 'demo-token' }, {}, other],
    [payment, { 'idempotency-key': `"${key}"` }, other],
  ] as const) {
    const again = await sync(key, body, by, headers);
    assert.equal(again.status, 202);
    assert.equal(again.text, first.text);
    assert.equal(again.headers.get('location'), first.headers.get('location'));
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
  }
  const text = await sync(key, payment, app, { accept: 'text/plain' });
  assert.equal(text.text, 'Synchronization was started.');
  assert.deepEqual(await runIds(), [JSON.parse(first.text).id]);
  const { entries } = await app.current.audit.read(
    { limit: 50, isWanted: ({ subject }) => subject === `run ${JSON.parse(first.text).id}` },
    soon(),
  );
  assert.equal(entries.length, 1, 'what starts nothing changes nothing');
});

test('with another body, or at another route, it is refused; of another token it is another key', async () => {
  const first = await sync('k');
  const { authorization } = { authorization: 'Bearer demo-token' };
  const headers = { authorization, accept: 'application/json', 'idempotency-key': 'k' };
  for (const reply of [
    await sync('k', { ...payment, month: 8 }, other),
    await post(app, 'data_source_sync', payment, headers),
  ]) {
    assert.equal(reply.status, 422);
    assert.partialDeepStrictEqual(JSON.parse(reply.text), {
      type: 'urn:syncboard:problem:key-reused',
      detail: 'The Idempotency-Key was sent with another request before: use a new one.',
    });
  }
  const foreign = { authorization: 'Bearer second' };
  const theirs = await sync('k', { ...payment, code: 'mo' }, app, foreign);
  assert.equal(theirs.status, 202);
  assert.equal((await runIds()).length, 2);
  assert.equal((await sync('k')).text, first.text);
});

test('a refusal is not kept: busy, closed, nor a body that is wrong', async () => {
  const blocking = await post(app, 'entity_sync', { ...payment, token: 'demo-token' });
  assert.equal(blocking.status, 202);
  for (let tries = 0; tries < 3; tries += 1) {
    const busy = await sync('busy', payment, tries === 1 ? other : app);
    assert.equal(JSON.parse(busy.text).type, 'urn:syncboard:problem:busy');
  }
  assert.equal((await sync('busy', { ...payment, month: 77 })).status, 400);
  // Another request with the key of one that was refused is as good.
  assert.equal((await sync('busy', { ...payment, code: 'mo' })).status, 202);
  const until = new Date(app.current.now().getTime() + 60_000).toISOString();
  const closing = { server: 'server', until, reason: 'r', user: 'u', token: 't' };
  const { id } = await app.current.closures.begin(closing, soon());
  const stek = { ...payment, code: 'stek' };
  assert.equal(JSON.parse((await sync('closed', stek)).text).type, 'urn:syncboard:problem:closed');
  await app.current.closures.end(id, soon());
  assert.equal((await sync('closed', stek)).status, 202);
});

test('many at once, on two workers: one run, and every answer is its own or says to wait', async () => {
  const begun = performance.now();
  const replies = await Promise.all(
    Array.from({ length: 12 }, (_, index) => sync('once', payment, index % 2 ? app : other)),
  );
  const ids = await runIds();
  assert.equal(ids.length, 1);
  let started = 0;
  for (const { status, text, headers } of replies) {
    if (status === 202) {
      assert.equal(JSON.parse(text).id, ids[0]);
      if (headers.get('idempotency-replayed') === null) started += 1;
    } else {
      assert.equal(JSON.parse(text).type, 'urn:syncboard:problem:key-in-use');
      const seconds = Number(headers.get('retry-after'));
      assert.ok(seconds > 0, 'it is no invitation to ask at once');
      assert.ok(seconds <= Math.ceil(1 + (performance.now() - begun) / 1_000), `${seconds}`);
    }
  }
  assert.equal(started, 1);
  assert.equal(JSON.parse((await sync('once')).text).id, ids[0]);
});

const refused: Fault = { kind: 'status', status: 403 };
for (const [what, first] of [
  ['dies before', refused],
  ['dies after', { kind: 'lost answer' }],
] as const satisfies readonly (readonly [string, Fault])[]) {
  test(`a worker that ${what} any call of storage leaves one run, found or started by the next`, async () => {
    let calls = 0;
    const { first: dies, step } = oneIn(3);
    for (let dead = dies; ; dead += step) {
      await wipe();
      calls = 0;
      proxy.decide = () => {
        calls += 1;
        if (calls <= dead) return undefined;
        return calls === dead + 1 ? first : refused;
      };
      const reply = await sync('k', payment, dying);
      const isThrough = calls <= dead;
      proxy.decide = () => undefined;
      await proxy.idle();
      const before = await runIds();
      assert.ok(before.length <= 1);
      const young = await sync('k', payment, other);
      assert.ok([202, 409].includes(young.status), `${dead}: ${young.text}`);
      // Leases of the dead run out; its owner, if it is entered, stays.
      for await (const { name, properties } of container.listBlobsFlat({ prefix: 'locks/' })) {
        const lease = container.getBlobClient(name).getBlobLeaseClient();
        if (properties.leaseState === 'leased') await lease.breakLease(0);
      }
      const old = await sync('k', payment, later(app));
      assert.equal(old.status, 202, `${dead}: ${old.text}`);
      const ids = await runIds();
      assert.deepEqual(ids, [JSON.parse(old.text).id], `after ${dead} calls`);
      if (before.length === 1) assert.deepEqual(ids, before);
      if (young.status === 202) assert.deepEqual(JSON.parse(young.text).id, ids[0]);
      if (reply.status === 202) assert.deepEqual(JSON.parse(reply.text).id, ids[0]);
      if (isThrough) break;
    }
    assert.ok(calls > 8, `${calls} calls`);
  });
}

test('random faults, two workers, clients that try again: one run for each key', async (t) => {
  const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1e9);
  t.diagnostic(`FAULT_SEED=${seed}`);
  proxy.decide = randomFaults({ seed, rate: 0.15, stallMs: 40 });
  const codes = ['0c10', 'mo', 'stek'];
  const answers = await Promise.all(
    codes.flatMap((code) =>
      Array.from({ length: 3 }, async (_, client) => {
        for (let tries = 0; tries < 20; tries += 1) {
          const by = client === 0 ? later(dying) : client === 1 ? dying : app;
          const reply = await sync(code, { ...payment, code }, by);
          if (reply.status === 202) return { code, id: String(JSON.parse(reply.text).id) };
        }
        return { code, id: undefined };
      }),
    ),
  );
  proxy.decide = () => undefined;
  const { runs } = await app.current.syncs.list({ limit: 50 }, soon());
  for (const code of codes) {
    const own = runs.filter((run) => run.codes.includes(code)).map(({ id }) => id);
    assert.equal(own.length, 1, code);
    const told = answers.filter((one) => one.code === code && one.id !== undefined);
    assert.ok(told.length > 0);
    for (const { id } of told) assert.equal(id, own[0]);
  }
});

test('a record that cannot be read is told, and nothing is started', async () => {
  await sync('odd');
  for await (const { name } of container.listBlobsFlat({ prefix: 'idempotency/' })) {
    await container.getBlockBlobClient(name).upload('{', 1);
  }
  const reply = await sync('odd');
  assert.equal(reply.status, 409);
  assert.match(JSON.parse(reply.text).detail, /cannot be told: look at \/runs, and use a new key/);
  assert.equal((await runIds()).length, 1);
});

for (const key of [
  '',
  ' ',
  'kl\u00ed\u010d'.slice(0, 3),
  'a\tb',
  '"open',
  'x'.repeat(256),
  `"${'x'.repeat(256)}"`,
  '"a"b"',
]) {
  test(`the key ${JSON.stringify(key.slice(0, 12))} is refused before anything is looked at`, async () => {
    const token = { authorization: 'Bearer demo-token', accept: 'application/json' };
    const headers = { ...token, 'idempotency-key': key };
    const reply = await post(testApp(), 'entity_sync', payment, headers);
    assert.equal(reply.status, 400);
    const [error] = JSON.parse(reply.text).errors;
    assert.equal(error.field, 'Idempotency-Key');
    assert.match(error.allowed, /1 to 255 printable ASCII characters/);
  });
}

test('a key belongs to the account, by whatever token, and not to a token that is called like it', async () => {
  const by = async (preferred_username: string) => ({
    authorization: `Bearer ${await issuer.token({ preferred_username })}`,
  });
  const key = randomUUID();
  const begun = await sync(key, payment, app, await by('demo'));
  assert.equal(begun.status, 202, begun.text);
  const again = await sync(key, payment, other, await by('renamed'));
  assert.equal(again.headers.get('location'), begun.headers.get('location'));
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  const token = await sync(key);
  assert.equal(token.status, 409);
  assert.match(token.text, /busy/);
  const id = begun.headers.get('location')?.replace('/runs/', '') ?? '';
  const run = await call(app, 'run', { headers: await by('demo'), params: { id } });
  const { token: name, principal, user } = JSON.parse(run.text);
  assert.deepEqual(
    { name, principal, user },
    { name: 'demo', principal: '0b1ec7-ada', user: 'me' },
  );
});
