/** HTTP Basic and sessions. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Request, start } from './fixture.ts';

const none: Request = { login: false };

describe('HTTP Basic', () => {
  const refused: [string, string | false][] = [
    ['nobody', false],
    ['a wrong password', 'winstrom:wrong'],
    ['an unknown user', 'toString:x'],
    ['no password', 'winstrom'],
  ];
  for (const [who, login] of refused) {
    it(`challenges ${who}`, async (test) => {
      const { call } = await start(test);
      const { status, headers, winstrom } = await call('adresar.json', { login });
      assert.equal(status, 401);
      assert.match(headers.get('www-authenticate') ?? '', /^Basic realm=/);
      assert.equal(winstrom['success'], 'false');
      // What there is, is nobody's business who is not logged in.
      assert.equal((await call('/c/neznama/x.json', { login })).status, 401);
      assert.equal((await call('/nothing/at/all', { login })).status, 401);
    });
  }

  it('lets other accounts in, passwords with colons and letters beyond ASCII too', async (test) => {
    const { call } = await start(test, { accounts: { eva: 'tajné:heslo' } });
    const authorization = `Basic ${Buffer.from('eva:tajné:heslo').toString('base64')}`;
    const { status } = await call('adresar.json', { login: false, headers: { authorization } });
    assert.equal(status, 200);
    assert.equal((await call('adresar.json')).status, 401);
  });
});

describe('sessions', () => {
  const path = '/login-logout/login.json';
  const body = { username: 'winstrom', password: 'winstrom' };

  async function logIn(
    call: Awaited<ReturnType<typeof start>>['call'],
    request: Request = { body },
  ) {
    const { json } = await call(path, { method: 'POST', login: false, ...request });
    return String(json['authSessionId']);
  }

  it('are opened by JSON and by a form, used as header, cookie and parameter', async (test) => {
    const { call } = await start(test);
    const form: Request = {
      text: 'username=winstrom&password=winstrom',
      headers: { 'content-type': 'application/json' },
    };
    for (const request of [{ body }, form]) {
      const id = await logIn(call, request);
      assert.match(id, /^[0-9a-f]{64}$/);
      const ways: [string, Record<string, string>][] = [
        ['adresar.json', { 'x-authsessionid': id }],
        ['adresar.json', { cookie: `a=b; authSessionId=${id}` }],
        [`adresar.json?authSessionId=${id}`, {}],
      ];
      for (const [way, headers] of ways)
        assert.equal((await call(way, { ...none, headers })).status, 200);
    }
  });

  it('are not opened by a wrong password', async (test) => {
    const { call, flexibee } = await start(test);
    const reply = await call(path, {
      method: 'POST',
      login: false,
      body: { ...body, password: 'x' },
    });
    assert.equal(reply.status, 401);
    assert.equal(reply.json['success'], false);
    assert.equal(reply.json['authSessionId'], undefined);
    assert.deepEqual(flexibee.sessions.list(), []);
  });

  it('are kept alive, and end at logout, by name or after half an hour', async (test) => {
    let now = new Date('2026-01-01T00:00:00Z');
    const later = (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000);
    };
    const { call } = await start(test, { now: () => now });
    const used = (id: string) =>
      call('adresar.json', { ...none, headers: { 'x-authsessionid': id } });

    const first = await logIn(call);
    later(29);
    const headers = { 'x-authsessionid': first };
    assert.equal(
      (await call('/login-logout/session-keep-alive.js', { ...none, headers })).json['success'],
      true,
    );
    later(29);
    assert.equal((await used(first)).status, 200);
    later(31);
    assert.equal((await used(first)).status, 401);

    const second = await logIn(call);
    await call('/login-logout/logout', { ...none, headers: { 'x-authsessionid': second } });
    assert.equal((await used(second)).status, 401);

    const third = await logIn(call);
    await call('/status/user/winstrom/logout.json?company=demo', { method: 'POST' });
    assert.equal((await used(third)).status, 200);
    await call('/status/user/winstrom/logout.json', { method: 'POST' });
    assert.equal((await used(third)).status, 401);
  });

  it('stay out of the log', async (test) => {
    const { call, flexibee } = await start(test);
    const id = await logIn(call);
    await call(`adresar.json?authSessionId=${id}&limit=1`, none);
    assert.ok(!JSON.stringify(flexibee.requests.latest).includes(id));
  });
});
