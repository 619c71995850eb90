/** HTTP servers that leave nothing behind. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../src/http/listen.ts';
import { openServers } from '../src/http/open.ts';

describe('servers of a stand-in', () => {
  it('closing ends what waits, then releases, once', async () => {
    const events: string[] = [];
    const arrived = new EventTarget();
    const begun = once(arrived, 'request');
    const servers = await openServers({
      async handle(_request, _response, closing) {
        arrived.dispatchEvent(new Event('request'));
        await sleep(3_600_000, undefined, { signal: closing }).catch(() => {});
        await sleep(10);
        events.push('handled');
      },
      controlPort: 0,
      startControl: (port) => listen(port, async (_, response) => void response.end('control')),
      release: () => {
        events.push('released');
      },
    });
    const control = await fetch(`http://127.0.0.1:${servers.controlPort}`);
    assert.equal(await control.text(), 'control');
    const asked = assert.rejects(fetch(servers.url), TypeError);
    await begun;
    await Promise.all([servers.close(), servers.close()]);
    await asked;
    assert.deepEqual(events, ['handled', 'released']);
    await assert.rejects(fetch(servers.url), TypeError);
  });

  it('a port that is taken is an error, and nothing stays open', async (test) => {
    const taken = await listen(0, async (_, response) => void response.end());
    test.after(() => taken.close());
    for (const ports of [{ port: taken.port }, { controlPort: taken.port }]) {
      let released = 0;
      const opened = openServers({
        ...ports,
        handle: async (_, response) => void response.end(),
        startControl: (port) => listen(port, async (_, response) => void response.end()),
        release: () => {
          released += 1;
        },
      });
      await assert.rejects(opened, { code: 'EADDRINUSE' });
      assert.equal(released, 1);
    }
  });

  it('a handler that fails breaks its connection, and others go on', async (test) => {
    const told = test.mock.method(console, 'error', () => {});
    const server = await listen(0, async (request, response) => {
      if (request.url === '/fails') throw new Error('a mistake of ours');
      response.end('fine');
    });
    test.after(() => server.close());
    const url = `http://127.0.0.1:${server.port}`;
    await assert.rejects(fetch(`${url}/fails`), TypeError);
    assert.equal(told.mock.callCount(), 1);
    assert.equal(await (await fetch(url)).text(), 'fine');
  });
});
