/** Closures, keys and the audit on the whole machine, over HTTP. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../../shared/audit/audit.ts';
import { type OneMachine, oneMachine, type Reply } from '../support/one-machine.ts';

let machine: OneMachine;
before(async () => {
  machine = await oneMachine();
  await machine.start({ DEMO_PACE: '600' });
  await company(({ state }) => state === 'following');
});
after(() => machine.close());

interface Company {
  state: string;
  closure?: { reason: string };
  version?: number;
  live: { globalVersion?: number; error?: string };
}

/** The company, as soon as it is so. */
async function company(is: (found: Company) => boolean): Promise<Company> {
  for (;;) {
    const found = JSON.parse((await machine.get('/flexibee/flexi-demo')).text);
    if (is(found)) return found;
    await sleep(100);
  }
}

const headers = { authorization: 'Bearer demo-token', 'content-type': 'application/json' };
const accept = { accept: 'application/json' };

function sync(body: object, own: Record<string, string> = {}): Promise<Reply> {
  const init = { method: 'POST', headers: { ...headers, ...accept, ...own } };
  const payment = { user: 'Jana', name: 'payment', month: 7, year: 2019 };
  return machine.request('/entity_sync', {
    ...init,
    body: JSON.stringify({ ...payment, ...body }),
  });
}

async function close(scope: object): Promise<string> {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const reply = await machine.post('/closures', { ...scope, until, reason: 'backup', user: 'Ivo' });
  assert.equal(reply.status, 201, reply.text);
  return reply.headers.get('location') ?? '';
}

async function open(path: string): Promise<void> {
  const reply = await machine.request(path, { method: 'DELETE', headers });
  assert.equal(reply.status, 200, reply.text);
}

test('one key is one run, for all who send it at once and for whoever sends it after its end', async () => {
  const key = { 'idempotency-key': '8e03978e-40d5-43dd-bc93-6894a57f9324' };
  const replies = await Promise.all(Array.from({ length: 6 }, () => sync({ code: '0c10' }, key)));
  const accepted = replies.filter(({ status }) => status === 202);
  assert.ok(accepted.length > 0);
  for (const { status } of replies) assert.ok([202, 409].includes(status));
  const ids = new Set(accepted.map(({ text }) => JSON.parse(text).id));
  assert.equal(ids.size, 1);
  const [id = ''] = [...ids];
  assert.equal((await machine.finished(id)).state, 'succeeded');
  const late = await sync({ code: '0c10' }, key);
  assert.equal(late.status, 202);
  assert.equal(late.headers.get('idempotency-replayed'), 'true');
  assert.equal(JSON.parse(late.text).id, id);
  assert.equal(JSON.parse((await machine.get('/runs')).text).runs.length, 1);
  assert.equal((await sync({ code: '0c10', month: 8 }, key)).status, 422);
});

test('what runs at a server that is closed ends by itself, and nothing new begins there', async () => {
  const running = JSON.parse((await sync({ code: '0c06' })).text).id;
  const path = await close({ server: 'dcdb' });
  assert.equal((await machine.finished(running)).state, 'succeeded');
  const refused = await sync({ code: '0c06' });
  assert.equal(refused.status, 409);
  assert.partialDeepStrictEqual(JSON.parse(refused.text), { reason: 'backup', servers: ['dcdb'] });
  assert.ok(Number(refused.headers.get('retry-after')) > 3_000);
  await open(path);
  const again = await sync({ code: '0c06' });
  assert.equal(again.status, 202);
  await machine.finished(JSON.parse(again.text).id);
});

test('a closed company is followed again when it is opened', async () => {
  const { live } = await company(() => true);
  const path = await close({ company: 'flexi-demo' });
  const winstrom = { adresar: [{ kod: 'CLOSED', nazev: 'Closed s.r.o.' }] };
  const written = await fetch(`${machine.flexibeeUrl}/c/demo/adresar.json`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('winstrom:winstrom').toString('base64')}`,
    },
    body: JSON.stringify({ winstrom }),
  });
  assert.equal(written.status, 201);
  const refused = await machine.post('/flexibee/flexi-demo/poll', {});
  assert.equal(refused.status, 409);
  const closed = await company(() => true);
  assert.equal(closed.closure?.reason, 'backup');
  assert.match(closed.live.error ?? '', /^not asked: Company flexi-demo is closed until/);
  assert.equal(closed.version, live.globalVersion);
  await open(path);
  assert.equal((await machine.post('/flexibee/flexi-demo/poll', {})).status, 202);
  const followed = await company(({ version = 0 }) => version > (live.globalVersion ?? 0));
  assert.equal(followed.closure, undefined);
});

test('all of it is in the audit, the newest first', async () => {
  const entries: AuditEntry[] = JSON.parse((await machine.get('/audit?limit=200')).text).entries;
  const told = entries.map(({ what, outcome }) => `${what} ${outcome}`).reverse();
  assert.deepEqual(told, [
    'run.start done',
    'run.start done',
    'closure.begin done',
    'run.start refused',
    'closure.end done',
    'run.start done',
    'closure.begin done',
    'closure.end done',
    'company.poll done',
  ]);
  assert.deepEqual(entries.at(-1)?.who, { token: 'demo', user: 'Jana' });
});
