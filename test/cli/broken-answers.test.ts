/** A server that breaks its answers, or is no app: what is sent again, waited for, and told. */

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { Client } from '../../cli/client.ts';
import { CliError } from '../../cli/exit-codes.ts';
import { follow } from '../../cli/run/follow.ts';
import { soon } from '../support/storage.ts';
import { cli } from './run-cli.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let url: string;
let answer: Answer = () => {};
before(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const run = (...args: string[]) => cli(args, { SYNCBOARD_URL: url });
const json = (response: ServerResponse, value: unknown) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
};

test('a start whose answer breaks off is sent again under the same key, and is told once', async () => {
  const id = 'zd2x10dta-b58q10';
  const accepted = { id, state: 'queued', location: `/runs/${id}` };
  const keys: (string | undefined)[] = [];
  answer = (request, response) => {
    keys.push(request.headers['idempotency-key']?.toString());
    if (keys.length > 1) return json(response, accepted);
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': 100 });
    response.write('{"id": "zd2x');
    setImmediate(() => response.destroy());
  };
  const { code, out, err } = await run('run', '--code', '0c10', '--name', 'meter');
  assert.deepEqual([code, out, err], [0, 'run zd2x10dta-b58q10: queued', '']);
  assert.equal(keys.length, 2);
  assert.match(keys[0] ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(keys[1], keys[0]);
});

const strange: [what: string, answer: Answer, code: number, text: RegExp][] = [
  ['a page', (_, response) => response.end('<html>\u001b[2J'), 4, /answers what is no JSON$/],
  ['null', (_, response) => json(response, null), 4, /what this version does not know/],
  [
    'a way elsewhere',
    (_, response) => response.writeHead(302, { location: 'https://login.example/' }).end(),
    4,
    /^http:\S+ answers 302\n {2}This is not how syncboard refuses: does SYNCBOARD_URL/,
  ],
  [
    'a gateway',
    (_, response) => response.writeHead(502).end('Bad'),
    4,
    /^http:\S+ answers 502: Bad[^\n]*$/,
  ],
  [
    'a bare 401',
    (_, response) => response.writeHead(401).end(),
    1,
    /^http:\S+ answers 401\n {2}This is not how syncboard refuses/,
  ],
  [
    'a firewall',
    (_, response) => response.writeHead(403).end('<b>No</b>\u001b[31m'),
    1,
    /^http:\S+ answers 403: <b>No<\/b> \[31m\n {2}This is not/,
  ],
];
for (const [what, given, expected, text] of strange) {
  test(`${what} is told for what it is, and obeyed in nothing`, async () => {
    answer = given;
    const { code, out, err } = await run('boards');
    assert.deepEqual([code, out], [expected, '']);
    assert.match(err, text);
    assert.ok(!err.includes('\u001b'));
  });
}

test('while watching an app that is away is asked again for five minutes, and told of once', async (t) => {
  const signal = soon();
  const client = new Client(
    { base: new URL(`${url}/`), token: undefined },
    { signal, language: 'en' },
  );
  const progress = {
    ...{ id: 'zd2x10dta-b58q10', kind: 'entity', state: 'running' },
    ...{ createdAt: '2026-11-30T02:30:00.000Z', stagesDone: 0, stagesSkipped: 0, stagesTotal: 3 },
    ...{ stagesFailed: 0, running: [], errors: [], errorCount: 0, warnings: 0 },
  };
  let isAway = false;
  let asked = 0;
  let state = 'running';
  answer = (_, response) => {
    asked += 1;
    if (isAway) return void response.destroy();
    response.setHeader('etag', `"${state}"`);
    json(response, { ...progress, state });
  };
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const pauses: number[] = [];
  const passing = async (ms: number) => {
    pauses.push(ms);
    now += ms;
  };
  const told: string[] = [];
  const seen = follow(client, progress.id, signal, (error) => told.push(error.message), passing);
  assert.equal((await seen.next()).value?.progress.state, 'running');
  isAway = true;
  const back = seen.next();
  await assert.rejects(back, (error) => error instanceof CliError && error.exitCode === 4);
  assert.equal(told.length, 1);
  const silent = pauses.slice(1).reduce((sum, one) => sum + one, 0);
  assert.ok(silent >= 300_000 && silent <= 311_000, String(silent));
  assert.ok(asked < 50, `${asked} times`);

  // Whoever comes back in time is followed to the end.
  isAway = false;
  const again = follow(
    client,
    progress.id,
    signal,
    (error) => told.push(error.message),
    async (ms) => {
      await passing(ms);
      if (now > 0 && told.length === 2) {
        isAway = false;
        state = 'succeeded';
      }
    },
  );
  await again.next();
  isAway = true;
  assert.equal((await again.next()).value?.progress.state, 'succeeded');
  assert.equal((await again.next()).done, true);
});
