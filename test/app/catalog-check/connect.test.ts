/**
 * Whoever cannot be asked, of every kind and in every way: the fault names where it was asked, by which
 * setting, and the place in the catalogue, and tells no secret.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { type AbraGen, startAbraGen } from 'abra-gen-server';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { type SqlServer, selfSignedCertificate, startSqlServer } from 'tds-sqlite';
import { connectedFaults } from '../../../shared/app/catalog-check/connect.ts';
import { entriesIn } from '../../../shared/app/catalog-check/entries.ts';
import {
  companyFaults,
  connectionFaults,
} from '../../../shared/app/catalog-check/servers-check.ts';
import { parseCatalogText } from '../../../shared/catalog/index.ts';
import { readSettings, requireConnections } from '../../../shared/settings/settings.ts';
import { freePorts } from '../../support/free-ports.ts';
import {
  json,
  type ScriptedHttp,
  startScriptedHttp,
  startScriptedHttps,
} from '../../support/scripted-http.ts';
import { soon } from '../../support/storage.ts';

const catalogOf = (names: { company: string; connection: string }) => ({
  periods: { from: '2020-01', timeZone: 'UTC' },
  servers: ['one', 'flexi', 'gen'].map((id) => ({ id, description: id })),
  databases: [{ id: 'src', server: 'one', connection: 'SQL_SRC' }],
  connections: [
    {
      ...{ id: 'gen', kind: 'abra-gen', server: 'gen', connection: 'ABRA_GEN_ONE' },
      name: names.connection,
    },
  ],
  dataSources: [
    { code: 'a', description: 'a', system: 's', database: 'src' },
    {
      ...{ code: 'fx', description: 'fx', system: 'flexibee' },
      company: { server: 'flexi', connection: 'FLEXIBEE_FX', name: names.company },
    },
  ],
  entities: [
    { name: 'meter', description: 'Meter', systems: ['s'] },
    { name: 'adresar', description: 'Adresář', systems: ['flexibee'] },
  ],
  pipelines: [
    { id: 's', stages: [{ stage: 'export', procedure: 'dbo.sp_export' }] },
    {
      ...{ id: 'flexibee', database: 'src', repeatable: true },
      stages: [{ stage: 'load', kind: 'flexibee', procedure: 'dbo.sp_apply' }],
    },
  ],
});

let sql: SqlServer;
let flexibee: Flexibee;
let gen: AbraGen;
let tls: ScriptedHttp;
/** That is no server of ours: of HTTP, without encryption. */
let proxy: ScriptedHttp;
let silent: Server;
const sockets = new Set<Socket>();
let closed = 0;
before(async () => {
  const { key, cert } = selfSignedCertificate();
  const pair = { key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
  const schema =
    'CREATE PROCEDURE dbo.sp_export AS RETURN 0\nGO\nCREATE PROCEDURE dbo.sp_apply AS RETURN 0';
  silent = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
  });
  silent.listen(0, '127.0.0.1');
  [sql, flexibee, gen, tls, proxy, [closed = 0]] = await Promise.all([
    startSqlServer({ logins: { app: 'top-secret' }, databases: [{ name: 'SRC', schema }] }),
    startFlexibee(),
    startAbraGen({ invoices: 600 }),
    startScriptedHttps(pair, json({})),
    startScriptedHttp((response) => void response.end('<html>Welcome</html>')),
    freePorts(1),
    once(silent, 'listening'),
  ]);
});
after(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  await Promise.all([sql.close(), flexibee.close(), gen.close(), tls.close(), proxy.close()]);
});

const portOf = (origin: string) => Number(new URL(origin).port);
const silentPort = () => (silent.address() as AddressInfo).port;

const ofSql = (server: string, more = 'Encrypt=false', database = 'SRC', password = 'top-secret') =>
  `Server=${server};Database=${database};User Id=app;Password=${password};${more}`;
const ofHttp = (url: string, user: string, password = 'top-secret') =>
  `Url=${url};User Id=${user};Password=${password}`;

interface World {
  /** In place of those that are right. */
  settings?: Record<string, string>;
  names?: { company?: string; connection?: string };
}

function worldOf({ settings, names }: World) {
  const catalog = catalogOf({ company: 'demo', connection: 'demodata', ...names });
  const text = JSON.stringify(catalog, undefined, 2);
  const environment = {
    SQL_SRC: ofSql(`127.0.0.1,${sql.port}`),
    FLEXIBEE_FX: ofHttp(flexibee.url, 'winstrom', 'winstrom'),
    ABRA_GEN_ONE: ofHttp(gen.url, 'Supervisor', 'supervisor'),
    ...settings,
  };
  return { text, environment, catalog: parseCatalogText(text, 'catalog.json') };
}

async function faultsOf(world: World) {
  const { text, environment, catalog } = worldOf(world);
  const checked = {
    catalog,
    file: { file: 'catalog.json', text },
    definitions: [],
    areShipped: true,
  };
  const faults = await connectedFaults(checked, environment, soon());
  // What `sql:install` brings is not there, and nobody's here.
  return faults.filter(({ path }) => !path?.startsWith('pipelines'));
}

test('where everybody answers nothing is told', async () => {
  assert.deepEqual(await faultsOf({}), []);
});

interface Case {
  what: string;
  world: () => World;
  path: string;
  /** Where it was asked. */
  at: () => string;
  text: RegExp;
  cure: RegExp;
  isAnswered?: true;
}

const away = /no firewall is between/;
const database = 'databases[0].connection';
const sqlAt =
  (port: () => number, host = '127.0.0.1') =>
  () =>
    `src at ${host}:${port()}, as SQL_SRC says,`;
const sqlCase = (
  what: string,
  setting: () => string,
  rest: Omit<Case, 'what' | 'world' | 'path'>,
): Case => ({
  ...{ what: `SQL Server: ${what}`, path: database, ...rest },
  world: () => ({ settings: { SQL_SRC: setting() } }),
});

const databaseCases: Case[] = [
  sqlCase('refused', () => ofSql(`127.0.0.1,${closed}`), {
    ...{ at: sqlAt(() => closed), text: /ECONNREFUSED/, cure: away },
  }),
  sqlCase('a name that is none', () => ofSql('no-such-host.invalid,1433', 'Encrypt=true'), {
    ...{ at: sqlAt(() => 1433, 'no-such-host.invalid'), text: /ENOTFOUND|EAI_AGAIN/, cure: away },
  }),
  sqlCase('silence', () => ofSql(`127.0.0.1,${silentPort()}`, 'Encrypt=false;Connect Timeout=1'), {
    ...{ at: sqlAt(silentPort), text: /in 1000ms/, cure: away },
  }),
  sqlCase('a certificate of its own', () => ofSql(`127.0.0.1,${sql.port}`, 'Encrypt=true'), {
    at: sqlAt(() => sql.port),
    ...{ text: /self-signed certificate/, cure: /TrustServerCertificate=true to SQL_SRC/ },
  }),
  sqlCase('a wrong password', () => ofSql(`127.0.0.1,${sql.port}`, 'Encrypt=false', 'SRC', 'x'), {
    ...{ at: sqlAt(() => sql.port), text: /Login failed for user 'app'/, isAnswered: true },
    cure: /^check User Id, Password and Database in SQL_SRC/,
  }),
  sqlCase('another database', () => ofSql(`127.0.0.1,${sql.port}`, 'Encrypt=false', 'SRCC'), {
    ...{ at: sqlAt(() => sql.port), text: /Cannot open database "SRCC"/, isAnswered: true },
    cure: /Database in SQL_SRC/,
  }),
];

/** Both are asked over HTTP, and differ in their names alone. */
function httpCases(
  system: string,
  {
    setting,
    entry,
    user,
    password,
    url,
  }: Record<'setting' | 'entry' | 'user' | 'password', string> & { url(): string },
): Case[] {
  const one = (
    what: string,
    to: () => string,
    rest: Pick<Case, 'text' | 'cure' | 'isAnswered'>,
    value = () => ofHttp(to(), user),
  ): Case => ({
    what: `${system}: ${what}`,
    path: `${entry}.connection`,
    world: () => ({ settings: { [setting]: value() } }),
    at: () => `asked at ${new URL(to()).hostname}:${new URL(to()).port || 443}, as ${setting} says`,
    ...rest,
  });
  const unknown = 'https://no-such-host.invalid';
  const plainAsTls = () => `https://127.0.0.1:${portOf(proxy.origin)}`;
  return [
    one('refused', () => `https://127.0.0.1:${closed}`, { text: /ECONNREFUSED/, cure: away }),
    one('a name that is none', () => unknown, {
      ...{ text: /name of the server is not known \((ENOTFOUND|EAI_AGAIN)\)/, cure: /DNS/ },
    }),
    one('a certificate of its own', () => tls.origin, {
      ...{
        text: /not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
        cure: /TrustServerCertificate=true/,
      },
    }),
    one('a port without encryption', plainAsTls, {
      text: /no encrypted connection can be made/,
      cure: /the port may be one without encryption/,
    }),
    one('a page of a proxy', () => proxy.origin, {
      ...{ text: /the answer is no JSON/, cure: /a page of a proxy/, isAnswered: true },
    }),
    one(
      'a wrong password',
      url,
      { text: /HTTP 401/, cure: /Check User Id and Password/, isAnswered: true },
      () => ofHttp(url(), user),
    ),
    {
      ...one('another name', url, {
        text: /HTTP 404/,
        cure: /Check the (name|id)/,
        isAnswered: true,
      }),
      path: `${entry}.name`,
      world: () => ({
        names: { [system === 'FlexiBee' ? 'company' : 'connection']: 'demoo' },
        settings: { [setting]: ofHttp(url(), user, password) },
      }),
    },
  ];
}

const cases: Case[] = [
  ...databaseCases,
  ...httpCases('FlexiBee', {
    ...{ setting: 'FLEXIBEE_FX', entry: 'dataSources[1].company' },
    ...{ user: 'winstrom', password: 'winstrom', url: () => flexibee.url },
  }),
  ...httpCases('ABRA Gen', {
    ...{ setting: 'ABRA_GEN_ONE', entry: 'connections[0]' },
    ...{ user: 'Supervisor', password: 'supervisor', url: () => gen.url },
  }),
];
for (const { what, world, path, at, text, cure, isAnswered } of cases) {
  test(what, async () => {
    const [fault, ...others] = await faultsOf(world());
    assert.deepEqual(others, []);
    assert.equal(fault?.path, path, JSON.stringify(fault));
    assert.ok(fault.text.includes(at()), fault.text);
    assert.match(fault.text, text);
    assert.match(fault.cure ?? '', cure);
    assert.equal(fault.isUnanswered === undefined, isAnswered === true);
    assert.ok((fault.line ?? 0) > 1, 'in the file');
    assert.ok(!/top-secret|supervisor(?! )/.test(JSON.stringify(fault)), JSON.stringify(fault));
  });
}

test('silence over HTTP', async () => {
  const url = `http://127.0.0.1:${silentPort()}`;
  const settings = { FLEXIBEE_FX: ofHttp(url, 'u'), ABRA_GEN_ONE: ofHttp(url, 'u') };
  const { text, environment, catalog } = worldOf({ settings });
  const { companies, abraGen } = requireConnections(readSettings(environment).settings, catalog);
  const limits = { retry: { attempts: 1, baseMs: 0, capMs: 0 }, deadlineMs: 100 };
  const entries = entriesIn(text);
  const faults = await Promise.all([
    companyFaults(catalog, companies, entries, soon(), limits),
    connectionFaults(catalog, abraGen, entries, soon(), limits),
  ]);
  assert.deepEqual(
    faults
      .flat()
      .map(({ path, text: told, isUnanswered }) => [path, told.split(': ').at(-1), isUnanswered]),
    [
      [
        'dataSources[1].company.connection',
        `no whole answer within 0.1 s, asked at 127.0.0.1:${silentPort()}, as FLEXIBEE_FX says`,
        true,
      ],
      [
        'connections[0].connection',
        `no whole answer within 0.1 s, asked at 127.0.0.1:${silentPort()}, as ABRA_GEN_ONE says`,
        true,
      ],
    ],
  );
});
