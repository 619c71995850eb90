/**
 * The first company as its page has it, line by line: databases by its T-SQL, the app by its
 * catalogue, commands as they are typed. Beside it what is told of it and what starts it: the
 * notification target, the GitHub workflow and the query of Power BI.
 */

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { type SqlServer, startSqlServer } from 'tds-sqlite';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { Databases } from '../../shared/database/databases.ts';
import { cli } from '../cli/run-cli.ts';
import { type ServedApp, serveApp } from '../cli/served-app.ts';
import { someOf } from '../support/some-of.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { powerQuery } from './power-query.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFile(join(root, 'examples', path), 'utf8');
const secret = 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=';
const page = await read('first-company/README.md');
/** Blocks of the page by their language: the first terminal's, the second's; what is written. */
const blocks = (language: string) =>
  [...page.matchAll(/```(\w*)\n([\s\S]*?)```/g)].flatMap(([, its, text = '']) =>
    its === language ? [text] : [],
  );
const linesOf = (block = '') => block.trimEnd().split('\n');

let storage: TestStorage;
let server: SqlServer;
let databases: Databases;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let app: App;
let served: ServedApp;
/** What the page exports. */
const exported: Record<string, string> = {};

const databaseOf = (name: string) =>
  `Server=127.0.0.1,${server.port};Database=${name};User Id=sa;Password=secret;Encrypt=false`;

async function startReceiver() {
  const child = spawn(process.execPath, [join(root, 'examples/notification-target/receiver.mjs')], {
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await said.next()).value);
  const port = /^listening on (\d+)$/.exec(await line())?.[1];
  return {
    url: `http://127.0.0.1:${port}`,
    line,
    async close() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Those lines of the page that make databases, and that start the app, played by what is here. */
async function play(line: string): Promise<void> {
  const [, create] = /^sqlcmd -S sql1\.example -Q "(.*)"$/.exec(line) ?? [];
  const [, database, file] =
    /^sqlcmd -S sql1\.example -d (\w+) -i examples\/(\S+)$/.exec(line) ?? [];
  const [, name, value] = /^export (\w+)="?(.*?)"?$/.exec(line) ?? [];
  if (create !== undefined) assert.equal(create, 'CREATE DATABASE SHOP; CREATE DATABASE DWH');
  else if (database !== undefined && file !== undefined) {
    const session = await databases.session(database, soon());
    for (const batch of (await read(file)).split(/^GO$/m)) {
      if (batch.trim() !== '') await session.batch(batch, soon());
    }
    session.release();
  } else if (name !== undefined && value !== undefined) {
    exported[name] = value
      .replace('sql1.example', `127.0.0.1,${server.port}`)
      .replace('$SQLCMDPASSWORD', 'secret;Encrypt=false');
  } else if (line === 'npm start') await startApp();
  else if (line.startsWith('npx syncboard ')) {
    const told = await cli(line.split(' ').slice(2), { ...exported, SYNCBOARD_URL: served?.url });
    assert.equal(told.code, 0, `${line}: ${told.out}${told.err}`);
    answered.push(told.out);
  } else assert.fail(`what is this line: ${line}`);
}
const answered: string[] = [];

async function startApp(): Promise<void> {
  app = await App.start({
    ...sample.Values,
    ...exported,
    AzureWebJobsStorage: storage.connectionString,
    NOTIFICATIONS: '[{"name": "pager", "type": "webhook", "severity": "error"}]',
    NOTIFY_PAGER_URL: receiver.url,
    NOTIFY_PAGER_SECRET: secret,
  });
  served = await serveApp(app);
  // What the queue does of itself: a run is executed as soon as it is put there.
  served.queued.push = (...ids) => {
    for (const id of ids) void app.current.executeRun(id, () => {});
    return ids.length;
  };
}

before(async () => {
  [storage, server, receiver] = await Promise.all([
    startStorage(),
    startSqlServer({
      logins: { sa: 'secret' },
      databases: ['SHOP', 'DWH'].map((name) => ({ name, server: 'sql1', schema: '' })),
    }),
    startReceiver(),
  ]);
  databases = new Databases(
    ['SHOP', 'DWH'].map((id) => ({
      ...{ id, setting: `SQL_${id}` },
      connectionString: databaseOf(id),
    })),
  );
  for (const line of linesOf(blocks('sh')[0])) await play(line);
});
after(async () => {
  served?.close();
  await app?.stop();
  await databases?.close();
  await Promise.all([storage?.close(), server?.close(), receiver?.close()]);
});

test('the page has ten lines or so, and every one of them is right', async () => {
  const [first = '', second = ''] = blocks('sh');
  assert.ok(linesOf(first).length + linesOf(second).length <= 13);
  for (const line of linesOf(second)) await play(line);
  const [written] = blocks('');
  assert.equal(answered.at(-1)?.replaceAll('\r\n', '\n').replace('\uFEFF', ''), written);
  const names = await databases.query(
    'DWH',
    'SELECT name FROM dbo.customer ORDER BY id',
    [],
    soon(),
  );
  assert.deepEqual(names, [{ name: 'Jana Nováková' }, { name: 'Pekárna, s.r.o.' }]);
});

test('the workflow’s commands run as they are written', async () => {
  const text = await read('github-workflow/sync.yml');
  const commands = [...text.matchAll(/^ +(?:- )?run: (.+)$/gm)].map(([, command = '']) => command);
  // Every checkout's, and not only of these.
  assert.equal(commands.shift(), 'npm ci');
  assert.equal(commands.length, 3);
  const environment = {
    SYNCBOARD_URL: served.url,
    SYNCBOARD_TOKEN: 'demo-token',
    SYNCBOARD_USER: 'github',
  };
  for (const name of Object.keys(environment)) assert.ok(text.includes(`${name}: `), name);
  const said: [RegExp, RegExp, RegExp] = [/load:sale:shop/, /succeeded/, /./];
  // A process takes two seconds of a processor: one by a shell, another each time.
  const [byShell] = someOf(commands, 1 / 3);
  for (const [index, command] of commands.entries()) {
    const out =
      command === byShell
        ? await shell(command, environment)
        : (await cli(command.split(' ').slice(2), environment)).out;
    assert.match(out, said[index] ?? assert.fail(command));
  }
});

async function shell(command: string, environment: Record<string, string>): Promise<string> {
  const PATH = `${dirname(process.execPath)}:${process.env['PATH']}`;
  const options = { cwd: root, env: { ...process.env, ...environment, PATH } };
  return (await promisify(execFile)('bash', ['-e', '-c', command], options)).stdout;
}

test('the target takes what the app sends, and nothing that another has signed', async () => {
  const headers = { authorization: 'Bearer demo-token', 'content-type': 'application/json' };
  const body = JSON.stringify({ target: 'pager' });
  const tried = await fetch(`${served.url}/events/test`, { method: 'POST', headers, body });
  assert.equal(tried.status, 200, await tried.text());
  assert.match(await receiver.line(), /^syncboard\.test: ./);
  const event = JSON.stringify({ id: 'x', type: 'syncboard.run.failed', data: { title: 'no' } });
  const send = async (key: string, at: Date) => {
    const signed = {
      'webhook-id': 'x',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(key).sign('x', at, event),
    };
    return (await fetch(receiver.url, { method: 'POST', headers: signed, body: event })).status;
  };
  const other = 'whsec_eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=';
  assert.equal(await send(other, new Date()), 401);
  assert.equal(await send(secret, new Date(Date.now() - 3_600_000)), 401);
  assert.equal((await fetch(receiver.url, { method: 'POST', body: event })).status, 401);
  // Twice is once.
  assert.deepEqual([await send(secret, new Date()), await send(secret, new Date())], [204, 204]);
  await fetch(`${served.url}/events/test`, { method: 'POST', headers, body });
  assert.equal(await receiver.line(), 'syncboard.run.failed: no');
  assert.match(await receiver.line(), /^syncboard\.test: ./);
});

test('the query of Power BI is asked, and its columns and types are the answer’s', async () => {
  const { url, headers, columns } = powerQuery(await read('power-bi/sales.pq'), {
    Address: served.url,
    Token: 'demo-token',
  });
  const answer = await fetch(url, { headers });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/csv; charset=utf-8/);
  const [names, ...rows] = (await answer.text())
    .trimEnd()
    .split(/\r?\n/)
    .map((row) => row.split(','));
  assert.deepEqual(
    names,
    columns.map(({ name }) => name),
  );
  assert.ok(rows.length >= 2);
  for (const row of rows) {
    for (const [index, { name, isValue }] of columns.entries()) {
      assert.ok(isValue.test(row[index] ?? ''), `${name}: ${row[index]}`);
    }
  }
});
