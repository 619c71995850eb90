import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { loadCatalog } from '../../shared/catalog/locate-catalog.ts';
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

test('a blob that is damaged: the last good one is used, and told', async () => {
  const where = 'blob:catalogues/damaged.json';
  const name = where.slice('blob:'.length);
  const told: string[] = [];
  const again = async () => {
    const tell = (text: string) => void told.push(text);
    const catalog = await loadCatalog(where, async () => container, soon(), { tell });
    return Object.values(catalog.codes())[0];
  };
  const whole = ownText();
  await upload(name, whole);
  assert.equal(await again(), 'Our own');
  assert.deepEqual(told, []);
  const odd = [
    '',
    '{"broken":',
    '[]',
    '{}',
    '"x"',
    '['.repeat(50_000),
    whole.replace('Our own', ''),
  ];
  for (const text of odd) {
    await upload(name, text);
    assert.equal(await again(), 'Our own', text.slice(0, 20));
    assert.match(
      told.pop() ?? '',
      /^CATALOG: blob:.* cannot be used, and its last good content is:/,
    );
  }
  const bytes = Buffer.from([0xff, 0xfe, 0]);
  await container.getBlockBlobClient(name).upload(bytes, bytes.length);
  assert.equal(await again(), 'Our own');
  await container.getBlobClient(name).delete();
  assert.equal(await again(), 'Our own');
  assert.equal(told.length, 2);
  await upload(name, whole.replace('Our own', 'Mended'));
  assert.equal(await again(), 'Mended');
  // What was kept is of this place alone, and rubbish there is none.
  await upload('faulty-too.json', '{');
  await assert.rejects(load('blob:faulty-too.json'), /CatalogError/);
  await upload('state/good/CATALOG.json', '{"broken":');
  await upload(name, '{');
  await assert.rejects(again(), /damaged\.json has 1 fault/);
  await upload(name, whole);
  assert.equal(await again(), 'Our own');
});
