/** The stand-in as a process: starts, answers, keeps its data, ends in time. */

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { callUrl } from './fixture.ts';

const main = new URL('../../../local/flexibee/main.ts', import.meta.url);
const execArgv = ['--disable-warning=ExperimentalWarning'];

interface Ready {
  port: number;
  controlPort: number;
}

describe('FlexiBee stand-in as a process', () => {
  let directory = '';
  const children: ChildProcess[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flexibee-'));
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });

  function startChild(settings: Record<string, string>) {
    const child = fork(main, ['--directory', directory], {
      execArgv,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, FLEXIBEE_PORT: '0', FLEXIBEE_CONTROL_PORT: '0', ...settings },
    });
    children.push(child);
    return child;
  }

  async function start() {
    const child = startChild({});
    const [ready] = (await once(child, 'message')) as [Ready];
    return { child, url: `http://127.0.0.1:${ready.port}/c/demo`, ready };
  }

  it('has the demo company, ends when told or left, and keeps what was written', async () => {
    const first = await start();
    const body = { winstrom: { adresar: { kod: 'TRVALY', nazev: 'Trvalý' } } };
    assert.equal(
      (await callUrl(`${first.url}/adresar.json`, { method: 'POST', body })).status,
      201,
    );
    const { json } = await callUrl(`http://127.0.0.1:${first.ready.controlPort}/companies/demo`);
    for (const [evidence, count] of Object.entries(json['records'] as Record<string, number>)) {
      assert.ok(count > 0, evidence);
    }
    const exited = once(first.child, 'exit');
    first.child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);

    const second = await start();
    assert.equal((await callUrl(`${second.url}/adresar/code:TRVALY.json`)).status, 303);
    const left = once(second.child, 'exit');
    second.child.disconnect();
    assert.deepEqual(await left, [0, null]);
  });

  it('refuses a setting out of range, naming it', async () => {
    const child = startChild({ FLEXIBEE_PORT: '70000' });
    let errors = '';
    child.stderr?.on('data', (data) => {
      errors += data;
    });
    const [code] = await once(child, 'close');
    assert.notEqual(code, 0);
    assert.match(errors, /FLEXIBEE_PORT: expected a whole number from 0 to 65535, got '70000'/);
  });
});
