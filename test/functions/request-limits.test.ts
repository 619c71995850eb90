/** How many requests may come: of one caller, of one address, of all strangers. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { call, post, type TestApp, testApp } from './app.ts';

const sha256 = createHash('sha256').update('own').digest('hex');
const entry = { sha256, codes: ['*'], roles: ['read', 'run'] };
const azure = {
  WEBSITE_INSTANCE_ID: 'i1',
  FLEXIBEE_HOOK_SECRET: 'a-hook-secret-that-is-not-of-the-sample',
  API_TOKENS: JSON.stringify([
    { name: 'own', ...entry },
    { name: 'other', ...entry, sha256: createHash('sha256').update('other').digest('hex') },
  ]),
  REQUESTS_PER_ADDRESS: '60',
  REQUESTS_PER_CALLER: '60',
};

const from = (address: string, token?: string) => ({
  accept: 'application/json',
  'x-forwarded-for': `198.51.100.1, ${address}:50123`,
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
});

/** Statuses, in their order, of as many requests. */
async function statuses(count: number, ask: () => Promise<{ status: number }>): Promise<number[]> {
  const all: number[] = [];
  for (let at = 0; at < count; at++) all.push((await ask()).status);
  return all;
}
const counted = (all: number[]) =>
  Object.fromEntries([...new Set(all)].map((one) => [one, all.filter((is) => is === one).length]));

const strange: Array<
  [what: string, ask: (app: TestApp) => Promise<{ status: number }>, first: number]
> = [
  ['no token', (app) => call(app, 'runs', { headers: from('203.0.113.7') }), 401],
  ['a wrong token', (app) => call(app, 'runs', { headers: from('203.0.113.7', 'guess') }), 401],
  [
    'a wrong token in a body',
    (app) => post(app, 'runs', { token: 'guess' }, from('203.0.113.7')),
    401,
  ],
  ['no body', (app) => call(app, 'runs', { method: 'POST', headers: from('203.0.113.7') }), 415],
  [
    'a hook of nobody',
    (app) => post(app, 'hook', {}, from('203.0.113.7'), { params: { company: 'flexi-demo' } }),
    401,
  ],
  ['what is open', (app) => call(app, 'valid_codes', { headers: from('203.0.113.7') }), 200],
  ['/me', (app) => call(app, 'me', { headers: from('203.0.113.7') }), 401],
];
for (const [what, ask, first] of strange) {
  test(`${what}: an address has its quota, and who is known goes on there`, async () => {
    const app = testApp(azure);
    const all = await statuses(70, () => ask(app));
    // A second or two may pass meanwhile, and each brings one more.
    assert.ok((counted(all)[429] ?? 0) >= 5, JSON.stringify(counted(all)));
    assert.deepEqual(new Set(all.slice(0, 60)), new Set([first]));
    assert.equal((await call(app, 'runs', { headers: from('203.0.113.7', 'own') })).status, 200);
    assert.equal((await call(app, 'runs', { headers: from('203.0.113.8') })).status, 401);
  });
}

test('a refusal has its fields, and nothing of who asked', async () => {
  const app = testApp(azure);
  await statuses(60, () => call(app, 'runs', { headers: from('203.0.113.7', 'own') }));
  const reply = await call(app, 'runs', { headers: from('203.0.113.9', 'own') });
  assert.equal(reply.status, 429);
  assert.equal(JSON.parse(reply.text).type, 'urn:syncboard:problem:rate-limited');
  assert.equal(reply.headers.get('ratelimit-policy'), '"caller";q=60;w=60');
  assert.match(reply.headers.get('ratelimit') ?? '', /^"caller";r=0;t=\d+$/);
  assert.equal(reply.headers.get('retry-after'), '1');
  // Neither by its body; another caller goes on.
  const body = { token: 'own', user: 'u', calls: [{ code: '0c10', name: 'payment', month: -1 }] };
  assert.equal((await post(app, 'runs', body, from('203.0.113.9'))).status, 429);
  assert.equal((await call(app, 'runs', { headers: from('203.0.113.9', 'other') })).status, 200);
  assert.deepEqual(app.syncs.started, []);
});

test('whoever watches the health is never refused', async () => {
  const app = testApp(azure);
  for (const name of ['health', 'health_live']) {
    const all = await statuses(80, () => call(app, name, { headers: from('203.0.113.7') }));
    assert.deepEqual(counted(all), { 200: 80 });
  }
});

test('outside Azure nobody is believed where he comes from, and strangers have one quota together', async () => {
  const app = testApp({ REQUESTS_PER_ADDRESS: '60' });
  let at = 0;
  const ask = () => call(app, 'runs', { headers: from(`203.0.113.${at++ % 250}`) });
  const all = await statuses(640, ask);
  assert.deepEqual(new Set(all.slice(0, 600)), new Set([401]));
  assert.ok(all.includes(429));
});
