/** What the app and other terminals get of the settings, whatever the terminal of the start has. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { shippedCatalog } from '../../shared/catalog/shipped-catalog.ts';
import { addressesScript } from '../addresses.ts';
import { readPorts } from '../ports.ts';
import { sampleToken } from '../sample-token.ts';
import {
  catalogInUse,
  settingsForTerminals,
  settingsOfTerminal,
  startSettings,
} from '../settings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ports = readPorts({}, 24_000);
const storage = 'BlobEndpoint=http://127.0.0.1:24001/devstoreaccount1';
const catalog = shippedCatalog();
const settingsIn = (environment: Record<string, string>) =>
  startSettings(root, ports, storage, undefined, environment);
const forTerminals = async (environment: Record<string, string>) =>
  settingsForTerminals(await settingsIn(environment), catalog);

test('from a terminal which has read the addresses of an earlier start: all of them again', async () => {
  const first = await forTerminals({});
  assert.match(first['SQL_AB'] ?? '', /^Server=127\.0\.0\.1,24006;/);
  assert.match(first['FLEXIBEE_DEMO'] ?? '', /:24008;/);
  assert.equal(first['AzureWebJobsStorage'], storage);
  assert.deepEqual(await forTerminals({ ...first }), first);
  assert.deepEqual(settingsOfTerminal(await settingsIn({ ...first }), catalog), []);
  assert.equal(addressesScript(ports, first).split('\n').length, Object.keys(first).length + 2);
});

test('what the terminal has wins, and other terminals get it', async () => {
  const own = { SQL_AB: 'Server=sql1.example;Database=X', CATALOG: 'own/catalog.json', HOME: '/' };
  const settings = await settingsIn(own);
  assert.equal(settings.inUse['SQL_AB'], own.SQL_AB);
  const { SQL_AB, CATALOG, SQL_HCS = '', HOME } = settingsForTerminals(settings, catalog);
  assert.deepEqual({ SQL_AB, CATALOG }, { SQL_AB: own.SQL_AB, CATALOG: own.CATALOG });
  assert.match(SQL_HCS, /,24003;/);
  assert.equal(HOME, undefined);
  assert.deepEqual(settingsOfTerminal(settings, catalog), ['CATALOG', 'SQL_AB']);
});

test('a setting of the catalogue that no file has, and one that is emptied', async () => {
  const path = fileURLToPath(new URL('examples/first-company/catalog.json', `file://${root}`));
  const environment = { CATALOG: path, DYNSQL: '' };
  const settings = await settingsIn(environment);
  const own = await catalogInUse(settings.inUse, new AbortController().signal);
  const [connection = ''] = own.databases.map((one) => one.connection);
  const more = await settingsIn({ ...environment, [connection]: 'Server=sql1.example;Database=X' });
  assert.ok(!Object.hasOwn(sample.Values, connection));
  assert.match(settingsForTerminals(more, own)[connection] ?? '', /sql1\.example/);
});

test("this machine's storage is that of the start, whoever names it so", async () => {
  const settings = await settingsIn({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
  assert.equal(settings.changed['AzureWebJobsStorage'], storage);
  assert.deepEqual(settingsOfTerminal(settings, catalog), []);
});

test("the sample's token, where the app takes it", () => {
  const [token] = JSON.parse(sample.Values.API_TOKENS);
  const at = new Date('2026-08-01T00:00:00Z');
  const cases: [tokens: unknown, told: string | undefined][] = [
    [[token], 'demo-token'],
    [[{ ...token, expires: '2026-07-31' }], undefined],
    [[{ ...token, expires: '2026-08-02' }], 'demo-token'],
    [[{ ...token, sha256: 'a'.repeat(64) }], undefined],
    ['', undefined],
  ];
  for (const [tokens, told] of cases) {
    const text = tokens === '' ? '' : JSON.stringify(tokens);
    assert.equal(sampleToken({ API_TOKENS: text }, at), told, text);
  }
});
