/** What `npm start` tells to type next, with the shipped catalogue and with another. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parseCatalogText } from '../../shared/catalog/index.ts';
import { call, post, testApp } from '../../test/functions/app.ts';
import { writeAddresses } from '../addresses.ts';
import { greeting } from '../greeting.ts';
import { defaultPorts, readPorts } from '../ports.ts';

const started = {
  ...{ workers: [7071], flexibee: 5434, state: '.local/7071', catalog: undefined },
  ...{ ofTerminal: [], token: 'demo-token' },
};

test('the page comes first', () => {
  const [ready = '', , page = ''] = greeting(started).split('\n');
  assert.match(ready, /^syncboard ready on http:\/\/127\.0\.0\.1:7071$/);
  assert.match(page, /^ {2}the page {7}http:\/\/127\.0\.0\.1:7071\/ /);
});

test('the shipped one: its areas, its company, its countries', () => {
  const text = greeting(started);
  for (const part of ['"code": "0c10"', 'flexi-demo', '/ab/dynsql/']) {
    assert.ok(text.includes(part), part);
  }
});

test('which settings are of the terminal, and which token is good', () => {
  assert.doesNotMatch(greeting(started), /environment|YOUR_TOKEN/);
  assert.match(greeting(started), /with the token demo-token, which API_TOKENS has/);
  const text = greeting({ ...started, ofTerminal: ['CATALOG', 'SQL_AB'], token: undefined });
  assert.match(text, /^ {2}environment +sets otherwise: CATALOG, SQL_AB$/m);
  assert.match(text, /a token of API_TOKENS in place of YOUR_TOKEN/);
  assert.doesNotMatch(text, /(Bearer |"token": ")demo-token/);
});

test('other ports than the usual ones: what another terminal reads, word for word', async () => {
  assert.doesNotMatch(greeting(started), /addresses\.sh/);
  const folder = await mkdtemp(join(tmpdir(), 'addresses-'));
  try {
    assert.equal(await writeAddresses(folder, defaultPorts, {}), undefined);
    const settings = { SQL_AB: "Server=127.0.0.1,21006;Password=it's $HOME `x`;" };
    const file = await writeAddresses(folder, readPorts({}, 21_000), settings);
    assert.equal(file, join(folder, 'addresses.sh'));
    assert.equal((await stat(file)).mode & 0o077, 0);
    assert.ok(greeting({ ...started, terminals: file }).includes(`. ${file}\n`));
    const { stdout } = await promisify(execFile)('sh', ['-c', `. '${file}' && env`]);
    const lines = stdout.split('\n');
    assert.ok(lines.includes('SYNCBOARD_URL=http://127.0.0.1:21000'), stdout);
    assert.ok(lines.includes(`SQL_AB=${settings.SQL_AB}`), stdout);
    await writeAddresses(folder, defaultPorts, {});
    assert.deepEqual(await readdir(folder), []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('another one: its first source, an entity that it has, and a line that works', async () => {
  const path = new URL('../../examples/another-company/catalog.json', import.meta.url);
  const catalog = parseCatalogText(await readFile(path, 'utf8'), 'example');
  const text = greeting({ ...started, catalog });
  assert.doesNotMatch(text, /0c10|flexi-demo|demodata|01B4/);
  const [code = ''] = Object.keys(catalog.codes());
  assert.ok(text.includes(`/${code}/valid_names`));
  const body = JSON.parse(/-d '(.*)'/.exec(text)?.[1] ?? '');
  assert.equal(body.code, code);
  const app = { ...testApp(), catalog };
  const { status, text: answer } = await post(app, 'entity_sync', body);
  assert.equal(status, 202, answer);
  const names = JSON.parse((await call(app, 'valid_names', { params: { code } })).text);
  assert.ok(Object.hasOwn(names, body.name));
});
