import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readHostConfiguration } from '../src/host-json.ts';
import { createLog } from '../src/log.ts';
import { readSettings, resolveSettings } from '../src/settings.ts';
import { parseTimeSpan } from '../src/time-span.ts';

async function folder(t: TestContext, files: Record<string, unknown>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'configuration-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(directory, name), text);
  }
  return directory;
}

test('time spans', () => {
  assert.equal(parseTimeSpan('00:00:30'), 30_000);
  assert.equal(parseTimeSpan('1.02:03:04.5'), 93_784_500);
  for (const text of ['30', '24:00:00', '00:60:00', '0:0', '-00:01:00', '00:00:30 ']) {
    assert.equal(parseTimeSpan(text), undefined, text);
  }
});

test('host.json has the real host’s defaults', async (t) => {
  const configuration = await readHostConfiguration(
    await folder(t, { 'host.json': { version: '2.0', extensionBundle: { id: 'x' } } }),
  );
  const { newBatchThreshold, ...queues } = configuration.queues;
  assert.ok(newBatchThreshold >= 8);
  assert.deepEqual(
    { ...configuration, queues },
    {
      routePrefix: 'api',
      functionTimeout: 1_800_000,
      queues: {
        batchSize: 16,
        maxDequeueCount: 5,
        maxPollingInterval: 2000,
        visibilityTimeout: 0,
        messageEncoding: 'base64',
      },
      singleton: { listenerLockPeriod: 60_000, listenerLockRecoveryPollingInterval: 60_000 },
      logLevels: {},
    },
  );
});

test('host.json is honoured', async (t) => {
  const configuration = await readHostConfiguration(
    await folder(t, {
      'host.json': {
        version: '2.0',
        functionTimeout: '-1',
        singleton: { listenerLockPeriod: '00:00:15' },
        logging: { logLevel: { default: 'Warning', 'Function.x': 'Debug' } },
        extensions: {
          http: { routePrefix: '/a/' },
          queues: {
            batchSize: 4,
            newBatchThreshold: 0,
            messageEncoding: 'None',
            visibilityTimeout: '00:00:10',
          },
        },
      },
    }),
  );
  assert.equal(configuration.routePrefix, 'a');
  assert.equal(configuration.functionTimeout, undefined);
  assert.equal(configuration.singleton.listenerLockPeriod, 15_000);
  assert.deepEqual(configuration.logLevels, { default: 'warning', 'Function.x': 'debug' });
  assert.equal(configuration.queues.newBatchThreshold, 0);
  assert.equal(configuration.queues.messageEncoding, 'none');
  assert.equal(configuration.queues.visibilityTimeout, 10_000);
});

test('host.json tells every fault with its path', async (t) => {
  const directory = await folder(t, {
    'host.json': {
      version: '1.0',
      functionTimeout: 'soon',
      extensions: { queues: { batchSize: 33, maxPollingInterval: '00:00:00.050' } },
    },
  });
  await assert.rejects(readHostConfiguration(directory), (error: Error) => {
    for (const part of [
      'host.json',
      'version',
      'functionTimeout',
      'batchSize',
      '"00:00:00.050" is no time span',
    ]) {
      assert.ok(error.message.includes(part), `${part} is not in ${error.message}`);
    }
    return true;
  });
  await assert.rejects(readHostConfiguration(await folder(t, {})), /host\.json cannot be read/);
  await assert.rejects(
    readHostConfiguration(await folder(t, { 'host.json': '{' })),
    /host\.json cannot be read/,
  );
});

test('settings: the local file before the sample, the environment over both', async (t) => {
  const sample = { IsEncrypted: false, Values: { A: 'sample', B: 'sample' } };
  const local = { Values: { A: 'local', C: 'local' } };
  const both = await folder(t, {
    'local.settings.sample.json': sample,
    'local.settings.json': local,
  });
  assert.deepEqual(await readSettings(both, { C: 'environment' }), {
    A: 'local',
    C: 'environment',
  });
  const one = await folder(t, { 'local.settings.sample.json': sample });
  assert.deepEqual(await readSettings(one, {}), { A: 'sample', B: 'sample' });
  assert.deepEqual(await readSettings(await folder(t, {}), { D: 'x' }), { D: 'x' });
});

test('settings: a fault names the member and never a value', async (t) => {
  const secret = 'p4ssword';
  const cases: [unknown, RegExp][] = [
    [{ Values: { Key: { secret } } }, /local\.settings\.json: .*must be a string.*Values\.Key/s],
    [{ IsEncrypted: true, Values: {} }, /encrypted settings are not supported/],
    [
      `{\n  "Values": {\n    "Key": "${secret}`,
      /local\.settings\.json: line 3, column 12: unexpected end of string$/,
    ],
    [`{"Values": {"Key": "${secret}" "B": ""}}`, /line 1, column 31: comma expected$/],
  ];
  for (const [content, expected] of cases) {
    const directory = await folder(t, { 'local.settings.json': content });
    await assert.rejects(readSettings(directory, {}), (error: Error) => {
      assert.match(error.message, expected);
      assert.ok(!error.message.includes(secret));
      return true;
    });
  }
});

test('settings: comments, commas at the end, and members of others, as Core Tools takes them', async (t) => {
  const text =
    '{\n  "$schema": "./own.json",\n  // of this machine\n  "Values": {"A": "1", /* and */ "B": "2",},\n}';
  assert.deepEqual(await readSettings(await folder(t, { 'local.settings.json': text }), {}), {
    A: '1',
    B: '2',
  });
});

test('%NAME% stands for a setting', () => {
  assert.equal(resolveSettings('0 %A% %B%', { A: '1', B: '2' }), '0 1 2');
  assert.throws(() => resolveSettings('%NONE%', {}), /setting "NONE" is not set/);
});

test('log lines: one each, with level and source; the longest category prefix decides', () => {
  const lines: string[] = [];
  const log = createLog((line) => void lines.push(line.replace(/^\S+Z /, '')), {
    default: 'warning',
    Function: 'information',
    'Function.quiet': 'error',
    'Function.quiet.User': 'trace',
  });
  log.host('information', 'of the host');
  log.host('warning', 'of the host');
  log.host('information', 'runs', { name: 'loud', invocationId: '1f2e3d4c-aaaa' });
  log.host('warning', 'runs', { name: 'quiet', invocationId: '1f2e3d4c-aaaa' });
  const user = { category: 'user' as const, functionName: 'quiet', invocationId: '1f2e3d4c-aaaa' };
  log.rpc({ ...user, level: 'trace', message: 'two\r\nlines\u001b[31m\n' });
  log.rpc({ ...user, level: 'none', message: 'never' });
  log.rpc({ ...user, category: 'system', level: 'warning', message: 'hidden' });
  assert.deepEqual(lines, [
    'WARN  [host] of the host',
    'INFO  [loud 1f2e3d4c] runs',
    'TRACE [quiet 1f2e3d4c] two\\nlines',
  ]);
});

test('lines of requests have a level of their own', () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), { 'Host.Requests': 'warning' });
  const about = { name: 'f', invocationId: 'id' };
  log.host('information', 'of a request', { ...about, category: 'Host.Requests' });
  log.host('error', 'of one that failed', { ...about, category: 'Host.Requests' });
  log.host('information', 'of a run', about);
  assert.deepEqual(
    lines.map((line) => line.replace(/^.*\] /, '')),
    ['of one that failed', 'of a run'],
  );
});
