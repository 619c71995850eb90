import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryObjects } from 'node:v8';
import { createExecutor, newInvocationId } from '../src/executor.ts';
import type { HostFunction } from '../src/functions.ts';
import { createLog } from '../src/log.ts';
import { createWorker } from '../src/worker/worker.ts';

const log = createLog(() => {}, {});

/** An executor of one function, whose calls end when told. */
function executor(callback: () => unknown) {
  const worker = createWorker(() => {});
  worker.programmingModel = {
    name: 'none',
    version: '1',
    getInvocationModel: () => ({
      getArguments: async () => ({ context: {}, inputs: [] }),
      invokeFunction: async () => callback(),
      getResponse: async () => ({}),
    }),
  };
  const target: HostFunction = {
    registration: { id: 'one', metadata: { name: 'one', bindings: {} }, callback },
    name: 'one',
    input: 'input',
    trigger: { type: 'timer', schedule: '0 * * * * *', runOnStartup: false, useMonitor: false },
    outputs: [],
    disabled: false,
  };
  const outputs = { write: async () => {} };
  const executes = createExecutor(worker, outputs, log, 60_000);
  const call = () => executes.run(target, { id: newInvocationId(), reason: 'test', input: {} });
  return { call, ...executes };
}

test('a call that has ended leaves nothing behind', async () => {
  const { call } = executor(() => {});
  const held = () => Number(queryObjects(Promise, { format: 'count' }));
  for (let count = 0; count < 100; count += 1) await call();
  const before = held();
  for (let count = 0; count < 1_000; count += 1) await call();
  const more = held() - before;
  assert.ok(more < 100, `${more} promises more`);
});

test('calls that run when the worker ends have failed, and so has each after it', async () => {
  const { call, end, running, idle } = executor(() => new Promise(() => {}));
  const calls = [call(), call()];
  assert.deepEqual(running(), ['one', 'one']);
  end();
  for (const one of [...calls, call()]) await assert.rejects(one, { name: 'WorkerEndedError' });
  await idle();
});
