/** What `npm start` tells to type next, with the shipped catalogue and with another. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseCatalogText } from '../../shared/catalog/index.ts';
import { call, post, testApp } from '../../test/functions/app.ts';
import { greeting } from '../greeting.ts';

const started = { workers: [7071], flexibee: 5434, state: '.local/7071', catalog: undefined };

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
