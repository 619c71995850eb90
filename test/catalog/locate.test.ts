import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { loadCatalog } from '../../shared/catalog/locate.ts';
import { folderOf } from '../dynsql/own.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { edit, shippedJson, stepsOf } from './edited.ts';

let storage: TestStorage;
let container: ContainerClient;
before(async () => {
  storage = await startStorage();
  container = await storage.container();
});
after(() => storage.close());

const load = (where: string | undefined) => loadCatalog(where, async () => container, soon());

function ownText(): string {
  const json = shippedJson();
  edit(json, stepsOf('dataSources[0].description'), 'Our own');
  return JSON.stringify(json);
}

async function upload(name: string, text: string): Promise<void> {
  await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
}

test('the catalogue is a file, a blob, or the shipped one', async (t) => {
  const folder = await folderOf(t, { 'own.json': ownText() });
  await upload('catalogues/own.json', ownText());
  for (const where of [join(folder, 'own.json'), 'blob:catalogues/own.json']) {
    assert.equal(Object.values((await load(where)).codes())[0], 'Our own');
  }
  assert.equal(await load(undefined), shippedCatalog());
});

test('one with faults is refused with them, and with where it came from', async (t) => {
  const folder = await folderOf(t, { 'own.json': '{"servers": }' });
  await upload('faulty.json', '{"servers": }');
  for (const where of [join(folder, 'own.json'), 'blob:faulty.json']) {
    await assert.rejects(load(where), {
      name: 'CatalogError',
      message: `${where} has 1 fault:\n- line 1, column 13: "}" where a value is expected`,
    });
  }
});

test('one that cannot be read is told with the setting', async (t) => {
  const folder = await folderOf(t, {});
  await assert.rejects(load(join(folder, 'x.json')), /^Error: CATALOG: cannot read .*: ENOENT: /);
  await assert.rejects(load(folder), /^Error: CATALOG: cannot read .*: EISDIR: /);
  await assert.rejects(
    load('blob:x.json'),
    /^Error: CATALOG: cannot read blob:x\.json: .*not exist/,
  );
});
