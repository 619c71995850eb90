import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, testApp } from './app.ts';

test('/health: 200 when every part answers', async () => {
  const parts = [
    { part: 'storage', ok: true, milliseconds: 3 },
    { part: 'database hcs', ok: true, milliseconds: 12 },
  ];
  const reply = await call(testApp({}, parts), 'health');
  assert.equal(reply.status, 200);
  assert.deepEqual(JSON.parse(reply.text), { ok: true, failing: [], parts });
});

test('/health: 503 that names the failing parts, open to everybody', async () => {
  const parts = [
    { part: 'storage', ok: true },
    { part: 'database hcs', ok: false, reason: 'login failed' },
    { part: 'database mo', ok: false, reason: 'unreachable' },
  ];
  const app = testApp({ PROTECT_READS: 'true' }, parts);
  const reply = await call(app, 'health', { headers: { accept: 'text/plain' } });
  assert.equal(reply.status, 503);
  assert.deepEqual(JSON.parse(reply.text).failing, ['database hcs', 'database mo']);
});
