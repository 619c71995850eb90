import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HealthPart } from '../../shared/app/health/part.ts';
import { call, testApp } from './app.ts';

const authorization = 'Bearer demo-token';
const storage = { part: 'storage', state: 'ok', milliseconds: 3 } as const;
const company = { part: 'companies', state: 'degraded', reason: 'x: no licence' } as const;
const database = { part: 'database hcs', state: 'failing', reason: 'login failed' } as const;

const cases: Array<[parts: HealthPart[], state: string, status: number]> = [
  [[], 'ok', 200],
  [[storage], 'ok', 200],
  [[storage, company], 'degraded', 200],
  [[company, storage, database], 'failing', 503],
  [[database, company], 'failing', 503],
];
for (const [parts, state, status] of cases) {
  test(`/health: ${parts.map((part) => part.state).join(', ') || 'no parts'} is ${state}`, async () => {
    const app = testApp({ PROTECT_READS: 'true' }, parts);
    const stranger = await call(app, 'health', { headers: { accept: 'text/plain' } });
    assert.equal(stranger.status, status);
    assert.deepEqual(JSON.parse(stranger.text), { state });
    const known = await call(app, 'health', { headers: { authorization } });
    assert.equal(known.status, status);
    assert.deepEqual(JSON.parse(known.text), { state, parts });
  });
}

test('/health: a token that is none is refused rather than told less', async () => {
  const reply = await call(testApp(), 'health', { headers: { authorization: 'Bearer x' } });
  assert.equal(reply.status, 401);
});

test('/health/live looks at nothing', async () => {
  const app = testApp();
  app.health = () => Promise.reject(new Error('nobody asked for this'));
  const reply = await call(app, 'health_live');
  assert.equal(reply.status, 200);
  assert.deepEqual(JSON.parse(reply.text), { state: 'ok' });
});
