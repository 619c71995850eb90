/** Accounts that the platform has signed in: the header X-MS-CLIENT-PRINCIPAL. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, post, testApp } from './app.ts';

const tenant = '7e6f5d4c-0000-4000-8000-00000000cafe';
const signIn = {
  issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
  audience: 'c0ffee00-0000-4000-8000-000000000001',
  appRoles: [{ name: 'Operator', roles: ['read', 'run'], codes: ['*'] }],
  platform: true,
};
const azure = {
  WEBSITE_INSTANCE_ID: 'i1',
  WEBSITE_AUTH_ENABLED: 'True',
  FLEXIBEE_HOOK_SECRET: 'a-hook-secret-that-is-not-of-the-sample',
  PUBLIC_URL: 'https://board.example',
  API_TOKENS: JSON.stringify([{ name: 'own', sha256: '0'.repeat(64), codes: ['*'] }]),
};
const platformApp = (more: object = {}) =>
  testApp({ ...azure, SIGN_IN: JSON.stringify({ ...signIn, ...more }) });

const schema = 'http://schemas.microsoft.com';
const long = [
  { typ: `${schema}/identity/claims/objectidentifier`, val: '0b1ec7-ada' },
  { typ: `${schema}/identity/claims/tenantid`, val: tenant.toUpperCase() },
  { typ: 'name', val: 'Ada Lovelace' },
  { typ: 'preferred_username', val: 'ada@example.com' },
  { typ: 'roles', val: 'Other' },
  { typ: 'roles', val: 'Operator' },
];
const short = [
  { typ: 'oid', val: '0b1ec7-ada' },
  { typ: 'tid', val: tenant },
  { typ: 'preferred_username', val: 'ada@example.com' },
  { typ: `${schema}/ws/2008/06/identity/claims/role`, val: 'Operator' },
];
const principal = (claims: unknown, more: object = {}) =>
  Buffer.from(
    JSON.stringify({ auth_typ: 'aad', name_typ: 'name', role_typ: 'roles', claims, ...more }),
  ).toString('base64');
const signedIn = (value = principal(long), headers: Record<string, string> = {}) => ({
  accept: 'application/json',
  'x-ms-client-principal': value,
  ...headers,
});

test('whoever the platform has signed in is who he is in the directory', async () => {
  for (const claims of [long, short]) {
    const app = platformApp();
    const headers = signedIn(principal(claims));
    assert.equal((await call(app, 'runs', { headers })).status, 200);
    const me = JSON.parse((await call(app, 'me', { headers })).text);
    assert.deepEqual(
      [me.name, me.principal, me.roles],
      ['ada@example.com', '0b1ec7-ada', ['read', 'run']],
    );
    assert.deepEqual(me.signIn, {
      ...{ kind: 'platform', address: '/.auth/login/aad', signOut: '/.auth/logout' },
    });
  }
});

test('the header is nothing where no setting says that the platform stands in front', async () => {
  for (const app of [testApp(), testApp(azure), platformApp({ platform: false })]) {
    assert.equal((await call(app, 'runs', { headers: signedIn() })).status, 401);
    assert.equal((await call(app, 'me', { headers: signedIn() })).status, 401);
  }
});

test('such a setting is refused outside Azure, and where the platform says that it is off', () => {
  const settings = { ...azure, SIGN_IN: JSON.stringify(signIn) };
  assert.throws(
    () => testApp({ ...settings, WEBSITE_INSTANCE_ID: '' }),
    /SIGN_IN\.platform is for apps in Azure only/,
  );
  assert.throws(
    () => testApp({ ...settings, WEBSITE_AUTH_ENABLED: 'False' }),
    /SIGN_IN\.platform needs the authentication of App Service, which is off/,
  );
});

const bad: Array<[what: string, value: string]> = [
  ['no base64', '%%%'],
  ['no JSON', Buffer.from('{').toString('base64')],
  ['no object', Buffer.from('null').toString('base64')],
  ['without claims', principal(undefined)],
  ['of nobody', principal([{ typ: 'tid', val: tenant }])],
  ['of another tenant', principal([...short.slice(0, 1), { typ: 'tid', val: 'other' }])],
  ['of no tenant', principal(short.slice(0, 1))],
  ['of another provider', principal(long, { auth_typ: 'github' })],
];
for (const [what, value] of bad) {
  test(`a header ${what} is refused`, async () => {
    const reply = await call(platformApp(), 'runs', { headers: signedIn(value) });
    assert.equal(reply.status, 401, reply.text);
    assert.doesNotMatch(`${reply.text}${reply.log}`, /0b1ec7|ada@/);
  });
}

const url = 'https://board.azurewebsites.net/data_source_sync';
const origins: Array<[origin: string | undefined, status: number]> = [
  ['https://board.azurewebsites.net', 202],
  ['https://board.example', 202],
  [undefined, 403],
  ['null', 403],
  ['http://board.azurewebsites.net', 403],
  ['https://board.azurewebsites.net.evil.example', 403],
  ['https://board.azurewebsites.net:8443', 403],
  ['https://evil.example', 403],
];
for (const [origin, status] of origins) {
  test(`a change by a cookie from a page of ${origin ?? 'nobody'} is ${status === 202 ? 'made' : 'refused'}`, async () => {
    const app = platformApp();
    const body = { user: 'note', code: '0c10', month: 7, year: 2019 };
    const headers = signedIn(principal(long), origin === undefined ? {} : { origin });
    const reply = await post(app, 'data_source_sync', body, headers, { url });
    assert.equal(reply.status, status, reply.text);
    assert.equal(app.syncs.started.length, status === 202 ? 1 : 0);
    // Looking is allowed from anywhere: the browser does not show it to a page of others.
    const look = await call(app, 'runs', {
      headers: { ...headers },
      url: 'https://board.azurewebsites.net/runs',
    });
    assert.equal(look.status, 200);
  });
}

test('a token in Authorization counts before what the platform says', async () => {
  const headers = signedIn(principal(long), { authorization: 'Bearer wrong' });
  assert.equal((await call(platformApp(), 'runs', { headers })).status, 401);
});
