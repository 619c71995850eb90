/** Catalogues that change while the app runs: all of it or nothing, and what is wrong is told. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { configure } from '../../shared/app/configuration.ts';
import { NewestContent, usualLookMs } from '../../shared/app/newest-content.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { edit, shippedJson } from '../catalog/edited.ts';
import { ownDefinition } from '../dynsql/own.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call } from './app.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

function catalogText(description: string): string {
  const catalog = shippedJson();
  edit(catalog, ['dataSources', 0, 'description'], description);
  return JSON.stringify(catalog);
}
const definitionText = (name: string) =>
  JSON.stringify({ ...Object(ownDefinition()), name: `Definition ${name}` });

interface Place {
  settings: { CATALOG: string; DYNSQL: string };
  put(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

let number = 0;
const places: Record<string, (t: TestContext) => Promise<Place>> = {
  async files(t) {
    const folder = await mkdtemp(join(tmpdir(), 'newest-'));
    t.after(() => rm(folder, { recursive: true }));
    return {
      settings: { CATALOG: join(folder, 'catalog.json'), DYNSQL: folder },
      async put(name, text) {
        const path = join(folder, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(`${path}.new`, text);
        await rename(`${path}.new`, path);
      },
      remove: (name) => rm(join(folder, name)),
    };
  },
  async blobs() {
    number += 1;
    const base = `place-${number}`;
    const { connectionString } = storage;
    const container = await openContainer({ kind: 'connection string', connectionString }, soon());
    const blob = (name: string) => container.getBlockBlobClient(`${base}/${name}`);
    return {
      settings: { CATALOG: `blob:${base}/catalog.json`, DYNSQL: `blob:${base}` },
      put: async (name, text) => void (await blob(name).upload(text, Buffer.byteLength(text))),
      remove: async (name) => void (await blob(name).delete()),
    };
  },
};

async function started(t: TestContext, place: Place) {
  await place.put('catalog.json', catalogText('first'));
  await place.put('dynsql/own.json', definitionText('first'));
  const lines: string[] = [];
  const { content, notices, read } = await configure({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    ...place.settings,
  });
  const newest = new NewestContent({ content, notices, ...read }, (text) => lines.push(text));
  t.diagnostic(lines.splice(0).join());
  assert.equal(await newest.look(soon()), false, 'nothing has changed since the start');
  const says = () => [
    newest.content.catalog.codes()['0c01'],
    newest.content.dynsql.definitions[0]?.name.replace('Definition ', ''),
  ];
  return { newest, lines, says, look: () => newest.look(soon()) };
}

test('files are looked at every two seconds, blobs every twenty', () => {
  assert.equal(usualLookMs(['own/catalog.json', undefined]), 2_000);
  assert.equal(usualLookMs(['own/catalog.json', 'blob:own']), 20_000);
});

for (const [kind, open] of Object.entries(places)) {
  describe(`in ${kind}`, () => {
    test('a change is seen, and nothing else is read', async (t) => {
      const place = await open(t);
      const { newest, lines, says, look } = await started(t, place);
      const { catalog } = newest.content;
      assert.equal(await look(), false);
      await place.put('catalog.json', catalogText('second'));
      assert.equal(await look(), true);
      assert.deepEqual(says(), ['second', 'first']);
      assert.notEqual(newest.content.catalog.revision, catalog.revision);
      assert.equal(catalog.codes()['0c01'], 'first', 'who has it goes on with it');
      await place.put('dynsql/own.json', definitionText('second'));
      assert.equal(await look(), true);
      assert.deepEqual(says(), ['second', 'second']);
      await place.put('dynsql/own.json', definitionText('second'));
      assert.equal(await look(), false, 'written again, and the same');
      assert.equal(lines.length, 2);
      for (const line of lines) assert.match(line, /^catalogue \w+, dynsql \w+ in place of /);
    });

    const wrong: Record<string, (place: Place) => Promise<void>> = {
      'half a catalogue': (place) => place.put('catalog.json', catalogText('bad').slice(0, 900)),
      'a catalogue that names a server that is not there': (place) =>
        place.put('catalog.json', JSON.stringify({ ...Object(shippedJson()), servers: [] })),
      'no catalogue': (place) => place.remove('catalog.json'),
      'a definition that is none': (place) => place.put('dynsql/own.json', '{"id": 1}'),
      'one definition too many': (place) => place.put('dynsql/two.json', definitionText('two')),
      'no definition': (place) => place.remove('dynsql/own.json'),
    };
    for (const [what, spoil] of Object.entries(wrong)) {
      test(`${what}: none of it is used, told once, and over when it is mended`, async (t) => {
        const place = await open(t);
        const { newest, lines, says, look } = await started(t, place);
        await spoil(place);
        // What is right of it is not used either.
        if (!/catalogue/.test(what)) await place.put('catalog.json', catalogText('second'));
        for (let times = 0; times < 3; times += 1) assert.equal(await look(), false);
        assert.deepEqual(says(), ['first', 'first']);
        assert.equal(lines.length, 1, lines.join('\n'));
        assert.match(
          lines[0] ?? '',
          /^catalogue \w+, dynsql \w+ stays in use: .*(catalog\.json|DYNSQL: )/,
        );
        assert.deepEqual(newest.notices, lines);
        await place.put('catalog.json', catalogText('third'));
        await place.put('dynsql/own.json', definitionText('third'));
        if (what === 'one definition too many') await place.remove('dynsql/two.json');
        assert.equal(await look(), true);
        assert.deepEqual(says(), ['third', 'third']);
        assert.deepEqual(newest.notices, []);
        assert.equal(lines[1], 'the catalogues are right again');
      });
    }
  });
}

test('what is written while it is read is read again, not taken', async () => {
  const { content } = await configure(sample.Values);
  const other = { ...content, catalog: { ...content.catalog, revision: 'other' } };
  const marks = ['1', '2', '2', '2'];
  const kept: string[] = [];
  const newest = new NewestContent(
    {
      ...{ content, notices: [] },
      mark: async () => marks.shift() ?? '',
      again: async () => ({ content: other, keep: async () => void kept.push('kept') }),
    },
    () => {},
  );
  assert.equal(await newest.look(soon()), false);
  assert.equal(newest.content, content);
  assert.deepEqual(kept, [], 'nor is it the last good one');
  assert.equal(await newest.look(soon()), true);
  assert.equal(newest.content, other);
});

test('the app: a file is exchanged, and routes, health and starts go by the new one', async (t) => {
  const place = await places['files']?.(t);
  assert.ok(place);
  await place.put('catalog.json', catalogText('first'));
  const app = await App.start(
    {
      ...sample.Values,
      AzureWebJobsStorage: storage.connectionString,
      CATALOG: place.settings.CATALOG,
    },
    20,
  );
  t.after(() => app.stop());
  const headers = { authorization: 'Bearer demo-token' };
  const catalogPart = async () => {
    const { parts } = JSON.parse((await call(app, 'health', { headers })).text);
    return parts.find((one: { part: string }) => one.part === 'catalog');
  };
  const until = async (is: () => boolean | Promise<boolean>) => {
    const limit = soon();
    while (!(await is())) {
      limit.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const before = app.current;
  const first = before.catalog.revision;
  assert.equal((await catalogPart()).revision, first);
  await place.put('catalog.json', catalogText('second'));
  await until(() => app.current !== before);
  const codes = JSON.parse((await call(app, 'valid_codes')).text);
  assert.equal(codes['0c01'], 'second');
  const { revision } = app.current.catalog;
  assert.notEqual(revision, first);
  assert.equal((await catalogPart()).revision, revision);
  const [was, is] = [before, app.current].map((one) => one.dynsql.abraGen('demodata'));
  assert.equal(is, was, 'what it has read of ABRA Gen is kept');
  const [company, same] = [before, app.current].map((one) => one.companies.at('flexi-demo'));
  assert.equal(same, company, 'and its way to a company');
  const cures = async () => {
    const json = { ...headers, accept: 'application/json' };
    const asked = [
      { route: 'company', params: { company: 'books' } },
      { route: 'valid_names', params: { code: 'books' } },
      { route: 'dynsql_definitions', params: { connection: 'books' } },
      { route: 'dynsql_definition', params: { connection: 'ab', id: 'NONE' } },
      { route: 'run', params: { id: 'books' } },
    ];
    const answers = asked.map(({ route, params }) => call(app, route, { headers: json, params }));
    return (await Promise.all(answers)).map(({ status, text }) => [status, JSON.parse(text).cure]);
  };
  assert.deepEqual(await cures(), Array(5).fill([404, undefined]));
  await place.put('catalog.json', '{"servers": {}}');
  await until(() => app.notices.some((notice) => notice.includes('stays in use')));
  assert.equal(app.current.catalog.revision, revision);
  const told = await cures();
  assert.deepEqual(told.pop(), [404, undefined], 'runs are in no catalogue');
  for (const [, cure] of told) {
    assert.equal(cure, 'The newest catalogue is not in use, it may be there: see GET /health.');
  }
});
