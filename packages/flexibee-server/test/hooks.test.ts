/** Web hooks: registering, delivery, penalty; against a receiver over real HTTP. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { FlexibeeOptions } from '../src/server.ts';
import { FakeTimer } from './fake-timer.ts';
import { start } from './fixture.ts';

interface Delivery {
  secKey: string | undefined;
  type: string | undefined;
  text: string;
  /** `code:…` of the changes, in their order. */
  codes: string[];
}

async function receiver(test: TestContext) {
  const deliveries: Delivery[] = [];
  const state = { status: 200 };
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString('utf8');
    const key = request.headers['x-fb-hook-seckey'];
    deliveries.push({
      secKey: Array.isArray(key) ? key[0] : key,
      type: request.headers['content-type'],
      text,
      codes: [...text.matchAll(/code:(\w+)/g)].map(([, code = '']) => code),
    });
    response.writeHead(state.status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=b&c=d`;
  return { url, deliveries, state };
}

async function setUp(test: TestContext, options: FlexibeeOptions = {}) {
  const timer = new FakeTimer();
  const fixture = await start(test, {
    timer,
    hooks: {
      delayMilliseconds: 100,
      penaltyMilliseconds: 1_000,
      longestPenaltyMilliseconds: 5_000,
    },
    ...options,
  });
  const { url, deliveries, state } = await receiver(test);
  const register = (parameters: Record<string, string> = {}, path = 'hooks.json') =>
    fixture.call(`${path}?${new URLSearchParams({ url, format: 'JSON', ...parameters })}`, {
      method: 'PUT',
    });
  const hooks = async () =>
    (await fixture.call('hooks.json')).winstrom['hooks'] as Record<string, string>[];
  /** Lets so much time pass, and what it sets off end. */
  const pass = async (milliseconds: number) => {
    timer.advance(milliseconds);
    await fixture.flexibee.companies.get('demo')?.hooks.settled();
  };
  const write = (kod: string) => fixture.write('adresar', { kod, nazev: kod });
  return { ...fixture, timer, url, deliveries, state, register, hooks, pass, write };
}

describe('registering', () => {
  it('tests the URL with an empty notification, whatever that is', async (test) => {
    const { register, deliveries, hooks, url, flexibee } = await setUp(test);
    const { status, winstrom } = await register({ secKey: 'heslo' });
    assert.deepEqual([status, winstrom['success']], [200, 'true']);
    assert.equal(deliveries.length, 1);
    assert.deepEqual(deliveries[0]?.secKey, 'heslo');
    assert.equal(deliveries[0]?.text, '');
    assert.deepEqual(await hooks(), [
      { id: '1', url, dataFormat: 'JSON', lastVersion: '0', penalty: '0' },
    ]);
    const demo = flexibee.companies.get('demo');
    if (demo !== undefined) demo.hooks.emptyNotification = '{"winstrom":{}}';
    await register();
    assert.equal(deliveries[1]?.text, '{"winstrom":{}}');
  });

  it('refuses a URL that does not answer 2xx, unless told not to test', async (test) => {
    const { register, state, hooks } = await setUp(test);
    for (const status of [302, 404, 500]) {
      state.status = status;
      const reply = await register();
      assert.equal(reply.status, 400);
      assert.match(String(reply.winstrom['message']), /Test zadané URL selhal/);
    }
    assert.equal((await register({ url: 'http://127.0.0.1:1/' })).status, 400);
    assert.deepEqual(await hooks(), []);
    assert.equal((await register({ skipUrlTest: 'true' })).status, 200);
    assert.equal((await hooks()).length, 1);
  });

  const refused: [string, Record<string, string>, RegExp][] = [
    ['no URL', { url: '' }, /'url'/],
    ['another protocol', { url: 'ftp://host/' }, /'url'.*ftp:/],
    ['no format', { format: '' }, /'format'/],
    ['another format', { format: 'CSV' }, /'format'.*CSV/],
    ['a version to come', { lastVersion: '1000' }, /'lastVersion'.*\[0, 0\].*1000/],
    ['a version that is none', { lastVersion: 'x' }, /'lastVersion'/],
  ];
  for (const [what, parameters, message] of refused) {
    it(`refuses ${what}`, async (test) => {
      const { register } = await setUp(test);
      const { status, winstrom } = await register(parameters);
      assert.equal(status, 400);
      assert.match(String(winstrom['message']), message);
    });
  }

  it('needs the changelog', async (test) => {
    const { register, call } = await setUp(test);
    await call('changes/disable.json', { method: 'PUT' });
    const { status, winstrom } = await register();
    assert.equal(status, 400);
    assert.match(String(winstrom['message']), /Changes API/);
  });

  it('lists and removes, in XML too', async (test) => {
    const { register, call, hooks, url } = await setUp(test);
    assert.equal((await register({ format: 'xml' }, 'hooks.xml')).status, 200);
    const { text } = await call('hooks.xml');
    assert.match(text, /<hooks>\n {4}<hook>\n {6}<id>1<\/id>\n {6}<url>[^<]*a=b&amp;c=d<\/url>/);
    assert.ok(text.includes(url.replace('&', '&amp;')));
    assert.match(text, /<dataFormat>XML<\/dataFormat>/);
    assert.equal((await call('hooks/1.json', { method: 'DELETE' })).status, 200);
    assert.equal((await call('hooks/1.json', { method: 'DELETE' })).status, 404);
    assert.equal(
      (await call('hooks/1/retry', { method: 'PUT', headers: { accept: 'text/xml' } })).status,
      404,
    );
    assert.deepEqual(await hooks(), []);
  });
});

describe('delivery', () => {
  it('tells the changes since the last call, together, in the form of the listing', async (test) => {
    const { register, write, pass, deliveries, call, hooks } = await setUp(test);
    write('BEFORE');
    await register({ secKey: 'k', skipUrlTest: 'true' });
    await pass(100);
    assert.equal(deliveries.length, 0);
    write('A');
    write('B');
    await pass(99);
    assert.equal(deliveries.length, 0);
    await pass(1);
    assert.equal(deliveries.length, 1);
    const [delivery] = deliveries;
    assert.deepEqual(
      [delivery?.secKey, delivery?.type, delivery?.codes],
      ['k', 'application/json', ['A', 'B']],
    );
    const start = Number((await hooks())[0]?.['lastVersion']);
    assert.deepEqual(
      JSON.parse(delivery?.text ?? ''),
      (await call(`changes.json?start=${start - 1}`)).json,
    );
    write('C');
    await pass(100);
    assert.deepEqual(deliveries[1]?.codes, ['C']);
  });

  it('begins after lastVersion, and writes XML where asked', async (test) => {
    const { register, write, pass, deliveries } = await setUp(test);
    write('A');
    await register({ skipUrlTest: 'true', lastVersion: '0', format: 'XML' });
    await pass(100);
    assert.deepEqual(
      deliveries.map(({ codes, type }) => [codes, type]),
      [[['A'], 'application/xml']],
    );
    assert.match(
      deliveries[0]?.text ?? '',
      /<winstrom version="1.0" globalVersion="\d+">\n {2}<adresar in-version=/,
    );
  });

  it('carries a thousand changes a call at most', async (test) => {
    const { register, pass, deliveries, flexibee } = await setUp(test);
    await register({ skipUrlTest: 'true' });
    flexibee.company('demo').bulk({ changes: 2_500 });
    await pass(100);
    const counts = deliveries.map(({ text }) => JSON.parse(text).winstrom.changes.length);
    assert.deepEqual(counts, [1_000, 1_000, 500]);
  });

  it('says nothing while the changelog is off', async (test) => {
    const { register, pass, deliveries, write, call } = await setUp(test);
    await register({ skipUrlTest: 'true' });
    write('A');
    await call('changes/disable.json', { method: 'PUT' });
    await pass(100);
    assert.equal(deliveries.length, 0);
  });

  it('outlives a restart with what was not told yet', async (test) => {
    const directory = await mkdtemp(join(tmpdir(), 'flexibee-hooks-'));
    test.after(() => rm(directory, { recursive: true, force: true }));
    const { url, deliveries } = await receiver(test);
    const options = { directory, companies: [{ name: 'demo', data: false as const }] };
    const first = await start(test, { ...options, timer: new FakeTimer() });
    await first.call(
      `hooks.json?${new URLSearchParams({ url, format: 'JSON', skipUrlTest: 'true' })}`,
      { method: 'PUT' },
    );
    first.write('adresar', { kod: 'A', nazev: 'A' });
    await first.flexibee.close();
    const timer = new FakeTimer();
    const second = await start(test, { ...options, timer });
    timer.advance(1_000);
    await second.flexibee.companies.get('demo')?.hooks.settled();
    assert.deepEqual(
      deliveries.map(({ codes }) => codes),
      [['A']],
    );
  });
});

describe('penalty', () => {
  it('grows with each failure, holds new changes back, and ends with a success', async (test) => {
    const { register, write, pass, deliveries, state, timer, hooks } = await setUp(test);
    await register({ skipUrlTest: 'true' });
    await pass(100);
    state.status = 503;
    write('A');
    await pass(100);
    for (const [penalty, wait] of [
      [1, 1_000],
      [2, 2_000],
      [3, 4_000],
      [4, 5_000],
      [5, 5_000],
    ] as const) {
      assert.equal(deliveries.length, penalty);
      assert.equal((await hooks())[0]?.['penalty'], String(penalty));
      assert.deepEqual(timer.waits, [wait]);
      if (penalty === 2) {
        write('B');
        assert.deepEqual(timer.waits, [wait]);
      }
      if (penalty < 5) await pass(wait);
    }
    state.status = 204;
    await pass(5_000);
    assert.deepEqual(deliveries.at(-1)?.codes, ['A', 'B']);
    assert.equal((await hooks())[0]?.['penalty'], '0');
    assert.deepEqual(timer.waits, []);
  });

  it('is cleared by retry, which calls at once', async (test) => {
    const { register, write, pass, deliveries, state, call, hooks } = await setUp(test);
    await register({ skipUrlTest: 'true' });
    await pass(100);
    state.status = 500;
    write('A');
    await pass(100);
    state.status = 200;
    assert.equal((await call('hooks/1/retry.json', { method: 'PUT' })).status, 200);
    assert.equal((await hooks())[0]?.['penalty'], '0');
    await pass(0);
    assert.deepEqual(
      deliveries.map(({ codes }) => codes),
      [['A'], ['A']],
    );
  });

  it('counts a receiver that is not there, and one that is too slow', async (test) => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    test.after(() => {
      silent.close();
      silent.closeAllConnections();
    });
    const { register, write, pass, hooks } = await setUp(test, {
      hooks: { timeoutMilliseconds: 30 },
    });
    const { port } = silent.address() as AddressInfo;
    await register({ skipUrlTest: 'true', url: 'http://127.0.0.1:1/' });
    await register({ skipUrlTest: 'true', url: `http://127.0.0.1:${port}/` });
    write('A');
    await pass(1_000);
    assert.deepEqual(
      (await hooks()).map(({ penalty }) => penalty),
      ['1', '1'],
    );
  });

  it('does not outlive the hook', async (test) => {
    const { register, write, pass, timer, call, state } = await setUp(test);
    await register({ skipUrlTest: 'true' });
    state.status = 500;
    write('A');
    await pass(100);
    assert.equal(timer.waits.length, 1);
    await call('hooks/1.json', { method: 'DELETE' });
    assert.deepEqual(timer.waits, []);
  });
});
