/** The Changes API over HTTP. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { start } from './fixture.ts';

const record = (kod: string) => ({ kod, nazev: kod });

describe('changes', () => {
  it('are listed in the form of the captured web hooks', async (test) => {
    const { call, write, flexibee } = await start(test);
    write('adresar', { ...record('A'), id: 'ext:S:1' });
    const { json } = await call('changes.json');
    const [change] = flexibee.company('demo').changes().changes;
    assert.deepEqual(json, {
      winstrom: {
        '@globalVersion': String(change?.version),
        changes: [
          {
            '@evidence': 'adresar',
            '@in-version': String(change?.version),
            '@operation': 'create',
            '@timestamp': change?.timestamp,
            id: '1',
            'external-ids': change?.externalIds,
          },
        ],
        next: 'none',
      },
    });
    assert.match(change?.timestamp ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+$/);
    assert.deepEqual([...(change?.externalIds ?? [])].sort(), ['code:A', 'ext:S:1']);
  });

  it('carry no time on an old server', async (test) => {
    const { call, write } = await start(test, {
      companies: [{ name: 'demo', data: false, timestamps: false }],
    });
    write('adresar', record('A'));
    assert.doesNotMatch((await call('changes.json')).text, /timestamp/);
    assert.doesNotMatch((await call('changes.xml')).text, /timestamp/);
  });

  it('are listed in XML', async (test) => {
    const { call, write } = await start(test);
    write('adresar', record('A'));
    const { text, status } = await call('changes.xml');
    assert.equal(status, 200);
    assert.match(
      text,
      /<winstrom version="1.0" globalVersion="\d+">\n {2}<adresar in-version="\d+" operation="create" timestamp="[^"]+">\n {4}<id>1<\/id>\n {4}<id>code:A<\/id>\n {2}<\/adresar>\n {2}<next>none<\/next>\n<\/winstrom>/,
    );
  });

  it('are paged by start, limit and next, and limited to evidences', async (test) => {
    const { call, write, flexibee } = await start(test);
    for (const kod of ['A', 'B', 'C']) write('adresar', record(kod));
    write('cenik', record('Z'));
    const versions = flexibee
      .company('demo')
      .changes()
      .changes.map(({ version }) => String(version));
    const seen: string[] = [];
    let next = '0';
    let pages = 0;
    while (next !== 'none') {
      const { winstrom } = await call(`changes.json?start=${next}&limit=2`);
      seen.push(
        ...(winstrom['changes'] as Record<string, string>[]).map(
          (change) => change['@in-version'] ?? '',
        ),
      );
      next = String(winstrom['next']);
      pages += 1;
    }
    assert.deepEqual(seen, versions);
    assert.equal(pages, 2);
    const cenik = await call('changes.json?evidence=cenik&evidence=banka');
    assert.equal((cenik.winstrom['changes'] as unknown[]).length, 1);
    assert.equal((await call('changes.json?evidence=neznama')).status, 404);
    assert.equal((await call('changes.json?start=x')).status, 400);
  });

  it('show a late commit only when it is committed', async (test) => {
    const { call, write, flexibee } = await start(test);
    const late = flexibee.company('demo').begin();
    write('adresar', record('A'));
    const before = (await call('changes.json')).winstrom['changes'] as unknown[];
    late.commit('adresar', { adresar: record('B') });
    const after = (await call('changes.json')).winstrom['changes'] as Record<string, string>[];
    assert.equal(before.length, 1);
    assert.equal(after.length, 2);
    assert.deepEqual(
      after.map(({ id }) => id),
      ['2', '1'],
    );
  });
});

describe('enabling and disabling', () => {
  it('works by PUT and POST, in JSON and XML', async (test) => {
    const { call } = await start(test);
    for (const [method, format] of [
      ['PUT', 'xml'],
      ['POST', 'json'],
    ]) {
      const state = async () => (await call('changes/status.json')).winstrom['success'];
      const request = { method: method ?? '' };
      assert.equal((await call(`changes/disable.${format}`, request)).status, 200);
      assert.equal(await state(), 'false');
      assert.equal((await call('changes.json')).status, 400);
      assert.equal((await call(`changes/enable.${format}`, request)).status, 200);
      assert.equal(await state(), 'true');
    }
    assert.match(
      (await call('changes/status.xml')).text,
      /<winstrom version="1.0">\n {2}<success>true<\/success>/,
    );
    assert.equal((await call('changes/enable.json')).status, 405);
  });

  it('fails with the lock error while somebody else is logged in', async (test) => {
    const { call, flexibee } = await start(test);
    await call('changes/disable.json', { method: 'PUT' });
    const session = flexibee.sessions.open('winstrom');
    const { status, winstrom } = await call('changes/enable.json', { method: 'PUT' });
    assert.equal(status, 500);
    assert.match(String(winstrom['message']), /^ERROR: could not obtain lock on relation "drady"/);
    // Whoever asks is no hindrance to himself.
    const headers = { 'x-authsessionid': session.id };
    assert.equal(
      (await call('changes/enable.json', { method: 'PUT', login: false, headers })).status,
      200,
    );

    await call('changes/disable.json', { method: 'PUT' });
    await call('/status/user/winstrom/logout.json', { method: 'POST' });
    const hosted = flexibee.companies.get('demo');
    assert.ok(hosted);
    hosted.loggedIn = true;
    assert.equal((await call('changes/enable.json', { method: 'PUT' })).status, 500);
    hosted.loggedIn = false;
    assert.equal((await call('changes/enable.json', { method: 'PUT' })).status, 200);
  });

  it('is refused without a licence: 403, for writes 402', async (test) => {
    const { call, flexibee } = await start(test);
    const hosted = flexibee.companies.get('demo');
    assert.ok(hosted);
    hosted.licence = 'missing';
    for (const path of ['changes.json', 'changes/status.json', 'hooks.json', 'adresar.json']) {
      assert.equal((await call(path)).status, 403, path);
    }
    assert.equal((await call('changes/enable.xml', { method: 'PUT' })).status, 403);
    const body = { winstrom: { adresar: record('A') } };
    assert.equal((await call('adresar.json', { method: 'POST', body })).status, 402);
    assert.equal((await call('/c/demo.json')).status, 200);
  });

  it('works on the page for people', async (test) => {
    const { call, flexibee } = await start(test);
    const accept = { accept: 'text/html' };
    const page = await call('changes/control', { headers: accept });
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.text, /zapnuté/);
    const [, value = ''] =
      /<form method="post">\s*<button name="action" value="(\w+)">/.exec(page.text) ?? [];
    const press = (action: string) =>
      call('changes/control', {
        method: 'POST',
        text: `action=${action}`,
        headers: { ...accept, 'content-type': 'application/x-www-form-urlencoded' },
      });
    assert.match((await press(value)).text, /vypnuté[\s\S]*value="enable"/);
    flexibee.sessions.open('winstrom');
    const locked = await press('enable');
    assert.equal(locked.status, 500);
    assert.match(
      locked.text,
      /role="alert">ERROR: could not obtain lock on relation &quot;drady&quot;/,
    );
    flexibee.sessions.end();
    assert.match((await press('enable')).text, /zapnuté/);
    assert.equal((await press('explode')).status, 400);
  });
});
