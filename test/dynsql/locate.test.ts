import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, open, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { ContainerClient } from '@azure/storage-blob';
import { loadDynsqlCatalog } from '../../shared/dynsql/language/locate-definitions.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { CatalogError } from '../../shared/faults/catalog-error.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { type Files, folderOf, ownDefinition, ownFiles, ownId, ownReportId } from './own.ts';

let storage: TestStorage;
let container: ContainerClient;
before(async () => {
  storage = await startStorage();
  container = await storage.container();
});
after(() => storage.close());

const load = (where: string | undefined) => loadDynsqlCatalog(where, async () => container, soon());

/** Puts files there and answers the value of DYNSQL. */
type Put = (t: TestContext, files: Files) => Promise<string>;

let prefixes = 0;
const places: Record<string, Put> = {
  'a folder': folderOf,
  blobs: async (_, files) => {
    prefixes += 1;
    for (const [name, text] of Object.entries(files)) {
      await container
        .getBlockBlobClient(`own-${prefixes}/${name}`)
        .upload(text, Buffer.byteLength(text));
    }
    return `blob:own-${prefixes}`;
  },
};

for (const [place, put] of Object.entries(places)) {
  describe(`definitions and reports in ${place}`, () => {
    it('take the place of the shipped ones', async (t) => {
      const where = await put(t, ownFiles());
      for (const value of [where, `${where}/`]) {
        const { definitions, reports } = await load(value);
        assert.deepEqual(
          definitions.map(({ id }) => id),
          [ownId],
        );
        assert.deepEqual(
          reports.map(({ layout, definition }) => [layout.id, definition]),
          [[ownReportId, definitions[0]]],
        );
      }
    });

    it('come in the order of their names, and nothing else is looked at', async (t) => {
      const definition = (number: number) =>
        JSON.stringify(
          Object.assign(ownDefinition() as object, { id: ownId.replace(/1$/, `${number}`) }),
        );
      const where = await put(t, {
        'catalog.json': '{}',
        'dynsql/README.md': '# Ours',
        'dynsql/b.json': `\uFEFF${definition(2)}`,
        'dynsql/C.JSON': definition(3),
        'dynsql/a.json': definition(1),
        'dynsql/old/a.json': '{',
        'dynsqlx/a.json': '{',
        'reports.json': '{',
      });
      const { definitions, reports } = await load(where);
      assert.deepEqual(
        definitions.map(({ id }) => id.at(-1)),
        ['3', '1', '2'],
      );
      assert.deepEqual(reports, []);
    });

    it('have their faults told with file and place', async (t) => {
      const { 'reports/countries.json': report = '' } = ownFiles();
      const where = await put(t, {
        'dynsql/countries.json': '{\n  "id": 1,,\n}',
        'dynsql/empty.json': '',
        'reports/a.json': report.replace('"cs"', '"de"'),
      });
      await assert.rejects(load(where), (error) => {
        assert.ok(error instanceof CatalogError);
        const [first, ...faults] = error.message.split('\n');
        assert.equal(first, `DYNSQL: ${where} has 3 faults:`);
        assert.deepEqual(faults, [
          '- dynsql/countries.json: line 2, column 11: "," where a key in double quotes is expected',
          '- dynsql/empty.json: line 1, column 1: the text ends where a value is expected',
          '- reports/a.json: language: "de" is not a language; use one of cs, ru, en',
        ]);
        return true;
      });
    });

    it('must be there', async (t) => {
      const where = await put(t, { 'README.md': '' });
      await assert.rejects(load(where), {
        name: 'CatalogError',
        message: `DYNSQL: ${where} has 1 fault:\n- dynsql: no *.json is in it; put a file there for each definition`,
      });
    });
  });
}

it('many blobs are read', async (t) => {
  const text = (number: number) =>
    JSON.stringify(
      Object.assign(ownDefinition() as object, {
        id: ownId.slice(0, 23) + String(number).padStart(3, '0'),
      }),
    );
  const files = Array.from({ length: 40 }, (_, index) => [`dynsql/${index}.json`, text(index)]);
  const where = await places['blobs']?.(t, Object.fromEntries(files));
  assert.equal((await load(where)).definitions.length, 40);
});

it('a file that is a link is read, as mounted configuration is', async (t) => {
  const { 'dynsql/countries.json': text = '' } = ownFiles();
  const folder = await folderOf(t, { '..data/countries.json': text });
  await mkdir(join(folder, 'dynsql'));
  await symlink('../..data/countries.json', join(folder, 'dynsql', 'countries.json'));
  assert.equal((await load(folder)).definitions.length, 1);
});

it('unless set, they are those that are shipped', async () => {
  assert.equal(await load(undefined), shippedDynsql());
});

describe('what cannot be read is told with the setting', () => {
  const cases: [title: string, prepare: (t: TestContext) => Promise<string>, why: RegExp][] = [
    [
      'a folder that is not there',
      async (t) => join(await folderOf(t, {}), 'none'),
      /^Error: DYNSQL: cannot read .*none: ENOENT: /,
    ],
    [
      'a file',
      async (t) => join(await folderOf(t, { 'catalog.json': '{}' }), 'catalog.json'),
      /^Error: DYNSQL: cannot read .*catalog\.json: ENOTDIR: /,
    ],
    [
      'a link that leads nowhere',
      async (t) => {
        const folder = await folderOf(t, { 'dynsql/x': '' });
        await symlink('nowhere', join(folder, 'dynsql', 'a.json'));
        return folder;
      },
      /^Error: DYNSQL: cannot read .*: ENOENT: .*a\.json/,
    ],
  ];
  for (const [title, prepare, why] of cases) {
    it(title, async (t) => {
      await assert.rejects(load(await prepare(t)), why);
    });
  }

  it('storage that cannot be opened', async () => {
    const refused = loadDynsqlCatalog(
      'blob:own',
      async () => {
        throw new Error('no such account');
      },
      soon(),
    );
    await assert.rejects(refused, /^Error: DYNSQL: cannot read blob:own: no such account$/);
  });

  it('what is silent when its time is over', async (t) => {
    const folder = await folderOf(t, ownFiles());
    const pipe = join(folder, 'dynsql', 'pipe.json');
    // Opening it waits for somebody who writes.
    await promisify(execFile)('mkfifo', [pipe]);
    const deadline = new AbortController();
    const refused = loadDynsqlCatalog(folder, async () => container, deadline.signal);
    const check = assert.rejects(refused, /^Error: DYNSQL: cannot read .*: too late$/);
    const writer = await open(pipe, 'w');
    deadline.abort(new Error('too late'));
    await check;
    await writer.close();
  });

  it('when there is no time at all', async (t) => {
    const folder = await folderOf(t, ownFiles());
    const late = AbortSignal.abort(new Error('too late'));
    for (const where of [folder, 'blob:own']) {
      const refused = loadDynsqlCatalog(where, async () => container, late);
      await assert.rejects(refused, /^Error: DYNSQL: cannot read .*: too late$/);
    }
  });
});
