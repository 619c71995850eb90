import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFunctions } from '../src/functions.ts';
import type { BindingInfo } from '../src/worker/protocol.ts';

const settings = {
  AzureWebJobsStorage: 'x',
  AzureWebJobsOther: 'y',
  Plain: 'z',
  QUEUE: 'from-setting',
};

function registration(name: string, bindings: Record<string, Partial<BindingInfo>>, rest = {}) {
  const metadata = { name, bindings: bindings as Record<string, BindingInfo>, ...rest };
  return { id: name, metadata, callback: () => {} };
}
const trigger = (type: string, members = {}) => ({ type, direction: 'in' as const, ...members });

test('functions are ordered by name without regard to case, with what the host needs of them', () => {
  const described = describeFunctions(
    [
      registration('b-queue', {
        message: trigger('queueTrigger', { queueName: '%QUEUE%', connection: 'Other' }),
        $return: { type: 'queue', direction: 'out', queueName: 'out-1', connection: 'Plain' },
        extra: { type: 'queue', direction: 'out', queueName: 'out-2' },
      }),
      registration('A-http', {
        request: trigger('httpTrigger', { methods: ['get'], route: 'x/{y}' }),
        $return: { type: 'http', direction: 'out' },
      }),
      registration('C', { timer: trigger('TimerTrigger', { schedule: '0 * * * * *' }) }),
    ],
    { ...settings, 'AzureWebJobs.C.Disabled': 'True' },
  );
  assert.deepEqual(
    described.map(({ name, input, trigger, outputs, disabled }) => ({
      name,
      input,
      trigger,
      outputs,
      disabled,
    })),
    [
      {
        name: 'A-http',
        input: 'request',
        trigger: { type: 'http', route: 'x/{y}', methods: ['GET'] },
        outputs: [],
        disabled: false,
      },
      {
        name: 'b-queue',
        input: 'message',
        trigger: { type: 'queue', queueName: 'from-setting', connection: 'AzureWebJobsOther' },
        outputs: [
          { binding: '$return', queueName: 'out-1', connection: 'Plain' },
          { binding: 'extra', queueName: 'out-2', connection: 'AzureWebJobsStorage' },
        ],
        disabled: false,
      },
      {
        name: 'C',
        input: 'timer',
        trigger: { type: 'timer', schedule: '0 * * * * *', runOnStartup: false, useMonitor: true },
        outputs: [],
        disabled: true,
      },
    ],
  );
});

test('every fault is told with its function’s name', () => {
  const http = { request: trigger('httpTrigger') };
  const faulty: [ReturnType<typeof registration>, RegExp][] = [
    [
      registration('blob', { blob: trigger('blobTrigger') }),
      /function "blob": binding "blob" is of type "blobTrigger"; known are httpTrigger/,
    ],
    [
      registration('table', { ...http, rows: { type: 'table', direction: 'out' } }),
      /function "table": .*"table"/,
    ],
    [
      registration('two', { ...http, other: trigger('timerTrigger', { schedule: 'x' }) }),
      /"two": has more than one trigger/,
    ],
    [
      registration('none', { $return: { type: 'http', direction: 'out' } }),
      /"none": has no trigger/,
    ],
    [registration('1st', http), /"1st": is no name/],
    [registration('retry', http, { retryOptions: {} }), /"retry": retry policies/],
    [
      registration('queue', { message: trigger('queueTrigger', { queueName: 'UPPER' }) }),
      /"queue": .*queueName is no queue name/,
    ],
    [
      registration('unset', {
        message: trigger('queueTrigger', { queueName: 'q-1', connection: 'None' }),
      }),
      /"unset": connection "None" is set by neither/,
    ],
    [
      registration('percent', { timer: trigger('timerTrigger', { schedule: '%NONE%' }) }),
      /"percent": setting "NONE" is not set/,
    ],
    [
      registration('timer', { timer: trigger('timerTrigger') }),
      /"timer": binding "timer": schedule/,
    ],
  ];
  assert.throws(
    () =>
      describeFunctions(
        faulty.map(([it]) => it),
        settings,
      ),
    (error: Error) => {
      const lines = error.message.split('\n');
      assert.equal(lines.length, faulty.length);
      for (const [index, [, expected]] of faulty.entries())
        assert.match(lines[index] ?? '', expected);
      return true;
    },
  );
});
