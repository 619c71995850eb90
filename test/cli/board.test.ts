/** Boards from the command line: real HTTP, the app's own handlers, real storage. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { startStorage, type TestStorage } from '../support/storage.ts';
import { cli } from './run-cli.ts';
import { type ServedApp, serveApp } from './served-app.ts';

let storage: TestStorage;
let app: App;
let server: ServedApp;
let folder: string;
let environment: NodeJS.ProcessEnv;

before(async () => {
  storage = await startStorage();
  app = await App.start({ ...sample.Values, AzureWebJobsStorage: storage.connectionString });
  folder = await mkdtemp(join(tmpdir(), 'board-'));
  server = await serveApp(app);
  environment = { SYNCBOARD_URL: server.url, SYNCBOARD_TOKEN: 'demo-token' };
});
after(async () => {
  server.close();
  await app.stop();
  await storage.close();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) => cli(args, environment, folder);

async function good(...args: string[]): Promise<string> {
  const { code, out, err } = await run(...args);
  assert.deepEqual([code, err], [0, ''], `${args.join(' ')}: ${out}`);
  return out;
}

const python = `from const import PA, M, STACK, DCDB_0C10
sync_entity(M, DCDB_0C10, run=True)  # 08.11 - 1 min
sync_entity(PA, STACK, month=6, year=2019)
`;

test('a board.py is validated, imported, switched and run by hand', async () => {
  await writeFile(join(folder, 'board.py'), python);
  const shown =
    '[x] meter.0c10    meter 0c10  # 08.11 - 1 min\n[ ] payment.stek  payment stek 2019-06';
  assert.equal(await good('board', 'validate', 'board.py'), `board.py: 1 of 2 on\n${shown}`);
  assert.equal(
    await good('board', 'import', 'ours', 'board.py', '--dry'),
    `ours: 1 of 2 on\n${shown}`,
  );
  assert.equal((await run('board', 'show', 'ours')).code, 1);
  await good('board', 'import', 'ours', 'board.py', '--user', 'Jana');
  assert.equal(await good('board', 'show', 'ours'), `ours: 1 of 2 on\n${shown}`);
  const anew = await run('board', 'import', 'ours', 'board.py', '--new');
  assert.deepEqual([anew.code, anew.err], [1, 'There is a board ours already.']);
  assert.match(await good('boards'), /^ours +1 of 2 on$/m);
  assert.match(await good('board', 'on', 'ours', 'payment.stek'), /^ours: 2 of 2 on/);
  assert.match(await good('board', 'off', 'ours', 'payment.stek'), /^ours: 1 of 2 on/);
  const planned = await good('board', 'run', 'ours', '--dry');
  assert.match(planned, /heap:meter.*\n3 stages.*\nNothing was started\.$/s);
  assert.match(await good('board', 'run', 'ours'), /^run [0-9a-z-]+: queued$/);
  const busy = await run('board', 'run', 'ours');
  assert.deepEqual([busy.code, busy.err], [3, 'Thread is busy, try again later.']);
  assert.match(
    await good('board', 'run', 'ours', '--in-line'),
    /: waiting; \d+ before it in line$/,
  );
});

test('what board show --json gives is imported again', async () => {
  const text = await good('board', 'show', 'nightly', '--json');
  await writeFile(join(folder, 'copy.json'), text.replace('"name": "nightly"', '"name": "copy"'));
  await good('board', 'import', 'copy', 'copy.json');
  await good('board', 'validate', 'copy.json');
  const copy = JSON.parse(await good('board', 'show', 'copy', '--json'));
  assert.deepEqual(copy.calls, JSON.parse(text).calls);
});

test('what is wrong is told line by line, and by the exit code', async () => {
  await writeFile(join(folder, 'bad.py'), 'sync_entity(M, STAK)\nsync_entity(PA, STACK)\n');
  const wrong = await run('board', 'validate', 'bad.py');
  assert.equal(wrong.code, 1);
  assert.match(
    wrong.out,
    /^bad\.py: line 1, column 16: STAK is no constant.*\(did you mean STACK\?\)/,
  );
  assert.match(wrong.out, /\nbad\.py: line 2\.month is needed/);
  const refused = await run('board', 'import', 'bad', 'bad.py');
  assert.equal(refused.code, 1);
  assert.match(refused.err, /The text is no board: line 1, column 16/);
  const near = await run('board', 'show', 'nightli');
  assert.match(near.err, /There is no board nightli \(did you mean nightly\?\)/);
  assert.equal((await run('board', 'show')).code, 2);
  assert.equal((await run('board', 'import', 'x', 'nowhere.py')).code, 2);
  assert.equal((await run('board', 'show', 'nightly', '--url', 'nonsense')).code, 2);
  const away = await run('board', 'show', 'nightly', '--url', 'http://127.0.0.1:9');
  assert.equal(away.code, 4);
  assert.match(away.err, /does not answer/);
  environment = { ...environment, SYNCBOARD_TOKEN: 'secret' };
  const stranger = await run('boards');
  assert.equal(stranger.code, 1);
  assert.match(stranger.err, /^Invalid token value\./);
  environment = { ...environment, SYNCBOARD_TOKEN: '' };
  const unknown = await run('boards');
  assert.match(unknown.err, /^Authorization token is needed\.\nGive one as SYNCBOARD_TOKEN or by /);
  await writeFile(join(folder, 'token'), 'demo-token\n');
  await good('boards', '--token-file', 'token');
});
