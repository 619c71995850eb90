/** The stand-in as a process, its control, and its data over a restart. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endsWhen, ready, standInForks } from 'stand-in-kit/testing/stand-in-process';
import { startAbraGen } from '../src/server.ts';
import { callUrl, invoicesId, start } from './fixture.ts';

describe('ABRA Gen stand-in as a process', () => {
  async function described(port: number): Promise<string> {
    const { text } = await callUrl(`http://127.0.0.1:${port}/demodata/dynsql/${invoicesId}/exec`, {
      body: { select: ['Description', 'NotPaidAmount'], where: { id: 'ID', value: '2E00000101' } },
    });
    return text;
  }

  it('ends when told or left, and keeps its data', async (test) => {
    const fork = await standInForks(test, {
      main: import.meta.resolve('../src/main.ts'),
      settings: { ABRA_GEN_PORT: '0', ABRA_GEN_CONTROL_PORT: '0' },
    });
    const first = fork();
    const { port, controlPort } = await ready(first);
    const changed = await callUrl(`http://127.0.0.1:${controlPort}/invoices/2E00000101`, {
      method: 'PUT',
      body: { Description: 'Změněno', PaidAmount: 1 },
    });
    assert.equal(changed.status, 200, changed.text);
    const text = await described(port);
    assert.match(text, /"DESCRIPTION": "Změněno"/);
    await endsWhen(first, 'told');

    const second = fork();
    assert.equal(await described((await ready(second)).port), text);
    await endsWhen(second, 'left');
  });
});

it('control sets faults, tells requests, and refuses what it cannot do', async (test) => {
  const { abraGen, call } = await start(test, { controlPort: 0 });
  const control = `http://127.0.0.1:${abraGen.controlPort}`;
  const put = (path: string, body: unknown) =>
    callUrl(`${control}${path}`, { method: 'PUT', body });
  assert.match((await callUrl(control)).text, /PUT +\/invoices\/<id>/);
  assert.equal((await put('/faults', { kind: 'list', times: 1, status: 502 })).status, 200);
  assert.equal((await call('dynsql')).status, 502);
  assert.equal((await call('dynsql')).status, 200);
  const counts = JSON.parse((await callUrl(`${control}/requests`)).text) as { counts: object };
  assert.deepEqual(counts.counts, { list: 2 });
  assert.equal((await put('/invoices/X', {})).status, 404);
  assert.equal((await put('/invoices/2E00000101', { PaidAmount: -1 })).status, 400);
});

it('too few invoices, and a port that is taken, are errors', async (test) => {
  const { abraGen } = await start(test);
  await assert.rejects(startAbraGen({ invoices: 599 }), RangeError);
  await assert.rejects(startAbraGen({ invoices: 600, port: abraGen.port }), { code: 'EADDRINUSE' });
  const controlPort = abraGen.port;
  await assert.rejects(startAbraGen({ invoices: 600, controlPort }), { code: 'EADDRINUSE' });
});
