/** Whom a token goes to, and what is told of it: nothing. */

import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, it } from 'node:test';
import { cli } from './run-cli.ts';

let folder: string;
let server: Server;
let url: string;
let heard: (string | undefined)[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'access-'));
  await mkdir(join(folder, 'settings'));
  server = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.end('{"boards": []}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});
const here = () => join(folder, '.syncboard.json');
const own = () => join(folder, 'settings', 'syncboard.json');
afterEach(async () => {
  heard = [];
  await Promise.all([here(), own()].map((path) => rm(path, { force: true })));
});

async function write(path: string, value: unknown, mode = 0o600): Promise<void> {
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  await chmod(path, mode);
}

const boards = (environment: NodeJS.ProcessEnv = {}, ...args: string[]) =>
  cli(['boards', ...args], { XDG_CONFIG_HOME: join(folder, 'settings'), ...environment }, folder);

it('comes from flags, the environment or a file, in this order', async () => {
  await write(own(), { url, token: 'of-mine' });
  assert.equal((await boards()).code, 0);
  await write(here(), { url, token: 'of-here' });
  assert.equal((await boards()).code, 0);
  assert.equal((await boards({ SYNCBOARD_URL: url, SYNCBOARD_TOKEN: 'of-environment' })).code, 0);
  await write(join(folder, 'token'), 'of-flag\n', 0o644);
  assert.equal(
    (await boards({ SYNCBOARD_TOKEN: 'x' }, '--url', url, '--token-file', 'token')).code,
    0,
  );
  const tokens = ['of-mine', 'of-here', 'of-environment', 'of-flag'];
  assert.deepEqual(
    heard,
    tokens.map((token) => `Bearer ${token}`),
  );
});

it('of a file goes to the address of that file alone, and no other to one that lies here', async () => {
  await write(own(), { url: 'http://127.0.0.1:9', token: 'secret' });
  assert.equal((await boards({}, '--url', url)).code, 0);
  assert.equal((await boards({ SYNCBOARD_URL: url })).code, 0);
  assert.deepEqual(heard, [undefined, undefined]);
  await write(here(), { url });
  const refused = await boards({ SYNCBOARD_TOKEN: 'secret' });
  assert.deepEqual([refused.code, heard.length], [2, 2]);
  assert.match(refused.err, /SYNCBOARD_TOKEN is not sent to .*set SYNCBOARD_URL as well$/);
});

it('is in no complaint, whatever is wrong', async () => {
  const secret = 'Geheimes-Wort';
  const tried: [() => Promise<void>, string[], RegExp][] = [
    [() => write(own(), { url, token: secret }, 0o640), [], /others may read .*: chmod 600 /],
    [() => write(own(), `{"token": "${secret}"`), [], /is no JSON$/],
    [() => write(own(), { token: secret, urll: url }), [], /may have url, token and user/],
    [() => write(own(), { url, token: `${secret}\n${secret}` }), [], /has no token/],
    [() => write(own(), { url, token: secret }), ['--token', secret], /^unknown option --token/],
    [() => write(own(), { url, token: secret }), [`--token=${secret}`], /^unknown option --token/],
    [
      () => write(own(), {}),
      ['--url', `http://me:${secret}@127.0.0.1:9/`],
      /has a user or a password/,
    ],
    [() => write(own(), { url: 'http://127.0.0.1:9', token: secret }), [], /does not answer/],
  ];
  for (const [prepare, args, told] of tried) {
    await prepare();
    const { code, out, err } = await boards({}, ...args);
    assert.match(err, told);
    assert.ok(code === 2 || code === 4);
    assert.ok(!`${out}${err}`.includes(secret), err);
  }
  assert.deepEqual(heard, []);
});
