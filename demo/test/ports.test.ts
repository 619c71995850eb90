import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { freePorts } from '../../test/support/free-ports.ts';
import { defaultPorts, readPorts, takenPorts, usedPorts, workerPorts } from '../ports.ts';

async function listen(t: TestContext, port: number): Promise<void> {
  const server = createServer();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  t.after(() => server.close());
}

describe('ports', () => {
  test('are the usual ones, each by its variable', () => {
    assert.deepEqual(readPorts({}, undefined), defaultPorts);
    const own = { ...defaultPorts, app: 80, sqlServer4: 65_535 };
    assert.deepEqual(readPorts({ APP_PORT: '80', SQL_PORT_4: '65535' }, undefined), own);
  });

  test('move all at once, but those of a variable', () => {
    const moved = readPorts({}, 21_000);
    assert.equal(moved.app, 21_000);
    const all = Object.values(moved);
    assert.deepEqual(
      all.toSorted((a, b) => a - b),
      Array.from({ length: 12 }, (_, n) => 21_000 + n),
    );
    assert.deepEqual(readPorts({ SQL_PORT: '1433' }, 21_000), { ...moved, sqlServer: 1433 });
  });

  const wrong: [Record<string, string>, RegExp][] = [
    [{ APP_PORT: '0' }, /^APP_PORT is 0; it must be a port from 1 to 65535$/],
    [{ QUEUE_PORT: 'x' }, /^QUEUE_PORT is x; /],
    [{ SQL_PORT: '70000' }, /^SQL_PORT is 70000; /],
    [{ QUEUE_PORT: '7071' }, /^APP_PORT and QUEUE_PORT are both 7071; set one of them$/],
  ];
  for (const [environment, message] of wrong) {
    test(`refuse ${JSON.stringify(environment)}`, () => {
      assert.throws(() => readPorts(environment, undefined), { name: 'RangeError', message });
    });
  }

  test('that are taken are told with their settings, all of them', async (t) => {
    const [first = 0, second = 0] = await freePorts(2);
    const ports = readPorts({ APP_PORT: `${first}`, ABRA_GEN_PORT: `${second}` }, undefined);
    assert.deepEqual(await takenPorts(ports, ['app', 'abraGen']), []);
    await listen(t, first);
    await listen(t, second);
    assert.deepEqual(await takenPorts(ports, ['app', 'abraGen']), [
      `APP_PORT is ${first}, which another process has; set APP_PORT or --ports N`,
      `ABRA_GEN_PORT is ${second}, which another process has; set ABRA_GEN_PORT or --ports N`,
    ]);
  });

  test("a server of one's own leaves the stand-in's alone", () => {
    assert.deepEqual(
      Object.keys(defaultPorts).filter((part) => !usedPorts(true).includes(part as 'app')),
      ['sqlServer', 'sqlServer2', 'sqlServer3', 'sqlServer4', 'sqlServerControl'],
    );
    assert.equal(usedPorts(false).length, 12);
  });

  test('of workers are free ones above the app, and none of the other parts', async (t) => {
    const [app = 0, taken = 0, free = 0, part = 0, next = 0] = await consecutive(5);
    await listen(t, taken);
    const ports = readPorts({ APP_PORT: `${app}`, FLEXIBEE_PORT: `${part}` }, undefined);
    assert.deepEqual(await workerPorts(ports, 3), [app, free, next]);
    const last = { ...defaultPorts, app: 65_535 };
    await assert.rejects(workerPorts(last, 2), /^RangeError: above APP_PORT 65535 no 1 are free$/);
  });
});

async function consecutive(count: number): Promise<number[]> {
  for (;;) {
    const ports = await freePorts(count);
    if (ports.every((port, index) => port === (ports[0] ?? 0) + index)) return ports;
  }
}
