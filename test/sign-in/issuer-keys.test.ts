/** How often an issuer is asked for its keys, and how long they are good. */

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { checkToken } from '../../shared/sign-in/entra-token.ts';
import { IssuerAwayError, IssuerKeys, type Keys } from '../../shared/sign-in/issuer-keys.ts';
import { clientId, type Issuer, type IssuerKey, newKey, startIssuer } from '../support/issuer.ts';

const now = new Date('2026-06-01T12:00:00Z');
const { signal } = new AbortController();
const down = () => ({ status: 503, body: '' });

let issuer: Issuer;
let first: IssuerKey;
let second: IssuerKey;
before(async () => {
  issuer = await startIssuer(now);
  [first, second] = [issuer.keys[0] as IssuerKey, await newKey()];
});
after(() => issuer.close());

let clock = 0;
let keys: IssuerKeys;
let warned: string[];
beforeEach(() => {
  clock = 1_000_000;
  issuer.keys = [first];
  issuer.fault = undefined;
  issuer.asked.length = 0;
  keys = new IssuerKeys(issuer.name, () => clock);
  warned = [];
});

const warn = (text: string) => warned.push(text);
const waiting = { signal, warn };

async function check(token: string): Promise<number> {
  const settings = { issuer: issuer.name, audience: clientId, appRoles: [], platform: false };
  try {
    await checkToken(token, { settings, keys, now, ...waiting });
    return 200;
  } catch (error) {
    return Object(error).status;
  }
}

/** Until others are there than those, which were known before the issuer was asked. */
async function renewed(known: Keys): Promise<void> {
  while ((await keys.current(waiting)) === known) await turn();
}

test('within an hour nobody asks again; then one does, beside whoever comes', async () => {
  const token = await issuer.token();
  assert.equal(await check(token), 200);
  clock += 3_599_000;
  assert.equal(await check(token), 200);
  assert.equal(issuer.asked.length, 2);
  const known = await keys.current(waiting);
  clock += 1_000;
  assert.equal(await check(token), 200);
  await renewed(known);
  clock += 3_599_000;
  assert.equal(await check(token), 200);
  assert.equal(issuer.asked.length, 4);
});

test('a key that is new is good half a minute after the last look, one that is gone an hour after', async () => {
  const old = await issuer.token();
  assert.equal(await check(old), 200);
  issuer.keys = [second];
  const young = await issuer.token();
  clock += 29_000;
  assert.equal(await check(young), 401);
  assert.equal(await check(old), 200);
  clock += 1_000;
  assert.equal(await check(young), 200);
  assert.equal(await check(old), 401);
});

test('while the issuer is down its keys go on for a day, and it is asked twice a minute', async () => {
  const token = await issuer.token();
  assert.equal(await check(token), 200);
  issuer.fault = down;
  for (let hours = 1; hours < 24; hours++) {
    clock += 3_600_000;
    assert.equal(await check(token), 200);
    while (warned.length < hours) await turn();
    for (let count = 0; count < 5; count++) assert.equal(await check(token), 200);
    assert.equal(warned.length, hours);
  }
  // What nobody knows may be a new key of its.
  clock += 1_000;
  assert.equal(await check(await issuer.token({}, { key: second })), 503);
  clock += 3_600_000;
  assert.equal(await check(token), 503);
  issuer.fault = undefined;
  assert.equal(await check(token), 503);
  clock += 5_000;
  assert.equal(await check(token), 200);
});

test('without keys it is asked each five seconds, whoever comes', async () => {
  issuer.fault = down;
  const token = await issuer.token();
  const all = await Promise.all(Array.from({ length: 10 }, () => check(token)));
  assert.deepEqual(new Set(all), new Set([503]));
  assert.equal(issuer.asked.length, 1);
  clock += 4_999;
  assert.equal(await check(token), 503);
  assert.equal(issuer.asked.length, 1);
  clock += 1;
  issuer.fault = undefined;
  assert.equal(await check(token), 200);
});

test('whoever leaves while keys are fetched takes nothing from the others', async () => {
  const leaving = new AbortController();
  const left = keys.current({ signal: leaving.signal, warn });
  const stays = keys.current(waiting);
  leaving.abort(new Error('gone'));
  await assert.rejects(left, /gone/);
  assert.equal((await stays).set.keys.length, 1);
  assert.equal(issuer.asked.length, 2);
});

test('an issuer that cannot be reached is away', async () => {
  const unreachable = new IssuerKeys('http://127.0.0.1:1/x/v2.0', () => clock);
  await assert.rejects(unreachable.current(waiting), IssuerAwayError);
  assert.match(warned[0] ?? '', /^Keys of http:\/\/127\.0\.0\.1:1\/x\/v2\.0 could not be had: /);
});

const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
const unusable: [what: string, jwk: Record<string, unknown>][] = [
  ['too short', { ...short.export({ format: 'jwk' }) }],
  ['no key', { kty: 'RSA', n: '!!!', e: 'AQAB' }],
  ['without its numbers', { kty: 'RSA', x5c: ['MII'] }],
  ['of numbers that are none', { kty: 'RSA', n: 5, e: {} }],
  ['of another kind', { kty: 'oct', k: 'AAAA' }],
];
for (const [what, jwk] of unusable) {
  test(`a key that is ${what} is nobody's, and takes nothing from the others`, async () => {
    const bad = { ...second, jwk: { ...jwk, kid: second.kid } } as IssuerKey;
    issuer.keys = [bad, first];
    assert.equal(await check(await issuer.token({}, { key: bad })), 401);
    assert.equal(await check(await issuer.token({}, { key: first })), 200);
    issuer.keys = [bad];
    keys = new IssuerKeys(issuer.name, () => clock);
    assert.equal(await check(await issuer.token({}, { key: bad })), 503);
    assert.match(warned[0] ?? '', /its keys are none/);
  });
}
