/** The Bicep files agree with the app, read as text: their own compiler is not everywhere. */

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { readSettings } from '../../shared/settings/settings.ts';

const root = new URL('../../', import.meta.url);
const text = (path: string) => readFile(new URL(path, root), 'utf8');
const infra = await readdir(new URL('infra/', root), { recursive: true });
const files = new Map(
  await Promise.all(
    infra
      .filter((path) => /\.bicep(param)?$/.test(path))
      .map(async (path) => [path, await text(`infra/${path}`)] as const),
  ),
);
const file = (path: string) => files.get(path) ?? assert.fail(`no ${path}`);
const guide = await text('docs/azure.md');

/** Text between `beginning` and the line that closes it. */
function block(path: string, beginning: string): string {
  const found = file(path).split(beginning)[1] ?? assert.fail(`${path} has no ${beginning}`);
  return found.split(/^[\]})]/m)[0] ?? '';
}
const found = (source: string, pattern: RegExp) =>
  [...source.matchAll(pattern)].map(([, one = '']) => one);

/** Every name that the app asks its environment for. */
function askedFor(environment: Record<string, string>): Set<string> {
  const asked = new Set<string>();
  const watched = new Proxy(environment, {
    get: (target, name: string) => {
      asked.add(name);
      return target[name];
    },
  });
  readSettings(watched, 'linux');
  return asked;
}

const catalog = shippedCatalog();
const connections = [...catalog.databases, ...catalog.companies, ...catalog.connections].flatMap(
  (place) => ('connection' in place ? [place.connection] : []),
);
const secrets = found(block('settings.bicep', 'var shippedSecrets = ['), /'([A-Z_]+)'/g);
const given = [
  ...secrets,
  ...found(block('settings.bicep', 'var plainSettings = {'), /^ {2}(\w+):/gm),
  ...found(block('settings.bicep', 'func storageSettings'), /^ {2}(\w+):/gm),
  'PUBLIC_URL',
];

/** Of the Functions host, which the app does not ask for. */
const hosts = [
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__tableServiceUri',
  'AzureWebJobsDisableHomepage',
];

test('whatever the files set is a setting of the app, of its catalogue, or of the host', () => {
  assert.ok(file('main.bicep').includes('{ PUBLIC_URL:'));
  const known = new Set([
    ...askedFor({ AzureWebJobsStorage__blobServiceUri: 'x' }),
    ...connections,
    ...hosts,
  ]);
  for (const name of given) assert.ok(known.has(name), name);
});

test('whatever the app cannot start without is given', () => {
  const environment = Object.fromEntries(
    given.map((name) => {
      const value = (sample.Values as Record<string, string>)[name];
      const place = name.endsWith('Uri') ? 'https://account.queue.core.windows.net' : 'x';
      return [name, value ?? place];
    }),
  );
  const { faults } = readSettings(environment, 'linux');
  assert.deepEqual(faults, []);
  for (const name of connections) assert.ok(given.includes(name), name);
});

test('secrets are those of the shipped catalogue, the tokens and the web hook, and none is a value', () => {
  const needed = ['API_TOKENS', ...new Set(connections), 'FLEXIBEE_HOOK_SECRET'];
  assert.deepEqual([...secrets].sort(), needed.sort());
  assert.match(file('settings.bicep'), /name => '@Microsoft\.KeyVault\(SecretUri=/);
});

test('the host may not find a connection string, and Flex none of what it refuses', () => {
  const all = [...files.values()].join('\n');
  assert.doesNotMatch(all, /^\s*AzureWebJobsStorage:/m);
  const refused = /FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_/;
  assert.doesNotMatch(file('modules/app-flex.bicep'), refused);
  assert.doesNotMatch(file('settings.bicep'), refused);
  assert.doesNotMatch(file('modules/app-flex.bicep'), /ftpsState|functionAppScaleLimit|linuxFx/);
});

test('the page is at /, and not one of the host', () => {
  const plain = block('settings.bicep', 'var plainSettings = {');
  assert.match(plain, /^ {2}AzureWebJobsDisableHomepage: 'true'$/m);
});

test('a list of who may call shuts out no test of our own, in either flavour', () => {
  for (const path of ['modules/app-flex.bicep', 'modules/app-premium.bicep']) {
    assert.match(file(path), /^ {6}ipSecurityRestrictions: accessRules$/m, path);
  }
  const both = found(file('main.bicep'), /(accessRules\(.+, hasTest\)|hasTest: hasTest)$/gm);
  assert.equal(both.length, 3);
  assert.match(file('access.bicep'), /'ApplicationInsightsAvailability'\n +tag: 'ServiceTag'/);
});

/** Azure's built-in roles (Azure built-in roles, Microsoft Learn). */
const builtIn: Record<string, string> = {
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
  'Key Vault Secrets Officer': 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb',
};

test('every role is the one its name says, has a reason, and stands in the guide', () => {
  const lines = block('modules/roles.bicep', 'var roles = {').split('\n');
  const roles = lines.flatMap((line, index) => {
    const [, name, id] = /^ {2}'(.+)': '(.+)'$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, id, before: lines[index - 1] ?? '' }];
  });
  assert.ok(roles.length > 5);
  for (const { name, id, before } of roles) {
    assert.equal(id, builtIn[name], name);
    assert.match(before, /^ {2}\/\/ \S/, `${name} has no reason`);
    assert.ok(guide.includes(name), `${name} is not in docs/azure.md`);
  }
  const outside = [...files].filter(
    ([path, source]) =>
      path !== 'modules/roles.bicep' && /roleAssignments|roleDefinitions/.test(source),
  );
  assert.deepEqual(outside, []);
});

test('who operates has the rights that the commands of the guide need', () => {
  const onStorage = found(
    file('modules/roles.bicep').split('resource operatorOnStorage')[1] ?? '',
    /'(Storage \w+ Data \w+)'/g,
  );
  const kinds = {
    blob: 'Storage Blob Data Contributor',
    message: 'Storage Queue Data Contributor',
  };
  for (const [kind, role] of Object.entries(kinds)) {
    assert.equal(guide.includes(`az storage ${kind} `), onStorage.includes(role), role);
  }
});

const commands = found(guide, /^ *```sh\n([\s\S]*?)^ *```$/gm).join('');

test('options are begun once and added to afterwards', () => {
  assert.deepEqual(found(guide, /azd env set SYNCBOARD_OPTIONS (\S+)/g), ["'{}'", '"$all";']);
});

test('what is uploaded replaces what is there, which the CLI refuses unless told', () => {
  const uploads = found(commands, /(az storage blob upload(?:[^\n]*\\\n)*[^\n]*)/g);
  assert.equal(uploads.length, 3);
  for (const upload of uploads) assert.match(upload, /--overwrite/);
});

test('what an answer calls its invocation is looked for where the host writes it', () => {
  assert.match(guide, /AppTraces.*Properties\.InvocationId\) == /);
  assert.doesNotMatch(guide, /where OperationId/);
});

test('what commands write is outside the work tree', () => {
  const written = found(commands, /(?<![<>&=-])> *([^\s)]+)/g);
  assert.deepEqual(written, ['"$token"']);
  assert.deepEqual(found(commands, /^ *(?:\w+; )?(?:mkdir .+; )?(?:token|copy)=(..)/gm), [
    '~/',
    '~/',
  ]);
});

test('an environment of azd, which has secrets, is not for git', async () => {
  assert.match(await text('.gitignore'), /^\.azure\/$/m);
});

const alerts = file('modules/alerts.bicep');
const alertNames = [
  ...found(alerts, /^ {4}name: '([a-z-]+)'$/gm),
  ...found(alerts, /^ {2}name: '([a-z]+-[a-z]+)'$/gm),
];

test('every alert has a paragraph of its own in the guide, and the guide has no other', () => {
  const runbook = guide.split(/^## When it hurts$/m)[1]?.split(/^## /m)[0] ?? '';
  const paragraphs = found(runbook, /^\*\*`([a-z-]+)`\*\*/gm);
  assert.ok(alertNames.length > 10);
  assert.deepEqual([...paragraphs].sort(), [...alertNames].sort());
});

/** Functions as they are registered. */
const main = await text('functions/main.ts');
const queueFunctions = found(main, /app\.storageQueue\('(\w+)'/g);
const timerFunctions = found(main, /app\.timer\('(\w+)'/g);

test('scale groups are those of functions that there are', () => {
  const groups = found(
    block('modules/app-flex.bicep', 'var alwaysReady = filter('),
    /name: '(.+?)'/g,
  );
  assert.deepEqual(groups, ['http', 'function:execute_run']);
  for (const group of groups.slice(1)) {
    const [, name = ''] = group.split(':');
    assert.ok([...queueFunctions, ...timerFunctions].includes(name), name);
  }
});

test('what alerts look for in logs is what the app writes', async () => {
  assert.ok(timerFunctions.includes('clock'));
  assert.match(alerts, /OperationName == "clock"/);
  const written: [alert: string, path: string][] = [
    ['was given up at', 'shared/app/poison-queues.ts'],
    ['Resuming ', 'functions/sync/sweep-runs.ts'],
    ['are not usable', 'shared/settings/settings-error.ts'],
  ];
  for (const [words, path] of written) {
    assert.ok(alerts.includes(`"${words}"`), words);
    assert.ok((await text(path)).includes(words), path);
  }
});

test('on Flex as few timers as can be: each is a group with instances of its own', () => {
  assert.deepEqual(timerFunctions, ['clock', 'expire_runs', 'expire_journals']);
  for (const name of [...timerFunctions, ...queueFunctions]) {
    assert.ok(guide.includes(`\`${name}\``), `${name} is not in docs/azure.md`);
  }
});

test('every option stands in the guide, and every set that the guide names is there', () => {
  const options = block('options.bicep', 'type optionsType = {');
  for (const name of found(options, /^ {2}(\w+): /gm)) {
    assert.ok(guide.includes(`\`${name}\``), `${name} is not in docs/azure.md`);
  }
  const sets = found(file('main.bicepparam'), /^ {4}'?([a-z-]+)'?: /gm);
  assert.deepEqual(sets, ['small', 'network', 'premium', 'with-sql']);
  for (const set of sets) assert.ok(guide.includes(`\`${set}\``), set);
});

test('azd deploys the folder that the build lays out, as it is', async () => {
  const azd = await text('azure.yaml');
  assert.match(azd, /^ {4}project: dist\/app$/m);
  assert.match(azd, /^ {4}remoteBuild: false$/m);
  assert.match(file('modules/app-flex.bicep'), /'azd-service-name': 'app'/);
  const ignored = await text('demo/build.ts');
  assert.doesNotMatch(ignored.split('const ignored')[1]?.split('\n')[0] ?? '', /node_modules/);
});

test('tables of the guide fit a terminal', () => {
  for (const line of guide.split('\n').filter((one) => one.startsWith('|'))) {
    assert.ok(line.length <= 100, line);
  }
});
