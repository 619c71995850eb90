/** What every control interface does, over HTTP. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { observedRoutes } from '../src/control/observed.ts';
import type { Route } from '../src/control/route.ts';
import { startControl } from '../src/control/server.ts';
import { Faults } from '../src/faults/faults.ts';
import type { Observed } from '../src/faults/receive.ts';
import { Requests } from '../src/faults/requests.ts';

const routes: readonly Route<Observed>[] = [
  ...observedRoutes('"kind"?: "list"'),
  {
    method: 'PUT',
    path: '/things/<schema.name>/parts/<number>',
    help: 'tells what it was called with',
    run: async (_, { parts, query, body }) => ({ parts, query: [...query], body }),
  },
  {
    method: 'GET',
    path: '/values',
    help: 'what JSON does not have',
    run: () => [12n, new Uint8Array([1, 255])],
  },
  {
    method: 'GET',
    path: '/trouble',
    help: 'a mistake of ours',
    run: () => {
      throw new TypeError('not ready');
    },
  },
];

async function start(test: TestContext) {
  const state = { faults: new Faults(), requests: new Requests() };
  const control = await startControl('Demo', routes, state, 0);
  test.after(() => control.close());
  const call = async (method: string, path: string, body?: string) => {
    const url = `http://127.0.0.1:${control.port}${path}`;
    const response = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const isJson = response.headers.get('content-type') === 'application/json';
    return { status: response.status, answer: isJson ? JSON.parse(text) : text };
  };
  return { ...state, call };
}

describe('control', () => {
  it('says what it can do', async (test) => {
    const { call } = await start(test);
    const { answer } = await call('GET', '/');
    assert.match(answer, /^Demo stand-in: control\n\nGET {4}\/\n/);
    for (const { method, path, help } of routes) {
      assert.ok(answer.includes(`${method.padEnd(6)} ${path}\n       ${help}\n`), path);
    }
  });

  it('hands over parts of the path, the query and the body', async (test) => {
    const { call } = await start(test);
    const path = '/things/heap.sp%20x/parts/7?since=2';
    const parts = ['heap.sp x', '7'];
    const query = [['since', '2']];
    const { answer } = await call('PUT', path, '{"a": 1}');
    assert.deepEqual(answer, { parts, query, body: { a: 1 } });
    assert.deepEqual((await call('PUT', path)).answer, { parts, query, body: {} });
    assert.deepEqual((await call('GET', '/values')).answer, ['12', '0x01ff']);
  });

  const refused: [string, string, string | undefined, number, RegExp][] = [
    ['GET', '/nothing', undefined, 404, /nothing at \/nothing: GET \/ lists/],
    ['GET', '/things//parts/7', undefined, 404, /nothing at/],
    ['POST', '/faults', '{}', 405, /POST is not for \/faults: use GET or PUT or DELETE/],
    ['DELETE', '/', undefined, 405, /use GET/],
    ['PUT', '/faults', '{', 400, /not JSON/],
    ['PUT', '/faults', '{"status": 99}', 400, /status/],
    ['PUT', '/faults', '{"satus": 500}', 400, /satus/],
    ['DELETE', '/faults/7', undefined, 404, /no fault 7/],
    ['GET', '/trouble', undefined, 500, /not ready/],
  ];
  for (const [method, path, body, status, message] of refused) {
    it(`${method} ${path} ${body?.slice(0, 20) ?? ''}: ${status}`, async (test) => {
      const { call } = await start(test);
      const reply = await call(method, path, body);
      assert.equal(reply.status, status);
      assert.match(reply.answer.error, message);
    });
  }

  it('sets and removes faults', async (test) => {
    const { call, faults } = await start(test);
    assert.deepEqual((await call('PUT', '/faults', '{"kind": "list"}')).answer, { id: 1 });
    assert.deepEqual((await call('PUT', '/faults', '{"status": 503}')).answer, { id: 2 });
    assert.equal((await call('DELETE', '/faults/1')).status, 200);
    assert.equal((await call('DELETE', '/faults/1')).status, 404);
    const [left] = (await call('GET', '/faults')).answer;
    assert.deepEqual(left, { id: 2, seen: 0, after: 0, delayMilliseconds: 0, status: 503 });
    assert.equal((await call('DELETE', '/faults')).status, 200);
    assert.deepEqual(faults.list, []);
  });

  it('tells what was asked, and forgets it', async (test) => {
    const { call, requests } = await start(test);
    requests.begin({ kind: 'list', method: 'GET', path: '/x' })(200);
    const latest = [{ id: 1, kind: 'list', method: 'GET', path: '/x', status: 200 }];
    const { answer } = await call('GET', '/requests');
    assert.deepEqual(answer, { counts: { list: 1 }, mostAtOnce: 1, latest });
    await call('DELETE', '/requests');
    assert.equal(requests.count(), 0);
  });
});
