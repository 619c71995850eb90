import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { shippedCatalog } from '../../shared/catalog/index.ts';
import {
  readSettings,
  requireConnections,
  requireKnownNames,
  SettingsError,
  type SettingsFault,
} from '../../shared/settings/settings.ts';
import { containerIn } from '../../shared/settings/storage.ts';
import { soundSettings } from '../support/sound-settings.ts';

function faultsOf(work: () => unknown): readonly SettingsFault[] {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    for (const { setting } of error.faults) assert.ok(error.message.includes(setting));
    return error.faults;
  }
  return [];
}

const digest = createHash('sha256').update('a secret of our own').digest('hex');
const own = JSON.stringify([{ name: 'board', sha256: digest.toUpperCase(), codes: ['0c10'] }]);
const valid = { AzureWebJobsStorage: 'UseDevelopmentStorage=true', API_TOKENS: own };

test('the sample’s settings are valid', () => {
  const settings = soundSettings(sample.Values);
  assert.deepEqual(settings.storage, {
    kind: 'connection string',
    connectionString: 'UseDevelopmentStorage=true',
  });
  assert.equal(settings.protectReads, false);
  assert.equal(settings.catalog, undefined);
  assert.equal(settings.dynsql, undefined);
  const [token] = settings.tokens;
  assert.deepEqual(token, {
    name: 'demo',
    sha256: createHash('sha256').update('demo-token').digest('hex'),
    codes: ['*'],
    connections: ['*'],
    roles: ['read', 'run', 'admin'],
  });
});

test('what is not set has a default, digests may be in capitals', () => {
  const settings = soundSettings(valid);
  assert.equal(settings.tokens[0]?.sha256, digest);
  assert.equal(settings.protectReads, false);
  assert.equal(settings.retentionDays, 90);
  assert.equal(settings.sqlPoolSize, 10);
  assert.equal(soundSettings({ ...valid, SQL_POOL_SIZE: '2' }).sqlPoolSize, 2);
  for (const days of ['1', '3650']) {
    const set = soundSettings({ ...valid, RUN_RETENTION_DAYS: days });
    assert.equal(set.retentionDays, Number(days));
  }
  assert.equal(soundSettings({ ...valid, PROTECT_READS: 'True' }).protectReads, true);
  assert.equal(
    soundSettings({ ...valid, CATALOG: 'blob:catalog.json' }).catalog,
    'blob:catalog.json',
  );
  assert.equal(settings.dynsql, undefined);
  assert.equal(soundSettings({ ...valid, DYNSQL: ' /srv/own ' }).dynsql, '/srv/own');
});

test('the container has a name of storage, and short enough for the queues that are called by it', () => {
  for (const name of ['abc', 'syncboard-test', 'a'.repeat(40), '0-1']) {
    assert.equal(soundSettings({ ...valid, STORAGE_CONTAINER: name }).storage.container, name);
    assert.equal(
      containerIn(() => name),
      name,
    );
  }
  assert.equal(soundSettings(valid).storage.container, undefined);
  for (const name of ['ab', 'a'.repeat(41), 'Syncboard', 'a--b', '-ab', 'ab-', 'a_b', '$root']) {
    const faults = faultsOf(() => soundSettings({ ...valid, STORAGE_CONTAINER: name }));
    assert.deepEqual(
      faults.map(({ setting }) => setting),
      ['STORAGE_CONTAINER'],
      name,
    );
    assert.equal(
      containerIn(() => name),
      'syncboard',
      'until the start says what is wrong',
    );
  }
});

const identities: Array<[Record<string, string>, object]> = [
  [
    { AzureWebJobsStorage__accountName: 'billing' },
    {
      kind: 'identity',
      blobServiceUri: 'https://billing.blob.core.windows.net',
      queueServiceUri: 'https://billing.queue.core.windows.net',
    },
  ],
  [
    {
      AzureWebJobsStorage__blobServiceUri: 'https://billing.blob.core.chinacloudapi.cn',
      AzureWebJobsStorage__queueServiceUri: 'https://billing.queue.core.chinacloudapi.cn',
      AzureWebJobsStorage__clientId: 'an-identity',
    },
    {
      kind: 'identity',
      blobServiceUri: 'https://billing.blob.core.chinacloudapi.cn',
      queueServiceUri: 'https://billing.queue.core.chinacloudapi.cn',
      clientId: 'an-identity',
    },
  ],
];
for (const [environment, storage] of identities) {
  test(`managed identity: ${Object.keys(environment)[0]}`, () => {
    assert.deepEqual(soundSettings({ API_TOKENS: own, ...environment }).storage, storage);
  });
}

const tokens = (...list: unknown[]) => JSON.stringify(list);
const appRole = { name: 'Operator', codes: ['*'] };
const signIn = (more: object) =>
  JSON.stringify({
    issuer: 'https://login.microsoftonline.com/tenant/v2.0',
    audience: 'client',
    appRoles: [appRole],
    ...more,
  });
const good = { name: 'board', sha256: digest, codes: ['*'] };
const other = { name: 'other', sha256: '1'.repeat(64), codes: ['*'] };

const faulty: Array<[title: string, environment: Record<string, string>, settings: string[]]> = [
  [
    'nothing is set',
    { AzureWebJobsStorage: '', API_TOKENS: ' ' },
    ['AzureWebJobsStorage', 'API_TOKENS'],
  ],
  ['no connection string', { AzureWebJobsStorage: 'hush' }, ['AzureWebJobsStorage']],
  [
    'a storage keyword that nobody knows',
    { AzureWebJobsStorage: 'AccountName=a;AcountKey=hush' },
    ['AzureWebJobsStorage'],
  ],
  ['no account key', { AzureWebJobsStorage: 'AccountName=hush' }, ['AzureWebJobsStorage']],
  [
    'no queue service',
    { AzureWebJobsStorage: '', AzureWebJobsStorage__blobServiceUri: 'https://a.b' },
    ['AzureWebJobsStorage__queueServiceUri'],
  ],
  [
    'an account name that is none',
    { AzureWebJobsStorage: '', AzureWebJobsStorage__accountName: 'hush hush' },
    ['AzureWebJobsStorage__accountName'],
  ],
  [
    'a blob service that is no URL',
    {
      AzureWebJobsStorage: '',
      AzureWebJobsStorage__blobServiceUri: 'billing',
      AzureWebJobsStorage__queueServiceUri: 'https://a.b',
    },
    ['AzureWebJobsStorage__blobServiceUri'],
  ],
  ['tokens that are no JSON', { API_TOKENS: '[{"name": hush}]' }, ['API_TOKENS']],
  ['tokens that are no array', { API_TOKENS: '{"name": "hush"}' }, ['API_TOKENS']],
  ['no token at all', { API_TOKENS: '[]' }, ['API_TOKENS']],
  [
    'a token in place of its digest',
    { API_TOKENS: tokens({ ...good, sha256: 'hush' }) },
    ['API_TOKENS[0].sha256'],
  ],
  [
    'a misspelt member',
    { API_TOKENS: tokens(good, { ...other, code: ['hush'] }) },
    ['API_TOKENS[1]'],
  ],
  ['no codes', { API_TOKENS: tokens({ ...good, codes: [] }) }, ['API_TOKENS[0].codes']],
  ['an empty code', { API_TOKENS: tokens({ ...good, codes: [''] }) }, ['API_TOKENS[0].codes[0]']],
  [
    'a name with a line break',
    { API_TOKENS: tokens({ ...good, name: 'hush\n' }) },
    ['API_TOKENS[0].name'],
  ],
  [
    'a role that is none',
    { API_TOKENS: tokens({ ...good, roles: ['read', 'Admin'] }) },
    ['API_TOKENS[0].roles[1]'],
  ],
  ['no role', { API_TOKENS: tokens({ ...good, roles: [] }) }, ['API_TOKENS[0].roles']],
  [
    'an end that is none',
    { API_TOKENS: tokens({ ...good, expires: 'tomorrow' }) },
    ['API_TOKENS[0].expires'],
  ],
  [
    'an end without a zone',
    { API_TOKENS: tokens({ ...good, expires: '2027-01-31T12:00:00' }) },
    ['API_TOKENS[0].expires'],
  ],
  ['a name and a digest twice', { API_TOKENS: tokens(good, good) }, ['API_TOKENS', 'API_TOKENS']],
  ['a sign-in that is no JSON', { SIGN_IN: '{hush' }, ['SIGN_IN']],
  ['a sign-in that is no object', { SIGN_IN: '"hush"' }, ['SIGN_IN']],
  [
    'a sign-in without anything',
    { SIGN_IN: '{}' },
    ['SIGN_IN.issuer', 'SIGN_IN.audience', 'SIGN_IN.appRoles'],
  ],
  ['a misspelt member of it', { SIGN_IN: signIn({ platfrom: true }) }, ['SIGN_IN']],
  ...[
    'hush',
    'ftp://login.example/t/v2.0',
    'http://login.example/t/v2.0',
    'https://login.microsoftonline.com/common/v2.0',
    'https://login.microsoftonline.com/organizations/v2.0',
    'https://sts.windows.net/tenant/',
    'https://user:hush@login.example/t/v2.0',
    'https://login.example/t/v2.0?a=hush',
  ].map((issuer): [string, Record<string, string>, string[]] => [
    `the issuer ${issuer}`,
    { SIGN_IN: signIn({ issuer }) },
    ['SIGN_IN.issuer'],
  ]),
  ['an empty audience', { SIGN_IN: signIn({ audience: '' }) }, ['SIGN_IN.audience']],
  ['no app role', { SIGN_IN: signIn({ appRoles: [] }) }, ['SIGN_IN.appRoles']],
  [
    'an app role twice',
    { SIGN_IN: signIn({ appRoles: [appRole, appRole] }) },
    ['SIGN_IN.appRoles'],
  ],
  [
    'an app role that allows nothing that there is',
    { SIGN_IN: signIn({ appRoles: [{ ...appRole, name: 'a b', roles: ['hush'], codes: [] }] }) },
    ['SIGN_IN.appRoles[0].name', 'SIGN_IN.appRoles[0].codes', 'SIGN_IN.appRoles[0].roles[0]'],
  ],
  [
    'the platform’s sign-in where there is no platform',
    { SIGN_IN: signIn({ platform: true }) },
    ['SIGN_IN.platform'],
  ],
  ['a flag that is none', { PROTECT_READS: 'yes' }, ['PROTECT_READS']],
  [
    'several at once',
    { AzureWebJobsStorage: 'hush', API_TOKENS: '[hush', PROTECT_READS: '1' },
    ['AzureWebJobsStorage', 'API_TOKENS', 'PROTECT_READS'],
  ],
];

for (const [title, environment, settings] of faulty) {
  test(`refused: ${title}`, () => {
    const faults = faultsOf(() => soundSettings({ ...valid, ...environment }));
    assert.deepEqual(
      faults.map(({ setting }) => setting),
      settings,
    );
    for (const { fault } of faults) assert.doesNotMatch(fault, /hush/);
  });
}

test('with a sign-in there need not be tokens, and app roles are as entries of tokens', () => {
  const { API_TOKENS: _, ...rest } = valid;
  const settings = soundSettings({ ...rest, SIGN_IN: signIn({}) });
  assert.deepEqual(settings.tokens, []);
  const [role] = settings.signIn?.appRoles ?? [];
  assert.deepEqual(role, {
    ...{ name: 'Operator', codes: ['*'], connections: [], roles: ['read', 'run'] },
  });
});

test('an app role may not be allowed what the catalogue does not have', () => {
  const settings = soundSettings({
    ...valid,
    SIGN_IN: signIn({ appRoles: [{ ...appRole, codes: ['0c1'], connections: ['abc'] }] }),
  });
  const catalog = { codes: () => ({ '0c10': '', mo: '' }), connections: [] };
  assert.deepEqual(
    faultsOf(() => requireKnownNames(settings, catalog)).map(({ fault }) => fault),
    [
      'allows app role Operator the code "0c1", which the catalogue does not have: use "*" or one of 0c10, mo',
      'allows app role Operator the connection "abc", which the catalogue does not have: use "*"',
    ],
  );
});

const near: [variable: string, meant: string | undefined][] = [
  ['PROTECT_READ', 'PROTECT_READS'],
  ['LEASE_SECOND', 'LEASE_SECONDS'],
  ['LEASE_SECS', undefined],
  ['SLICE_BUDGETS', 'SLICE_BUDGET'],
  ['SQL_POOLSIZE', 'SQL_POOL_SIZE'],
  ['CATALOGUE', 'CATALOG'],
  ['RUN_RETENTION_DAY', 'RUN_RETENTION_DAYS'],
  ['FLEXIBEE_HOOK_SECRETS', 'FLEXIBEE_HOOK_SECRET'],
  ['protect_reads', 'PROTECT_READS'],
  // What is set is meant; what is somebody else's is let be.
  ['API_TOKEN', undefined],
  ['PATH', undefined],
  ['HOME', undefined],
  ['HOSTNAME', undefined],
  ['APP_PORT', undefined],
  ['SQL_PORT', undefined],
  ['FUNCTIONS_WORKER_RUNTIME', undefined],
  ['WEBSITE_SITE_NAMES', undefined],
  ['AzureWebJobsStorage__credential', undefined],
  ['AzureFunctionsJobHost__logging', undefined],
  ['APPLICATIONINSIGHTS_CONNECTION_STRING', undefined],
  ['npm_config_cache', undefined],
];
for (const [variable, meant] of near) {
  test(`a variable ${variable}: ${meant === undefined ? 'let be' : `did you mean ${meant}?`}`, () => {
    const environment = { ...valid, [variable]: 'hush' };
    const { faults } = readSettings(environment, 'linux');
    assert.deepEqual(
      faults,
      meant === undefined
        ? []
        : [{ setting: variable, fault: `is no setting: did you mean ${meant}?` }],
    );
    assert.deepEqual(readSettings({ ...environment, [variable]: ' ' }, 'linux').faults, []);
  });
}

test('the variables of this very process are nobody’s slip of the keyboard', () => {
  const { faults } = readSettings({ ...process.env, ...valid });
  assert.deepEqual(faults, []);
});

test('on Windows names of variables have no case', () => {
  const environment = { azurewebjobsstorage: valid.AzureWebJobsStorage, Api_Tokens: own };
  const { settings, faults } = readSettings({ ...environment, protect_reads: 'true' }, 'win32');
  assert.deepEqual(faults, []);
  assert.equal(settings.protectReads, true);
  assert.equal(readSettings(environment, 'linux').settings.storage, undefined);
});

const numbers = ['SLICE_BUDGET', 'LEASE_SECONDS', 'RUN_RETENTION_DAYS', 'SQL_POOL_SIZE'];
for (const name of [...numbers, 'REQUESTS_PER_CALLER', 'REQUESTS_PER_ADDRESS']) {
  test(`refused: ${name} that is no whole number in its range`, () => {
    for (const value of ['0', '-1', '1.5', '1e1', 'a minute', '1000001']) {
      const [fault] = faultsOf(() => soundSettings({ ...valid, [name]: value }));
      assert.equal(fault?.setting, name);
      assert.match(
        fault?.fault ?? '',
        /whole number of (seconds|days|connections|requests a minute) from \d+ to \d+$/,
      );
    }
  });
}

const azure: Array<[environment: Record<string, string>, refused: boolean]> = [
  [{ WEBSITE_INSTANCE_ID: '0123abcd' }, true],
  [{ WEBSITE_SITE_NAME: 'syncboard' }, true],
  [{ WEBSITE_SITE_NAME: 'syncboard', AZURE_FUNCTIONS_ENVIRONMENT: 'Production' }, true],
  [{ WEBSITE_SITE_NAME: 'syncboard', AZURE_FUNCTIONS_ENVIRONMENT: 'Development' }, false],
  [{ AZURE_FUNCTIONS_ENVIRONMENT: 'Production' }, false],
];
for (const [environment, refused] of azure) {
  test(`the sample’s token, ${JSON.stringify(environment)}: ${refused ? 'refused' : 'taken'}`, () => {
    const faults = faultsOf(() => soundSettings({ ...sample.Values, ...environment }));
    assert.deepEqual(
      faults.map(({ setting }) => setting),
      refused ? ['API_TOKENS', 'FLEXIBEE_HOOK_SECRET'] : [],
    );
    if (refused) assert.match(faults[0]?.fault ?? '', /sample's public token \(demo\)/);
    assert.deepEqual(
      faultsOf(() => soundSettings({ ...valid, ...environment })),
      [],
    );
  });
}

test('the sample’s token is found under another name and beside others', () => {
  const sha256 = createHash('sha256').update('demo-token').digest('hex').toUpperCase();
  const environment = {
    ...valid,
    API_TOKENS: tokens(good, { name: 'mine', sha256, codes: ['0c10'] }),
    WEBSITE_SITE_NAME: 'syncboard',
  };
  assert.equal(faultsOf(() => soundSettings(environment)).length, 1);
});

test('every missing connection is named, and secrets are not', () => {
  const catalog = {
    databases: [
      { id: 'hcs', server: 'dcdb', connection: 'SQL_HCS' },
      { id: 'mo', server: 'sql01comfort', connection: 'SQL_MO' },
      { id: 'ab', server: 'ab', connection: 'SQL_AB' },
    ],
    companies: [],
    connections: [],
  };
  const SQL_AB = 'Data Source=ab;Database=AB;User Id=u;Password=hush';
  const settings = soundSettings({
    ...valid,
    SQL_MO: 'Password=hush;Server=mo;Encrypt=no',
    SQL_HSC: 'Password=hush',
    SQL_AB,
  });
  const faults = faultsOf(() => requireConnections(settings, catalog));
  assert.deepEqual(
    faults.map(({ setting }) => setting),
    ['SQL_HCS', 'SQL_MO'],
  );
  assert.match(faults[0]?.fault ?? '', /did you mean it by SQL_HSC, which is/);
  assert.doesNotMatch(faults.map(({ fault }) => fault).join(), /hush/);
  const onlyAb = { databases: catalog.databases.slice(2), companies: [], connections: [] };
  assert.deepEqual(requireConnections(settings, onlyAb), {
    databases: { ab: SQL_AB },
    companies: {},
    abraGen: {},
  });
  const structured = '{"server": "ab", "database": "AB", "authentication": "managed identity"}';
  const again = soundSettings({ ...valid, SQL_AB: structured });
  assert.deepEqual(requireConnections(again, onlyAb).databases, { ab: structured });
});

const company = {
  ...{ server: 'flexibee', name: 'x', onRegression: 'stop' as const },
  ...{ lateMinutes: 60, journalDays: 365, paused: false, pageSize: 1000, requestsAtOnce: 4 },
  reconcile: false as const,
};
test('companies may share a setting; a fault of it is told once, beside those of databases', () => {
  const catalog = {
    databases: [{ id: 'ab', server: 'ab', connection: 'SQL_AB' }],
    companies: [
      { ...company, code: 'one', connection: 'FLEXIBEE_BRNO' },
      { ...company, code: 'two', connection: 'FLEXIBEE_BRNO' },
      { ...company, code: 'three', connection: 'FLEXIBEE_PLZEN' },
      { ...company, code: 'four', connection: 'FLEXIBEE_PRAHA' },
    ],
    connections: [],
  };
  const FLEXIBEE_PRAHA = 'Url=https://praha.example:5434;User Id=winstrom;Password=hush';
  const settings = soundSettings({
    ...valid,
    FLEXIBEE_BRNO: 'Url=ftp://brno;User Id=winstrom;Password=hush',
    FLEXIBEE_PRAHA,
  });
  const faults = faultsOf(() => requireConnections(settings, catalog));
  assert.deepEqual(
    faults.map(({ setting }) => setting),
    ['SQL_AB', 'FLEXIBEE_BRNO', 'FLEXIBEE_PLZEN'],
  );
  assert.match(faults[2]?.fault ?? '', /^is not set: the catalogue's company three needs it/);
  assert.doesNotMatch(faults.map(({ fault }) => fault).join(), /hush/);
  const sound = { databases: [], connections: [], companies: catalog.companies.slice(3) };
  assert.deepEqual(requireConnections(settings, sound).companies, {
    four: {
      origin: 'https://praha.example:5434',
      user: 'winstrom',
      password: 'hush',
      trustServerCertificate: false,
    },
  });
});

const hookFaults: Array<[title: string, environment: Record<string, string>, settings: string[]]> =
  [
    ['a short secret', { FLEXIBEE_HOOK_SECRET: 'hush' }, ['FLEXIBEE_HOOK_SECRET']],
    [
      'a secret that no URL may hold',
      { FLEXIBEE_HOOK_SECRET: 'hush '.repeat(9) },
      ['FLEXIBEE_HOOK_SECRET'],
    ],
    ['a public URL that is none', { PUBLIC_URL: 'syncboard.example' }, ['PUBLIC_URL']],
    ['one with a password', { PUBLIC_URL: 'https://me:hush@syncboard.example' }, ['PUBLIC_URL']],
    ['one with a query', { PUBLIC_URL: 'https://syncboard.example/?code=hush' }, ['PUBLIC_URL']],
    ['one without encryption', { PUBLIC_URL: 'http://syncboard.example' }, ['PUBLIC_URL']],
    [
      'the sample’s secret in Azure',
      { FLEXIBEE_HOOK_SECRET: sample.Values.FLEXIBEE_HOOK_SECRET, WEBSITE_SITE_NAME: 'syncboard' },
      ['FLEXIBEE_HOOK_SECRET'],
    ],
  ];
for (const [title, environment, settings] of hookFaults) {
  test(`refused: ${title}`, () => {
    const faults = faultsOf(() => soundSettings({ ...valid, ...environment }));
    assert.deepEqual(
      faults.map(({ setting }) => setting),
      settings,
    );
    for (const { fault } of faults) assert.doesNotMatch(fault, /hush/);
  });
}

test('hooks need neither secret nor address, and take an address with a path', () => {
  const none = soundSettings(valid).hooks;
  assert.deepEqual([none.secret(), none.publicUrl], [undefined, undefined]);
  const secret = 'a-secret-of-our-own-0123456789abcdef';
  const PUBLIC_URL = 'https://gate.example/syncboard/';
  const { hooks } = soundSettings({ ...valid, FLEXIBEE_HOOK_SECRET: secret, PUBLIC_URL });
  assert.equal(hooks.secret(), secret);
  assert.equal(hooks.publicUrl, 'https://gate.example/syncboard');
  assert.doesNotMatch(inspect(hooks, { depth: 9, showHidden: true }), /a-secret/);
});

const abraGen = {
  ...{ kind: 'abra-gen' as const, server: 'abra-gen', connection: 'ABRA_GEN_BRNO' },
  ...{ id: 'brno', name: 'data' },
};
test('connections of ABRA Gen have an address each; databases need none', () => {
  const own = { id: 'ab', kind: 'database' as const, database: 'ab' };
  const catalog = { databases: [], companies: [], connections: [own, abraGen] };
  const [fault] = faultsOf(() => requireConnections(soundSettings(valid), catalog));
  assert.equal(fault?.setting, 'ABRA_GEN_BRNO');
  assert.match(fault?.fault ?? '', /^is not set: the catalogue's connection brno needs it/);
  const ABRA_GEN_BRNO = 'Url=https://brno.example:699;User Id=Supervisor;Password=hush';
  const sound = soundSettings({ ...valid, ABRA_GEN_BRNO });
  assert.deepEqual(Object.keys(requireConnections(sound, catalog).abraGen), ['brno']);
  const wrong = soundSettings({ ...valid, ABRA_GEN_BRNO: ABRA_GEN_BRNO.replace('https', 'http') });
  const [open] = faultsOf(() => requireConnections(wrong, catalog));
  assert.match(open?.fault ?? '', /without encryption/);
  assert.doesNotMatch(open?.fault ?? '', /hush/);
});

test('a token for a code or a connection that the catalogue lacks is found', () => {
  const codes = ['*', '0c10', '0C99', 'constructor'];
  const settings = soundSettings({
    ...valid,
    API_TOKENS: tokens({ ...good, codes, connections: ['*', 'brno', 'Brno'] }),
  });
  const catalog = { codes: () => ({ '0c10': 'x' }), connections: [abraGen] };
  const faults = faultsOf(() => requireKnownNames(settings, catalog));
  assert.equal(faults.length, 3);
  assert.match(faults[0]?.fault ?? '', /board the code "0C99"/);
  assert.match(faults[2]?.fault ?? '', /board the connection "Brno".*use "\*" or one of brno/);
});

test('a token that names no connections is allowed none', () => {
  const [token] = soundSettings({ ...valid, API_TOKENS: tokens(good) }).tokens;
  assert.deepEqual(token?.connections, []);
});

test('printed settings show no connection string of a database', () => {
  const settings = soundSettings({ ...valid, SQL_AB: 'Server=ab;Password=hush' });
  assert.doesNotMatch(inspect(settings, { depth: 9, showHidden: true }), /hush/);
});

test('whatever the variables hold, there are settings or faults', () => {
  const value = fc.oneof(fc.string(), fc.json(), fc.constantFrom('', 'true', 'https://a', own));
  const names = [
    'AzureWebJobsStorage',
    'AzureWebJobsStorage__accountName',
    'AzureWebJobsStorage__blobServiceUri',
    'AzureWebJobsStorage__queueServiceUri',
    'STORAGE_CONTAINER',
    'API_TOKENS',
    'PROTECT_READS',
    'CATALOG',
    'DYNSQL',
    'SLICE_BUDGET',
    'LEASE_SECONDS',
    'RUN_RETENTION_DAYS',
    'FLEXIBEE_HOOK_SECRET',
    'PUBLIC_URL',
    'WEBSITE_SITE_NAME',
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (environment) => {
      faultsOf(() => soundSettings(environment));
    }),
    { numRuns: 500 },
  );
});

test('a reference to Key Vault that was not resolved is told as that, without its address', () => {
  const unresolved = '@Microsoft.KeyVault(SecretUri=https://kv-x.vault.azure.net/secrets/NAME)';
  const { faults } = readSettings({
    ...valid,
    API_TOKENS: unresolved,
    FLEXIBEE_HOOK_SECRET: unresolved,
    NOTIFICATIONS: unresolved,
  });
  const { settings } = readSettings({
    ...sample.Values,
    SQL_HCS: unresolved,
    FLEXIBEE_DEMO: unresolved,
  });
  const ofCatalog = faultsOf(() => requireConnections(settings, shippedCatalog()));
  const names = [...faults, ...ofCatalog].map(({ setting }) => setting);
  assert.deepEqual(names.sort(), [
    'API_TOKENS',
    'FLEXIBEE_DEMO',
    'FLEXIBEE_HOOK_SECRET',
    'NOTIFICATIONS',
    'SQL_HCS',
  ]);
  for (const { fault } of [...faults, ...ofCatalog]) {
    assert.match(fault, /^is a reference to Key Vault that was not resolved: is the secret there/);
    assert.doesNotMatch(fault, /kv-x/);
  }
});
