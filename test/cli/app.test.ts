/** What an operator does with an app that runs: companies, known troubles, the audit, queries. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { type SqlServer, startSqlServer } from 'tds-sqlite';
import { standInAt, withDatabase } from '../../demo/billing/connections.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { AgeStore } from '../../shared/sync/ages/age-store.ts';
import { ownDefinition, ownId } from '../dynsql/own.ts';
import { sheetsOf } from '../dynsql/tables/hand-made.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { cli } from './run-cli.ts';
import { type ServedApp, serveApp } from './served-app.ts';

const company = 'flexi-demo';
const amount = '-12345678901234567890.12345678901234567';
const wide = `CREATE TABLE dbo.Wide (code nvarchar(10) NOT NULL PRIMARY KEY, name nvarchar(40) NULL, amount decimal(38, 17) NULL)
INSERT INTO dbo.Wide (code, name, amount) VALUES (N'a', N'', ${amount}), (N'b', NULL, NULL), (N'c', N'Žluť, "kůň"', 0.10)`;

let storage: TestStorage;
let flexibee: Flexibee;
let sqlServer: SqlServer;
let app: App;
let served: ServedApp;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-app-'));
  await mkdir(join(folder, 'dynsql'));
  const definition = ownDefinition() as ReturnType<typeof JSON.parse>;
  const [dataset] = definition.datasets;
  dataset.sql = 'SELECT {FIELDS} FROM dbo.Wide A {WHERE} {ORDERBY}';
  dataset.fields = [
    { expression: 'A.code', fieldname: 'Code', datatype: 'dtString' },
    { expression: 'A.name', fieldname: 'Name', datatype: 'dtString' },
    { expression: 'A.amount', fieldname: 'Amount', datatype: 'dtFloat' },
  ];
  await writeFile(join(folder, 'dynsql/wide.json'), JSON.stringify(definition));
  [storage, flexibee, sqlServer] = await Promise.all([
    startStorage(),
    startFlexibee(),
    startSqlServer({
      logins: { [demoLogin.user]: demoLogin.password },
      databases: [{ name: 'AB', server: 'ab', schema: wide }],
    }),
  ]);
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    DYNSQL: folder,
    SQL_AB: withDatabase(standInAt(sqlServer.port), 'AB'),
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
  });
  served = await serveApp(app);
});
after(async () => {
  served.close();
  await app.stop();
  await Promise.all([storage.close(), flexibee.close(), sqlServer.close()]);
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) =>
  cli(args, { SYNCBOARD_URL: served.url, SYNCBOARD_TOKEN: 'demo-token' }, folder);

async function good(...args: string[]): Promise<string> {
  const { code, out, err } = await run(...args);
  assert.deepEqual([code, err], [0, ''], `${args.join(' ')}: ${out}`);
  return out;
}

test('a company’s changelog is turned off and on at its server, and a reset is asked for', async () => {
  const isOn = async () => {
    const authorization = `Basic ${btoa('winstrom:winstrom')}`;
    const answer = await fetch(`${flexibee.url}/c/demo/changes/status.json`, {
      headers: { authorization },
    });
    return (await answer.text()).includes('"true"');
  };
  assert.equal(await good('company', 'disable', company), `${company}: it keeps no changelog`);
  assert.equal(await isOn(), false);
  assert.equal(await good('company', 'enable', company), `${company}: it keeps a changelog`);
  assert.equal(await isOn(), true);
  assert.match(
    await good('company', 'reset', company),
    /^It begins within seconds: syncboard company show flexi-demo$/,
  );
  assert.deepEqual(
    served.polled.map(({ company: code }) => code),
    [company, company],
    'it is polled after both',
  );
  assert.match(await good('audit', '--what', 'company.reset'), /company flexi-demo {2}done/);
  const unknown = await run('company', 'reset', 'flexi-dem');
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /^There is no company flexi-dem\.?\n {2}use /);
});

test('a trouble is acknowledged, listed and taken back by its subject; the audit has who did what', async () => {
  const hosted = flexibee.companies.get('demo');
  assert.ok(hosted !== undefined);
  hosted.licence = 'missing';
  const message = { company, why: 'request' as const, at: new Date().toISOString() };
  await app.current.pollCompany(message, () => {});
  const troubled = await good('companies', '--trouble');
  assert.match(troubled, /flexi-demo .*\n {2}! /);
  const wrong = await run('acknowledge', 'sync', '0c10/payment', '--until', '2030', '--note', 'x');
  assert.deepEqual([wrong.code, wrong.err.slice(0, 22)], [2, '--until must be a time']);
  // A day later is the past already where the catalogue's midnight comes before that of UTC.
  const until = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const given = ['--until', until, '--note', 'Ivo is at it', '--user', 'Jana'];
  const none = await run('acknowledge', 'sync', '0c10/payment', ...given);
  assert.deepEqual(
    [none.code, none.err],
    [1, 'There is no trouble of 0c10/payment as sync: nothing is wrong there.'],
  );
  assert.equal(await good('acknowledgements'), 'Nothing is acknowledged.');
  assert.equal(
    await good('acknowledge', 'company', company, ...given),
    `acknowledged: company ${company}, until ${until} 00:00; syncboard unacknowledge ${company} takes it back`,
  );
  const listed = await good('acknowledgements');
  assert.match(
    listed,
    new RegExp(`^company  flexi-demo  until ${until} 00:00  Jana  Ivo is at it$`),
  );
  assert.equal(await good('unacknowledge', company), 'no longer acknowledged: company flexi-demo');
  assert.equal((await run('unacknowledge', company)).code, 1);
  const audit = await good('audit', '--what', 'acknowledgement');
  assert.match(
    audit,
    /^\S+ \S+ {2}acknowledgement\.end {4}company flexi-demo {2}done {2}\w+\n\S+ \S+ {2}acknowledgement\.begin {2}company flexi-demo {2}done {2}Jana \(\w+\)$/,
  );
  assert.equal(await good('audit', '--who', 'nobody'), 'No change fits.');
  assert.match(await good('audit', '--limit', '1'), /\nMore: the same with --after \S+$/);
  const slip = await run('audit', '--what', 'acknowledgment');
  assert.match(slip.err, /^--what must be one of .*\(did you mean acknowledgement\?\)$/);
  hosted.licence = 'present';
});

test('health tells what fails first, with 1, and strangers the state alone', async () => {
  const { code, out } = await run('health');
  assert.equal(code, 1);
  assert.match(out, /^failing\n! database /);
  assert.match(out, /\n {2}storage +ok\n/);
  const parts = JSON.parse((await run('health', '--json')).out).parts as { part: string }[];
  assert.ok(parts.some(({ part }) => part === 'storage'));
  const stranger = await cli(['health'], { SYNCBOARD_URL: served.url }, folder);
  assert.deepEqual([stranger.code, stranger.out], [1, 'failing']);
});

test('CSV has every digit of a number, and keeps NULL and an empty text apart', async () => {
  assert.equal(
    await good('query', 'ab', ownId, '--select', 'Code,Name,Amount', '--order', 'Code', '--csv'),
    `CODE,NAME,AMOUNT\r\na,"",${amount}\r\nb,,\r\nc,"Žluť, ""kůň""",0.10000000000000000\r\n`,
  );
});

test('a workbook goes into a file, and forms that do not go together are told', async () => {
  const asked = ['query', 'ab', ownId, '--select', 'Code,Amount', '--order', 'Code'];
  const pieces: Uint8Array[] = [];
  const send = async (piece: string | Uint8Array) => void pieces.push(Buffer.from(piece));
  const login = { SYNCBOARD_URL: served.url, SYNCBOARD_TOKEN: 'demo-token' };
  const { code, err } = await cli([...asked, '--xlsx'], login, folder, { send });
  assert.deepEqual([code, err], [0, '']);
  const [sheet] = sheetsOf(Buffer.concat(pieces));
  assert.deepEqual([sheet?.name, sheet?.cells['A1'], sheet?.cells['B2']], ['MAIN', 'CODE', amount]);
  const wrong: [args: string[], text: RegExp][] = [
    [['--csv', '--xlsx'], /use one of them/],
    [['--bom'], /--bom is for --csv/],
    [['--xlsx', '--escape'], /--escape is for --csv/],
  ];
  for (const [args, text] of wrong) {
    const told = await run(...asked, ...args);
    assert.equal(told.code, 2);
    assert.match(told.err, text);
  }
  const bom = await good(...asked, '--csv', '--bom');
  assert.ok(bom.replace(/^\ufeff/, '').startsWith('CODE,AMOUNT\r\n'));
});

test('what can be asked is told in the language of the reader, and as a schema', async () => {
  const page = await good('query', 'ab', ownId, '--describe', '--lang', 'cs');
  assert.match(page, new RegExp(`\\(${ownId}\\)\n`));
  assert.match(page, /\n {2}podmínky \(where\)\n {4}Code +/);
  const schema = JSON.parse(await good('query', 'ab', ownId, '--schema'));
  assert.match(schema.$schema, /2020-12/);
  assert.ok(schema.properties.select);
});

test('times are by the clock of the catalogue, wherever the terminal stands', async () => {
  const { timeZone } = app.current.catalog.periods;
  const at = new Date(Date.now() + 3_600_000);
  const wall = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(at);
  await good('close', 'dcdb', '--until', wall, '--reason', 'an hour', '--user', 'Jana');
  assert.match(await good('closures'), new RegExp(`dcdb +until ${wall} +Jana +an hour`));
  const refused = await run('run', '--code', '0c10', '--name', 'equipment');
  assert.deepEqual(
    [refused.code, refused.err.split('\n')[0]],
    [3, `Server dcdb is closed until ${wall}: an hour`],
  );
  assert.equal(await good('open', 'dcdb'), 'open again: dcdb');
  assert.equal((await run('runs', '--from', wall)).code, 0);
});

test('watched data are listed, the old ones first', async () => {
  assert.equal(await good('ages'), 'Nothing is watched, or nobody has looked yet.');
  const container = await openContainer(app.current.settings.storage, soon());
  const watched = { entity: 'payment', place: 'heap', maxAgeMs: 604_800_000 };
  const readAt = '2026-11-30T08:45:00.000Z';
  const read = (newest: string, oldAt: string) => ({ ...watched, readAt, newest, oldAt });
  const found = [
    { ...watched, code: 'mo', error: 'its query fails' },
    { code: '0c10', ...read('2019-07-31T10:00:00.123', '2019-08-07T10:00:00.000Z') },
    { code: '0c06', ...read('2019-07-31T10:00:00.123', '2119-08-07T10:00:00.000Z') },
  ];
  await new AgeStore(container).note(found, new Date(readAt), soon());
  const lines = (await good('ages')).split('\n');
  assert.deepEqual(
    lines.map((line) => line.trim().replace(/ {2,}/g, '|')),
    [
      'state|entity|place|newest|old from',
      'old|0c10/payment|heap|2019-07-31 10:00|2019-08-07 20:00',
      'unknown|mo/payment|heap|its query fails',
      'fresh|0c06/payment|heap|2019-07-31 10:00|2119-08-07 20:00',
    ],
  );
});
