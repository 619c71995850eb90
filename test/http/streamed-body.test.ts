/** Streamed bodies in the library and the host: what the client and the maker learn of each other. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { type AppFolder, createAppFolder } from 'functions-host/testing/app-folder';
import { type HostProcess, startHostProcess } from 'functions-host/testing/host-process';
import type { Azurite } from 'stand-in-kit/azurite';
import { startAzurite } from 'stand-in-kit/testing/azurite';

const piece = 32_768;
let azurite: Azurite;
let folder: AppFolder;
let host: HostProcess;

before(async () => {
  azurite = await startAzurite();
  folder = await createAppFolder({
    source: new URL('fixtures/streams.ts', import.meta.url),
    hostJson: { extensions: { http: { routePrefix: '' } } },
    settings: { AzureWebJobsStorage: azurite.connectionString },
  });
  host = await startHostProcess(folder.directory);
});

after(async () => {
  await host.stop();
  await azurite.close();
  await folder.remove();
});

async function opened(path: string, headers = {}): Promise<IncomingMessage> {
  const [response] = await once(get(`${host.url}/${path}`, { headers }), 'response');
  return response as IncomingMessage;
}

const made = async () => Number(await (await fetch(`${host.url}/made`)).text());

describe('a streamed body', () => {
  it('arrives whole', async () => {
    const response = await fetch(`${host.url}/pieces/100/whole`);
    assert.equal(response.status, 200);
    assert.equal((await response.arrayBuffer()).byteLength, 100 * piece);
    await host.line(/pieces whole ended, aborted: false/);
  });

  it('that fails before its first piece is answered', async () => {
    const response = await fetch(`${host.url}/pieces/0/fails`);
    assert.deepEqual([response.status, await response.text()], [503, 'failed']);
  });

  it('that fails later is broken off, and the log knows why', async () => {
    const response = await fetch(`${host.url}/pieces/3/fails`);
    assert.equal(response.status, 200);
    await assert.rejects(response.arrayBuffer(), { name: 'TypeError', message: 'terminated' });
    await host.line(/Executed 'pieces' \(Failed.*The body broke off.*as told/);
    assert.ok(host.lines.every((line) => !line.includes('secret')));
  });

  it('is made no faster than the client takes it', async () => {
    const response = await opened('pieces/100000/endless');
    await once(response, 'readable');
    let seen: number;
    let now = await made();
    do {
      seen = now;
      await new Promise((resolve) => setTimeout(resolve, 100));
      now = await made();
    } while (now > seen);
    // Buffers of two connections; a hundredth of what there is.
    assert.ok(now < 1000, `${now} pieces were made`);
    response.destroy();
    await host.line(/pieces endless ended, aborted: true/);
    await host.line(/Executed 'pieces' \(Succeeded/);
  });

  it('ends when its client goes, also between two pieces', async () => {
    const response = await opened('pieces/5/slow');
    await once(response, 'readable');
    response.destroy();
    await host.line(/pieces slow ended, aborted: true/);
  });

  it('ends at its deadline, broken off', async () => {
    const response = await opened('pieces/100000/late');
    await once(response, 'readable');
    await host.line(/pieces late ended, aborted: true/);
    response.resume();
    await assert.rejects(once(response, 'end'), { code: 'ECONNRESET' });
  });

  for (const [coding, unpack] of [
    ['gzip', createGunzip],
    ['br', createBrotliDecompress],
  ] as const) {
    it(`comes by ${coding} while it is made, and breaks off where it fails`, async () => {
      const slow = await opened('pieces/5/slow', { 'accept-encoding': coding });
      assert.equal(slow.headers['content-encoding'], coding);
      assert.equal(slow.headers['vary'], 'Accept-Encoding');
      // The second piece is never made.
      const unpacked = slow.pipe(unpack());
      for (let length = 0; length < piece; ) {
        const part: Buffer | null = unpacked.read();
        if (part === null) await once(unpacked, 'readable');
        else length += part.length;
      }
      slow.destroy();
      await host.line(/pieces slow ended, aborted: true/);
      const fails = await opened('pieces/3/fails', { 'accept-encoding': coding });
      fails.resume();
      await assert.rejects(once(fails, 'end'), { code: 'ECONNRESET' });
    });
  }

  it('that nobody reads gives back what it holds', async () => {
    const response = await fetch(`${host.url}/pieces/5/unread`);
    assert.equal(await response.text(), 'other');
    await host.line(/pieces unread ended, aborted: true/);
  });
});
