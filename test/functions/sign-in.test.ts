/** Accounts of Microsoft Entra ID: tokens of an issuer with real keys, over real HTTP. */

import assert from 'node:assert/strict';
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type { JWTPayload } from 'jose';
import { keyOf } from '../../shared/http/caller.ts';
import {
  clientId,
  type Issuer,
  type IssuerKey,
  newKey,
  startIssuer,
  tenant,
} from '../support/issuer.ts';
import { pipelines, run } from '../support/runs.ts';
import { call, post, runId, type TestApp, testApp } from './app.ts';

const now = new Date('2019-07-15T12:00:00Z');
const seconds = now.getTime() / 1000;

let issuer: Issuer;
let first: IssuerKey;
let second: IssuerKey;
before(async () => {
  issuer = await startIssuer(now);
  [first, second] = [issuer.keys[0] as IssuerKey, await newKey()];
});
after(() => issuer.close());
beforeEach(() => {
  issuer.keys = [first];
  issuer.fault = undefined;
  issuer.asked.length = 0;
});

const appRoles = [
  { name: 'Operator', roles: ['read', 'run'], codes: ['*'], connections: ['*'], weight: 3 },
  { name: 'Reader', roles: ['read'], codes: ['*'] },
  { name: 'Runner0c10', roles: ['run'], codes: ['0c10'] },
  { name: 'Admin', roles: ['admin'], codes: ['*'] },
];

function signInApp(more: Record<string, unknown> = {}, environment: Record<string, string> = {}) {
  const signIn = { issuer: issuer.name, audience: clientId, appRoles, ...more };
  return testApp({ SIGN_IN: JSON.stringify(signIn), ...environment });
}

const bearer = (token: string) => ({
  authorization: `Bearer ${token}`,
  accept: 'application/json',
});
const runs = (app: TestApp, token: string) => call(app, 'runs', { headers: bearer(token) });

test('whoever has a token of the issuer is who he is there, and may do what his app roles allow', async () => {
  const app = signInApp();
  const token = await issuer.token();
  assert.equal((await runs(app, token)).status, 200);
  const me = JSON.parse((await call(app, 'me', { headers: bearer(token) })).text);
  const rights = { roles: ['read', 'run'], codes: ['*'], connections: ['*'] };
  assert.deepEqual(me, {
    ...{ name: 'ada@example.com', principal: '0b1ec7-ada' },
    ...rights,
    rights: [rights],
    signIn: { kind: 'entra', address: issuer.name, clientId },
  });
  const closing = await post(app, 'begin_closure', {}, bearer(token)).catch(() => undefined);
  assert.notEqual(closing?.status, 201);
});

test('a token may be for others, too', async () => {
  const token = await issuer.token({ aud: ['api://other', clientId] });
  assert.equal((await call(signInApp(), 'me', { headers: bearer(token) })).status, 200);
});

test('API tokens are as good as before, beside it', async () => {
  const app = signInApp();
  assert.equal((await runs(app, 'demo-token')).status, 200);
  assert.equal((await runs(app, 'demo-tokem')).status, 401);
  const me = JSON.parse((await call(app, 'me', { headers: bearer('demo-token') })).text);
  assert.equal(me.name, 'demo');
  assert.doesNotMatch(JSON.stringify(me), /sha256|7c43ef/);
  assert.deepEqual(issuer.asked, []);
});

test('whoever is not known is told how to become so', async () => {
  const entra = { kind: 'entra', address: issuer.name, clientId };
  const expired = await issuer.token({ exp: seconds - 3600 });
  for (const [app, headers, signIn] of [
    [testApp(), {}, { kind: 'token' }],
    [signInApp(), {}, entra],
    [signInApp(), bearer('wrong'), entra],
    [signInApp(), bearer(expired), entra],
  ] as const) {
    const reply = await call(app, 'me', { headers: { accept: 'application/json', ...headers } });
    assert.equal(reply.status, 401);
    assert.deepEqual(JSON.parse(reply.text).signIn, signIn);
  }
  const elsewhere = await call(signInApp(), 'runs', { headers: { accept: 'application/json' } });
  assert.equal(JSON.parse(elsewhere.text).signIn, undefined);
});

/** A token of other parts, each as text. */
const put = (head: unknown, payload: unknown, signature = '') =>
  `${[head, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${signature}`;
const payloadOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload;

const refusals: Array<[what: string, make: () => Promise<string>, detail: RegExp]> = [
  ['expired', () => issuer.token({ exp: seconds - 61 }), /^Token has expired\.$/],
  ['not yet valid', () => issuer.token({ nbf: seconds + 61 }), /^Token is not valid yet\.$/],
  ['without an end', () => issuer.token({ exp: undefined }), /^Token has no good claim exp\.$/],
  [
    'for another audience',
    () => issuer.token({ aud: 'api://other' }),
    /^Token is for another audience\.$/,
  ],
  [
    'for other audiences',
    () => issuer.token({ aud: ['api://other', `${clientId}x`] }),
    /^Token is for another audience\.$/,
  ],
  ['for nobody', () => issuer.token({ aud: undefined }), /^Token is for another audience\.$/],
  [
    'of another tenant',
    () => issuer.token({ iss: issuer.name.replace(tenant, 'other') }),
    /^Token is of another issuer\.$/,
  ],
  [
    'of an issuer with a slash more',
    () => issuer.token({ iss: `${issuer.name}/` }),
    /^Token is of another issuer\.$/,
  ],
  [
    'of v1.0',
    () => issuer.token({ ver: '1.0', iss: `https://sts.windows.net/${tenant}/` }),
    /v1\.0 token: set requestedAccessTokenVersion to 2/,
  ],
  ['an ID token', () => issuer.token({ azp: undefined, scp: undefined }), /ID token.*access token/],
  ['of no account', () => issuer.token({ oid: undefined, sub: undefined }), /names no account/],
  [
    'not signed',
    async () => put({ alg: 'none', typ: 'JWT' }, payloadOf(await issuer.token())),
    /algorithm other than RS256/,
  ],
  [
    'signed with the public key as a secret',
    async () => {
      const head = { alg: 'HS256', typ: 'JWT', kid: first.kid };
      const unsigned = put(head, payloadOf(await issuer.token())).slice(0, -1);
      const key = createPublicKey({ key: first.jwk as JsonWebKey, format: 'jwk' });
      const secret = key.export({ type: 'spki', format: 'pem' });
      return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
    },
    /algorithm other than RS256/,
  ],
  [
    'of other rights than were signed',
    async () => {
      const token = await issuer.token();
      const [head = '', , signature = ''] = token.split('.');
      const more = { ...payloadOf(token), roles: ['Admin'] };
      return `${head}.${put({}, more).split('.')[1]}.${signature}`;
    },
    /^Invalid token value\.$/,
  ],
  ['signed by a key that nobody knows', () => issuer.token({}, { key: second }), /unknown key/],
  [
    'signed by a key under the name of a known one',
    () => issuer.token({}, { key: second, header: { kid: first.kid } }),
    /^Invalid token value\.$/,
  ],
  [
    'with a key of its own',
    () => issuer.token({}, { key: second, header: { jwk: second.jwk, kid: first.kid } }),
    /^Invalid token value\.$/,
  ],
  [
    'with an extension that must be understood',
    () => issuer.token({}, { header: { crit: ['x'], x: 1 } }),
    /^Invalid token value\.$/,
  ],
  ['no JSON', async () => 'eyJhbGciOiJSUzI1NiJ9.bm90IGpzb24.c2ln', /^Token cannot be read\.$/],
  [
    'huge',
    () => issuer.token({ groups: Array.from({ length: 2000 }, (_, at) => `group-${at}`) }),
    /longer than 16384/,
  ],
];
for (const [what, make, detail] of refusals) {
  test(`a token that is ${what} is refused, and nothing of it is told`, async () => {
    const token = await make();
    const reply = await runs(signInApp(), token);
    assert.equal(reply.status, 401, reply.text);
    const problem = JSON.parse(reply.text);
    assert.match(problem.detail, detail);
    assert.match(reply.headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"$/);
    const told = `${reply.text}${reply.log}`;
    for (const part of token.split('.')) assert.ok(part === '' || !told.includes(part));
    assert.doesNotMatch(told, /ada@|0b1ec7/);
  });
}

test('clocks may differ by a minute', async () => {
  const app = signInApp();
  for (const claims of [{ exp: seconds - 59 }, { nbf: seconds + 59 }]) {
    assert.equal((await runs(app, await issuer.token(claims))).status, 200);
  }
});

test('without a role, or with roles that nobody has set, an account is known and may nothing', async () => {
  const app = signInApp();
  for (const roles of [undefined, [], ['Owner'], 'Operator', [null, { a: 1 }]]) {
    const token = await issuer.token({ roles });
    const reply = await runs(app, token);
    assert.equal(reply.status, 403, JSON.stringify(roles));
    assert.equal(JSON.parse(reply.text).detail, 'Account does not have the role read.');
    const me = JSON.parse((await call(app, 'me', { headers: bearer(token) })).text);
    assert.deepEqual([me.name, me.rights], ['ada@example.com', []]);
  }
});

test('an app role gives its role for its own data sources, not for those of another', async () => {
  const app = signInApp();
  const headers = bearer(await issuer.token({ roles: ['Reader', 'Runner0c10'] }));
  const body = { user: 'note', month: 7, year: 2019 };
  assert.equal(
    (await post(app, 'data_source_sync', { ...body, code: '0c10' }, headers)).status,
    202,
  );
  const refused = await post(app, 'data_source_sync', { ...body, code: 'mo' }, headers);
  assert.equal(refused.status, 403);
  assert.equal(JSON.parse(refused.text).detail, 'Account is not allowed for code: mo.');
  app.syncs.runs.set(runId, { ...run(runId, pipelines(['payment'])), codes: ['mo'] });
  assert.equal((await call(app, 'run', { headers, params: { id: runId } })).status, 200);
});

test('who asked is the account, in runs and in the audit; what the body says is a note', async () => {
  const app = signInApp();
  const body = { user: 'somebody else', code: '0c10', month: 7, year: 2019 };
  const reply = await post(app, 'data_source_sync', body, bearer(await issuer.token()));
  assert.equal(reply.status, 202, reply.text);
  const who = { token: 'ada@example.com', principal: '0b1ec7-ada', user: 'somebody else' };
  const [started] = app.syncs.started;
  assert.deepEqual({ ...started, ...who }, started);
  const [begun] = app.audit.told;
  assert.deepEqual(begun && 'who' in begun && begun.who, who);
  assert.match(reply.log, /by somebody else \(ada@example\.com, signed in, catalogue/);
});

test('an account never is what a token is, whatever its name', async () => {
  const account = { name: 'demo', principal: '0b1ec7' };
  assert.notEqual(keyOf(account), keyOf({ name: 'demo' }));
  assert.equal(keyOf({ ...account, name: 'renamed' }), keyOf(account));
  const app = signInApp();
  const token = await issuer.token({ preferred_username: 'de\nmo\u2028' });
  const me = JSON.parse((await call(app, 'me', { headers: bearer(token) })).text);
  assert.equal(me.name, 'de mo');
});

test('a token of an application is the application', async () => {
  const claims = { scp: undefined, preferred_username: undefined, name: undefined, azp: 'app-id' };
  const headers = bearer(await issuer.token({ ...claims, idtyp: 'app' }));
  assert.equal(JSON.parse((await call(signInApp(), 'me', { headers })).text).name, 'app-id');
});

test('the keys are asked for once, however many tokens come at once', async () => {
  const app = signInApp();
  const token = await issuer.token();
  const replies = await Promise.all(Array.from({ length: 20 }, () => runs(app, token)));
  assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
  assert.equal(issuer.asked.length, 2);
});

test('a key that is new is found, and one that is gone is good no more', async () => {
  const app = signInApp();
  const old = await issuer.token();
  assert.equal((await runs(app, old)).status, 200);
  issuer.keys = [second];
  // Nobody knows the new one for half a minute after the last look.
  assert.equal((await runs(app, await issuer.token())).status, 401);
  const later = signInApp();
  assert.equal((await runs(later, await issuer.token())).status, 200);
  assert.equal((await runs(later, old)).status, 401);
});

test('keys that are known go on while the issuer is down', async () => {
  const app = signInApp();
  const token = await issuer.token();
  assert.equal((await runs(app, token)).status, 200);
  issuer.fault = () => 'cut';
  assert.equal((await runs(app, token)).status, 200);
});

test('many keys that nobody knows make no storm of requests', async () => {
  const app = signInApp();
  for (let count = 0; count < 30; count++) {
    const token = await issuer.token({}, { key: second, header: { kid: `unknown ${count}` } });
    assert.equal((await runs(app, token)).status, 401);
  }
  assert.equal(issuer.asked.length, 2);
  const foreign = await issuer.token({ iss: 'https://attacker.example/v2.0' });
  assert.equal((await runs(signInApp(), foreign)).status, 401);
  assert.equal(issuer.asked.length, 2);
});

const faults: Array<[what: string, fault: NonNullable<Issuer['fault']>]> = [
  ['fails', () => ({ status: 500, body: '{}' })],
  ['cuts connections', () => 'cut'],
  ['answers something else', () => ({ status: 200, body: '<html>' })],
  [
    'has no keys',
    (path) => (path.endsWith('/keys') ? { status: 200, body: '{"keys":[]}' } : undefined),
  ],
  [
    'is another one',
    (path) =>
      path.endsWith('/keys')
        ? undefined
        : {
            status: 200,
            body: '{"issuer":"https://other.example","jwks_uri":"https://other.example/keys"}',
          },
  ],
  ['answers for ever', () => ({ status: 200, body: ' '.repeat(300_000) })],
];
for (const [what, fault] of faults) {
  test(`while the issuer ${what}, nobody is called unknown`, async () => {
    const app = signInApp();
    issuer.fault = fault;
    const token = await issuer.token();
    const replies = [await runs(app, token), await runs(app, token)];
    for (const { status, headers, text } of replies) {
      assert.equal(status, 503, text);
      assert.match(headers.get('retry-after') ?? '', /^[1-5]$/);
      assert.match(text, /issuer does not answer/);
    }
    assert.match(
      replies[0]?.log ?? '',
      /^warning: Keys of http.* could not be had: Error: (its|it|an|socket) .*$/,
    );
    assert.equal(replies[1]?.log, '');
    // Whoever has an API token needs no issuer.
    assert.equal((await runs(app, 'demo-token')).status, 200);
  });
}

test('what is open to everybody is open to a good account without a role, and a bad token is refused there', async () => {
  const app = signInApp();
  const headers = bearer(await issuer.token({ roles: [] }));
  assert.equal((await call(app, 'valid_codes', { headers })).status, 200);
  const bad = bearer(await issuer.token({ exp: seconds - 100 }));
  assert.equal((await call(app, 'valid_codes', { headers: bad })).status, 401);
});

test('without SIGN_IN a token of an issuer is a wrong token', async () => {
  const reply = await runs(testApp(), await issuer.token());
  assert.equal(reply.status, 401);
  assert.deepEqual(issuer.asked, []);
});
