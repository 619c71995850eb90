/** The start of an app whose settings and catalogues are wrong: everything is told at once. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { ConfigurationError, configure } from '../../shared/app/configuration.ts';
import { CatalogError } from '../../shared/catalog/index.ts';
import { SettingsError } from '../../shared/settings/settings.ts';
import { edit, shippedJson, stepsOf } from '../catalog/edited.ts';

const wrong = {
  ...sample.Values,
  AzureWebJobsStorage: 'AccountName=a;AcountKey=hush',
  PROTECT_READS: '',
  PROTECT_READ: 'true',
  LEASE_SECONDS: '5',
  SQL_HCS: 'Server=h;Databse=HCS;User Id=u;Pasword=hush;Integrated Security=SSPI',
  SQL_AB: '',
  FLEXIBEE_DEMO: 'Uri=https://f.example;User Id=u;Password=hush',
};
const told = [
  /AzureWebJobsStorage has a keyword that is unknown .*did you mean AccountKey/,
  /PROTECT_READ is no setting: did you mean PROTECT_READS\?/,
  /LEASE_SECONDS must be a whole number of seconds from 15 to 60/,
  /SQL_HCS .*did you mean Database\?.*did you mean Password\?.*has Integrated Security/,
  /SQL_AB is not set/,
  /FLEXIBEE_DEMO .*did you mean Url\?/,
];

async function failureOf(environment: NodeJS.ProcessEnv): Promise<Error> {
  const error = await configure(environment).catch((reason: unknown) => reason);
  assert.ok(error instanceof Error);
  assert.doesNotMatch(error.message, /hush/);
  return error;
}

async function file(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'configuration-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'catalog.json');
  await writeFile(path, text);
  return path;
}

test('the sample starts', async () => {
  const { content } = await configure(sample.Values);
  const { catalog, connections } = content;
  assert.equal(Object.keys(connections.databases).length, catalog.databases.length);
});

test('faults of storage, of settings and of what the catalogue names: all at once', async () => {
  const error = await failureOf(wrong);
  assert.ok(error instanceof SettingsError);
  for (const fault of told) assert.match(error.message, fault);
});

test('faults of the settings, of the catalogue and of dynsql: all at once', async (t) => {
  const CATALOG = await file(t, '{"servers": {}}');
  const error = await failureOf({ ...wrong, CATALOG, DYNSQL: '/nowhere/at/all' });
  assert.ok(error instanceof ConfigurationError);
  const [settings, catalog, dynsql] = error.errors;
  assert.ok(settings instanceof SettingsError);
  assert.ok(catalog instanceof CatalogError);
  assert.match(dynsql?.message ?? '', /DYNSQL/);
  for (const fault of told.slice(0, 3)) assert.match(error.message, fault);
});

test('a catalogue in a blob waits for storage that is right', async () => {
  const error = await failureOf({ ...wrong, CATALOG: 'blob:catalog.json' });
  assert.ok(error instanceof SettingsError);
});

/** No template of JavaScript's. */
const dollars = (text: string) => text.replaceAll('§', '$');

test('settings of one environment are in the catalogue, and say where they are missing', async (t) => {
  const catalog = shippedJson();
  edit(catalog, stepsOf('dataSources[16].company.name'), dollars('§{FLEXI_COMPANY}'));
  edit(
    catalog,
    stepsOf('dataSources[16].description'),
    dollars('FlexiBee §{FLEXI_STAGE}, §§{plain}'),
  );
  const CATALOG = await file(t, JSON.stringify(catalog));
  const settings = { ...sample.Values, CATALOG };
  const ours = { FLEXI_COMPANY: 'firma_test', FLEXI_STAGE: 'test' };
  const { content } = await configure({ ...settings, ...ours });
  const { companies } = content.catalog;
  assert.equal(companies[0]?.name, 'firma_test');
  assert.equal(content.catalog.codes()['flexi-demo'], dollars('FlexiBee test, §{plain}'));
  assert.match(content.locations.companies['flexi-demo'] ?? '', /\/firma_test$/);
  const other = await configure({ ...settings, ...ours, FLEXI_STAGE: 'production' });
  assert.notEqual(other.content.catalog.revision, content.catalog.revision);
  const error = await failureOf({ ...settings, FLEXI_COMPANIES: 'near', FLEXI_STAGE: 'test' });
  assert.equal(
    error.message,
    `${CATALOG} has 1 fault:\n- dataSources[16].company.name: the setting FLEXI_COMPANY is not set`,
  );
  const near = await failureOf({ ...settings, FLEXI_COMPANi: 'near', FLEXI_STAGE: 'test' });
  assert.match(near.message, /did you mean FLEXI_COMPANi, which is/);
});

test('one fault of the catalogue is a CatalogError as ever', async (t) => {
  const CATALOG = await file(t, '{"servers": {}}');
  assert.ok((await failureOf({ ...sample.Values, CATALOG })) instanceof CatalogError);
});
