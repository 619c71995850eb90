/** `syncboard catalog add`: one more entry, the rest as somebody has written it. */

import assert from 'node:assert/strict';
import {
  chmod,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { grown } from '../../shared/app/catalog-check/grown.ts';
import { cli } from './run-cli.ts';

const small = `{
  "periods": { "from": "2026-01", "timeZone": "Europe/Prague" },
  "servers": [{ "id": "shop", "description": "Shop" }],
  "databases": [
    { "id": "shop", "server": "shop", "connection": "SQL_SHOP" }
  ],
  "dataSources": [
    { "code": "shop", "description": "a b", "system": "shop", "database": "shop" }
  ],
  "entities": [
    { "name": "sale", "description": "Sale", "systems": ["shop"] }
  ],
  "pipelines": [
    { "id": "shop", "stages": [{ "stage": "load", "procedure": "dbo.load_{entity}" }] }
  ]
}
`;

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'catalog-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'catalog.json'), small);
  return folder;
}

describe('catalog add', () => {
  it('writes an entry behind the others, and leaves the rest alone', async (t) => {
    const folder = await folderOf(t);
    const entry = '{ "name": "stock", "description": "Stock",\n  "systems": ["shop"] }';
    const { code, out, err } = await cli(
      ['catalog', 'add', 'entities', entry],
      { CATALOG: 'catalog.json' },
      folder,
    );
    assert.deepEqual([code, out, err], [0, 'catalog.json:12: written', '']);
    const before = '"systems": ["shop"] }\n  ],\n  "pipelines"';
    const expected = small.replace(
      before,
      `"systems": ["shop"] },\n    { "name": "stock", "description": "Stock",\n      ${before}`,
    );
    assert.equal(await readFile(join(folder, 'catalog.json'), 'utf8'), expected);
    assert.deepEqual(await readdir(folder), ['catalog.json']);
  });

  it('makes a list that is not there yet, and names the setting that is needed', async (t) => {
    const folder = await folderOf(t);
    const add = (list: string, entry: string) =>
      cli(['catalog', 'add', list, entry, folder], { SQL_SHOP: 'x' }, folder);
    const freshness = '{ "place": "source", "sql": "SELECT MAX([at]) FROM [dbo].[{entity}]" }';
    assert.equal((await add('pipelines[0].freshness', freshness)).code, 0);
    const told = await add('databases', '{ "id": "ab", "server": "shop", "connection": "SQL_AB" }');
    assert.match(told.out, /written\nSQL_AB is not set: give it to the app/);
    const base = '{ "id": "base", "kind": "database", "database": "ab" }';
    assert.equal((await add('connections', base)).code, 0);
    const read = JSON.parse(await readFile(join(folder, 'catalog.json'), 'utf8'));
    assert.equal(read.pipelines[0].freshness[0].place, 'source');
    assert.deepEqual(read.connections, [JSON.parse(base)]);
  });

  it('writes several that are right together only', async (t) => {
    const folder = await folderOf(t);
    const one = (place: string) => `{ "check": "rows", "place": "${place}", "sql": "SELECT 1" }`;
    const add = (entry: string) =>
      cli(['catalog', 'add', 'pipelines[0].checks', entry, '.'], {}, folder);
    const alone = await add(one('source'));
    assert.equal(alone.code, 1);
    assert.match(alone.err, /compares it with nothing; add the query of another place/);
    const both = await add(`[\n${one('source')},\n${one('copy')}\n]`);
    assert.deepEqual([both.code, both.err], [0, '']);
    const read = JSON.parse(await readFile(join(folder, 'catalog.json'), 'utf8'));
    assert.deepEqual(read.pipelines[0].checks, [
      JSON.parse(one('source')),
      JSON.parse(one('copy')),
    ]);
    assert.match((await add(' [] ')).err, /^ENTRY is an empty list$/);
  });

  it('replaces what a link leads to, for whom it was readable', async (t) => {
    const folder = await folderOf(t);
    await symlink('catalog.json', join(folder, 'link.json'));
    await chmod(join(folder, 'catalog.json'), 0o640);
    const { code } = await cli(
      ['catalog', 'add', 'servers', '{"id": "ab", "description": "AB"}', 'link.json'],
      {},
      folder,
    );
    assert.deepEqual([code, await readlink(join(folder, 'link.json'))], [0, 'catalog.json']);
    assert.equal((await stat(join(folder, 'catalog.json'))).mode & 0o777, 0o640);
    assert.match(await readFile(join(folder, 'catalog.json'), 'utf8'), /"ab"/);
  });

  it('tells what is wrong, and writes nothing', async (t) => {
    const folder = await folderOf(t);
    const cases: [args: string[], code: number, told: RegExp][] = [
      [
        ['entities', '{"name": "stock", "systems": ["shopp"]}', '.'],
        1,
        /catalog.json:12:\d+: entities\[1\].systems\[0\]: "shopp".*did you mean shop\?/,
      ],
      [
        ['entitys', '{"name": "stock"}', '.'],
        1,
        /catalog.json:\d+:\d+: entitys: .*did you mean entities\?/,
      ],
      [['entities', '{"name": stock}', '.'], 2, /^ENTRY:1:10: "stock" where a value is expected/],
      [['periods', '{}', '.'], 2, /^periods is no list of catalog.json; use servers, /],
      [['pipelines[7].checks', '{}', '.'], 2, /is no list of catalog.json/],
      [['entities', '{}'], 2, /^name the FILE, or set CATALOG/],
      [['entities', '{}', 'nowhere.json'], 2, /ENOENT/],
    ];
    for (const [args, code, told] of cases) {
      const done = await cli(['catalog', 'add', ...args], {}, folder);
      assert.equal(done.code, code, done.err);
      assert.match(done.err, told);
    }
    await writeFile(join(folder, 'broken.json'), '{"servers": [}');
    const broken = await cli(['catalog', 'add', 'servers', '{}', 'broken.json'], {}, folder);
    assert.deepEqual([broken.code, broken.out], [1, '']);
    assert.match(broken.err, /^broken.json:1:14: "}" where/);
    assert.equal(await readFile(join(folder, 'catalog.json'), 'utf8'), small);
  });

  it('of any JSON the rest stays, letter for letter', () => {
    const key = fc.stringMatching(/^[a-z]{1,3}$/);
    const lists = fc.dictionary(key, fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(lists, key, fc.constantFrom(undefined, 2, '\t'), (value, list, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const after = grown(text, list, '{\n  "x": "]"\n}');
        const expected = { ...value, [list]: [...(value[list] ?? []), { x: ']' }] };
        assert.deepEqual(JSON.parse(after?.text ?? ''), JSON.parse(JSON.stringify(expected)));
        assert.match(
          after?.text.split('\n')[(after?.line ?? 0) - 1] ?? '',
          /^\s*(\{|"[a-z]+": \[)$/,
        );
      }),
    );
  });
});
