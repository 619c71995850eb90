/** The stand-in as a process, its control, and its data over a restart. */

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startAbraGen } from '../../../local/abra-gen/server.ts';
import { callUrl, invoicesId, start } from './fixture.ts';

const main = new URL('../../../local/abra-gen/main.ts', import.meta.url);

interface Ready {
  port: number;
  controlPort: number;
}

describe('ABRA Gen stand-in as a process', () => {
  let directory = '';
  const children: ChildProcess[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'abra-gen-'));
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });

  function startChild(settings: Record<string, string>) {
    const child = fork(main, ['--directory', directory], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ABRA_GEN_PORT: '0', ABRA_GEN_CONTROL_PORT: '0', ...settings },
    });
    children.push(child);
    return child;
  }

  async function described(port: number): Promise<string> {
    const { text } = await callUrl(`http://127.0.0.1:${port}/demodata/dynsql/${invoicesId}/exec`, {
      body: { select: ['Description', 'NotPaidAmount'], where: { id: 'ID', value: '2E00000101' } },
    });
    return text;
  }

  it('ends when told or left, and keeps its data', async () => {
    const first = startChild({});
    const [ready] = (await once(first, 'message')) as [Ready];
    const changed = await callUrl(`http://127.0.0.1:${ready.controlPort}/invoices/2E00000101`, {
      method: 'PUT',
      body: { Description: 'Změněno', PaidAmount: 1 },
    });
    assert.equal(changed.status, 200, changed.text);
    const text = await described(ready.port);
    assert.match(text, /"DESCRIPTION": "Změněno"/);
    const exited = once(first, 'exit');
    first.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);

    const second = startChild({});
    const [again] = (await once(second, 'message')) as [Ready];
    assert.equal(await described(again.port), text);
    const left = once(second, 'exit');
    second.disconnect();
    assert.deepEqual(await left, [0, null]);
  });

  it('refuses a setting out of range, naming it', async () => {
    const child = startChild({ ABRA_GEN_PORT: '70000' });
    let errors = '';
    child.stderr?.on('data', (data) => {
      errors += data;
    });
    const [code] = await once(child, 'close');
    assert.notEqual(code, 0);
    assert.match(errors, /ABRA_GEN_PORT: expected a whole number from 0 to 65535, got '70000'/);
  });
});

describe('control', () => {
  it('sets faults, tells requests, and says what it can do', async (test) => {
    const { abraGen, call } = await start(test, { controlPort: 0 });
    const control = `http://127.0.0.1:${abraGen.controlPort}`;
    const put = (path: string, body: unknown) =>
      callUrl(`${control}${path}`, { method: 'PUT', body });
    assert.match((await callUrl(control)).text, /PUT +\/faults/);
    assert.equal((await put('/faults', { kind: 'list', status: 502 })).text, '{"id":1}');
    assert.equal((await call('dynsql')).status, 502);
    assert.match((await callUrl(`${control}/faults`)).text, /"status":502/);
    assert.equal((await callUrl(`${control}/faults/1`, { method: 'DELETE' })).status, 200);
    assert.equal((await call('dynsql')).status, 200);
    const counts = JSON.parse((await callUrl(`${control}/requests`)).text) as { counts: object };
    assert.deepEqual(counts.counts, { list: 2 });
    await callUrl(`${control}/requests`, { method: 'DELETE' });
    assert.equal(abraGen.requests.count(), 0);
  });

  it('refuses what it cannot do', async (test) => {
    const { abraGen } = await start(test, { controlPort: 0 });
    const cases: [string, string, unknown, number][] = [
      ['PUT', '/faults', { status: 200 }, 400],
      ['PUT', '/faults', '{', 400],
      ['DELETE', '/faults/7', undefined, 404],
      ['PUT', '/invoices/X', {}, 404],
      ['GET', '/nothing', undefined, 404],
      ['DELETE', '/', undefined, 405],
    ];
    for (const [method, path, body, status] of cases) {
      const url = `http://127.0.0.1:${abraGen.controlPort}${path}`;
      assert.equal((await callUrl(url, { method, body })).status, status, path);
    }
  });
});

it('too few invoices, and a port that is taken, are errors', async (test) => {
  const { abraGen } = await start(test);
  await assert.rejects(startAbraGen({ invoices: 599 }), RangeError);
  await assert.rejects(startAbraGen({ invoices: 600, port: abraGen.port }), { code: 'EADDRINUSE' });
  const controlPort = abraGen.port;
  await assert.rejects(startAbraGen({ invoices: 600, controlPort }), { code: 'EADDRINUSE' });
});
