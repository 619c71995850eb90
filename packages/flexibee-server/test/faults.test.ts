/** What goes wrong on demand, and what is counted. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from 'stand-in-kit';
import { start } from './fixture.ts';

const body = { winstrom: { adresar: { kod: 'A', nazev: 'A' } } };

describe('faults', () => {
  it('answer the next so many requests with a status, and Retry-After', async (test) => {
    const { call, flexibee } = await start(test);
    flexibee.faults.set({ times: 2, status: 503 });
    flexibee.faults.set({ times: 1, status: 429, retryAfterSeconds: 7 });
    const replies = [];
    for (let n = 0; n < 4; n += 1) replies.push(await call('adresar.json'));
    assert.deepEqual(
      replies.map(({ status }) => status),
      [503, 503, 429, 200],
    );
    assert.equal(replies[2]?.headers.get('retry-after'), '7');
    assert.equal(replies[0]?.winstrom['success'], 'false');
    assert.deepEqual(flexibee.faults.list, []);
  });

  it('pick requests by kind and company, and leave some out first', async (test) => {
    const { call, flexibee } = await start(test, { companies: ['demo', 'other'] });
    flexibee.faults.set({ company: 'demo', kind: ['changes', 'get'], after: 1, status: 500 });
    const statuses = [];
    for (const path of [
      'adresar.json',
      '/c/other/changes.json',
      'changes.json',
      'changes.json',
      'changes.json',
    ]) {
      statuses.push((await call(path)).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 500, 500]);
    flexibee.faults.clear();
    assert.equal((await call('changes.json')).status, 200);
  });

  it('make a request slow, without holding up others', async (test) => {
    const { call, flexibee } = await start(test);
    flexibee.faults.set({ times: 1, delayMilliseconds: 60_000 });
    const abort = new AbortController();
    const headers = { authorization: `Basic ${btoa('winstrom:winstrom')}` };
    const slow = fetch(`${flexibee.url}/c/demo/adresar.json`, { headers, signal: abort.signal });
    while (flexibee.requests.underWay === 0) await sleep(1);
    assert.equal((await call('adresar.json')).status, 200);
    assert.equal(flexibee.requests.mostAtOnce, 2);
    abort.abort();
    await assert.rejects(slow, { name: 'AbortError' });
    flexibee.faults.set({ times: 1, delayMilliseconds: 20 });
    const began = performance.now();
    assert.equal((await call('adresar.json')).status, 200);
    assert.ok(performance.now() - began >= 19);
  });

  it('do not keep the server from closing', async (test) => {
    const { flexibee } = await start(test);
    flexibee.faults.set({ delayMilliseconds: 60_000 });
    const slow = fetch(`${flexibee.url}/c.json`).catch((error: unknown) => error);
    while (flexibee.requests.underWay === 0) await sleep(1);
    await flexibee.close();
    assert.ok((await slow) instanceof Error);
  });

  const broken: [Fault['broken'], number][] = [
    ['request', 0],
    ['answer', 1],
    ['truncated', 1],
  ];
  for (const [how, written] of broken) {
    it(`break the connection: ${how}`, async (test) => {
      const { call, flexibee } = await start(test);
      flexibee.faults.set({ times: 1, broken: how });
      await assert.rejects(call('adresar.json', { method: 'POST', body }), TypeError);
      assert.equal(flexibee.company('demo').counts()['adresar'], written);
      assert.equal((await call('adresar.json')).status, 200);
    });
  }

  it('give an answer that is half there, or garbage', async (test) => {
    const { flexibee, write } = await start(test);
    write('adresar', { kod: 'A', nazev: 'A' });
    const headers = { authorization: `Basic ${btoa('winstrom:winstrom')}` };
    for (const how of ['cut', 'garbage'] as const) {
      flexibee.faults.set({ times: 1, broken: how });
      const response = await fetch(`${flexibee.url}/c/demo/adresar.json`, { headers });
      assert.equal(response.status, 200);
      const text = await response.text();
      assert.ok(text.length > 10);
      assert.throws(() => JSON.parse(text), SyntaxError, how);
    }
  });
});

describe('requests', () => {
  it('are counted by kind and company', async (test) => {
    const { call, flexibee } = await start(test, { companies: ['demo', 'other'] });
    const paths: [string, string, string][] = [
      ['GET', '/c.json', 'companies'],
      ['GET', 'adresar.json', 'list'],
      ['GET', 'adresar/(id=1).json', 'list'],
      ['GET', 'adresar/1.json', 'record'],
      ['POST', 'adresar/get.json', 'get'],
      ['POST', 'adresar/query.json', 'query'],
      ['GET', 'adresar/properties.json', 'properties'],
      ['POST', 'adresar.json', 'write'],
      ['DELETE', 'adresar/1.json', 'delete'],
      ['GET', 'changes.json', 'changes'],
      ['GET', 'changes/status.json', 'changes status'],
      ['PUT', 'changes/enable.json', 'changes enable'],
      ['GET', 'hooks.json', 'hooks'],
      ['GET', '/c/other/changes.json', 'changes'],
      ['GET', '/nowhere', 'other'],
    ];
    const expected: Record<string, number> = {};
    for (const [method, path, kind] of paths) {
      await call(path, { method, ...(method === 'POST' ? { body } : {}) });
      expected[kind] = (expected[kind] ?? 0) + 1;
    }
    assert.deepEqual(flexibee.requests.counts(), expected);
    assert.equal(flexibee.requests.count(), paths.length);
    assert.equal(flexibee.requests.count({ kind: 'changes' }), 2);
    assert.deepEqual(flexibee.requests.counts('other'), { changes: 1 });
    assert.deepEqual(flexibee.requests.latest.at(-2), {
      id: 14,
      kind: 'changes',
      company: 'other',
      method: 'GET',
      path: '/c/other/changes.json',
      status: 200,
    });
    flexibee.requests.clear();
    assert.equal(flexibee.requests.count(), 0);
  });
});
