/** The control interface over HTTP. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { callUrl, type Request, start } from './fixture.ts';

async function withControl(test: TestContext) {
  const fixture = await start(test, { controlPort: 0 });
  const control = (path: string, request?: Request) =>
    callUrl(`http://127.0.0.1:${fixture.flexibee.controlPort}${path}`, {
      login: false,
      ...request,
    });
  const put = (path: string, body: unknown = {}) => control(path, { method: 'PUT', body });
  return { ...fixture, control, put };
}

describe('control', () => {
  it('says what it can do', async (test) => {
    const { control } = await withControl(test);
    const { text } = await control('/');
    for (const path of [
      '/companies/<company>/late/<number>',
      '/faults',
      '/requests',
      '/sessions',
    ]) {
      assert.ok(text.includes(path), path);
    }
  });

  it('describes a company and sets its switches', async (test) => {
    const { control, put, write, call, flexibee } = await withControl(test);
    write('adresar', { kod: 'A', nazev: 'A' });
    await call('changes.json');
    const { json } = await put('/companies/demo', {
      licence: 'missing',
      loggedIn: true,
      changelog: 'disabled',
    });
    assert.equal(json['licence'], 'missing');
    assert.equal(json['loggedIn'], true);
    assert.equal(json['changelog'], 'disabled');
    assert.equal((json['records'] as Record<string, number>)['adresar'], 1);
    assert.deepEqual(json['requests'], { changes: 1 });
    assert.equal((await call('changes.json')).status, 403);
    await put('/companies/demo', { licence: 'present', changelog: 'enabled' });
    assert.equal(flexibee.company('demo').changelogEnabled(), true);
    assert.deepEqual(JSON.parse((await control('/companies')).text), ['demo']);
  });

  it('commits late, rolls back, and burns versions', async (test) => {
    const { control, put, write, flexibee } = await withControl(test);
    const versions = () =>
      flexibee
        .company('demo')
        .changes()
        .changes.map(({ version }) => version);
    const first = (await put('/companies/demo/late', { versions: 2 })).json;
    const second = (await put('/companies/demo/late')).json;
    write('adresar', { kod: 'A', nazev: 'A' });
    await put('/companies/demo/gap', { versions: 10 });
    write('adresar', { kod: 'B', nazev: 'B' });
    const [a = 0, b = 0] = versions();
    assert.ok(b - a > 10);
    const winstrom = { adresar: [{ kod: 'L', nazev: 'L' }] };
    assert.equal((await put(`/companies/demo/late/${first['id']}`, { winstrom })).status, 200);
    assert.equal(versions()[0], (first['versions'] as number[])[0]);
    assert.equal(
      (await control(`/companies/demo/late/${second['id']}`, { method: 'DELETE' })).status,
      200,
    );
    assert.equal(versions().length, 3);
    assert.equal((await put(`/companies/demo/late/${second['id']}`, { winstrom })).status, 404);
  });

  it('takes backups and restores them, makes changes by the thousand', async (test) => {
    const { put, flexibee } = await withControl(test);
    const company = flexibee.company('demo');
    await put('/companies/demo/bulk', { changes: 50 });
    const version = company.globalVersion();
    await put('/companies/demo/backup', { name: 'x' });
    await put('/companies/demo/bulk', { changes: 50 });
    assert.ok(company.globalVersion() > version);
    assert.equal((await put('/companies/demo/restore', { name: 'x' })).status, 200);
    assert.equal(company.globalVersion(), version);
    assert.equal((await put('/companies/demo/restore', { name: 'y' })).status, 404);
  });

  it('sets faults, reads requests, and ends sessions', async (test) => {
    const { control, put, call, flexibee } = await withControl(test);
    await put('/faults', { kind: 'changes', status: 503, times: 1 });
    assert.equal((await call('changes.json')).status, 503);
    assert.equal((await call('changes.json')).status, 200);
    assert.deepEqual((await control('/requests')).json['counts'], { changes: 2 });
    flexibee.sessions.open('winstrom');
    assert.equal(JSON.parse((await control('/sessions')).text)[0].user, 'winstrom');
    assert.deepEqual((await control('/sessions', { method: 'DELETE' })).json, { ended: 1 });
  });

  const refused: [string, string, unknown, number, RegExp][] = [
    ['PUT', '/companies/none', {}, 404, /none/],
    ['PUT', '/companies/demo', { licence: 'x' }, 400, /licence/],
    ['PUT', '/companies/demo', { wrong: 1 }, 400, /wrong/],
    ['PUT', '/companies/demo/bulk', {}, 400, /changes/],
    ['PUT', '/companies/demo/late/7', { winstrom: { adresar: {} } }, 404, /late commit 7/],
    ['DELETE', '/companies/demo', undefined, 405, /GET or PUT/],
  ];
  for (const [method, path, body, status, message] of refused) {
    it(`${method} ${path} ${JSON.stringify(body)}: ${status}`, async (test) => {
      const { control } = await withControl(test);
      const reply = await control(path, { method, ...(body === undefined ? {} : { body }) });
      assert.equal(reply.status, status);
      assert.match(String(reply.json['error']), message);
    });
  }
});
