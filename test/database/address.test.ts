import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { parseAddress } from '../../shared/database/address.ts';
import { poolConfig } from '../../shared/database/pools.ts';

const structured = (members: object) =>
  JSON.stringify({ server: 'h', database: 'AB', user: 'u', password: 'hush', ...members });

const login = 'User Id=u;Password=hush';
const at = `Server=h;Database=AB;${login}`;
const account = { user: 'u', password: 'hush' };

const good: [text: string, expected: object][] = [
  [
    'Server=tcp:h,1434;Database=AB;User Id=u;Password="hush; =hush"',
    { server: 'h', port: 1434, database: 'AB', user: 'u', password: 'hush; =hush' },
  ],
  // As the portal of Azure writes it.
  [
    'Server=tcp:h.database.windows.net,1433;Initial Catalog=AB;Persist Security Info=False;User ID=u;Password=hush;MultipleActiveResultSets=False;Encrypt=True;TrustServerCertificate=False;Connection Timeout=30;',
    {
      ...{
        server: 'h.database.windows.net',
        port: 1433,
        database: 'AB',
        connectionTimeout: 30_000,
      },
      ...account,
      options: { encrypt: true, trustServerCertificate: false },
    },
  ],
  // All synonyms that Microsoft has; what asks for what happens anyway does no harm.
  [`Data Source=h;Initial Catalog=AB;UID=u;PWD=hush`, { server: 'h', database: 'AB', ...account }],
  [`Address=h;database=AB;User=u;pwd=hush;Trusted_Connection=no;Pooling=true`, account],
  [`Addr = h ; DATABASE = AB ; user id = u ; password = hush ;; Net=dbmssocn`, account],
  [`Network Address=(local);Database=AB;${login}`, { server: 'localhost' }],
  [`Server=.;Database=AB;${login};Integrated Security=false`, { server: 'localhost' }],
  [`Server=one;${at}`, { server: 'h' }],
  // Of all that name one thing the last, whichever of its names it has.
  [`${at};Data Source=two;Server=three`, { server: 'three' }],
  [`${at};UID=a;User Id=b`, { user: 'b' }],
  // IPv6: with brackets and without, in any spelling; the driver knows none of the former.
  [`Server=[2001:db8::5],1434;Database=AB;${login}`, { server: '2001:db8::5', port: 1434 }],
  [`Server=2001:DB8:0::5,1434;Database=AB;${login}`, { server: '2001:db8::5', port: 1434 }],
  [`Server=tcp:2001:db8::5;Database=AB;${login}`, { server: '2001:db8::5' }],
  [`Server=fe80::1\\inst;Database=AB;${login}`, { server: 'fe80::1' }],
  [`Server=fe80::1%eth0;Database=AB;${login}`, { server: 'fe80::1%eth0' }],
  [`Server=tcp:[::1],1434;Database=AB;${login};Encrypt=false`, { server: '::1', port: 1434 }],
  [structured({ server: '[0:0:0:0:0:0:0:1]', encrypt: false }), { server: '::1' }],
  [
    `Server=h\\inst;Database=AB;${login}`,
    {
      server: 'h',
      options: { encrypt: true, trustServerCertificate: false, instanceName: 'inst' },
    },
  ],
  [
    `Server=h\\inst,1500;Database=AB;${login}`,
    { server: 'h', port: 1500, options: { encrypt: true, trustServerCertificate: false } },
  ],
  [
    `Server=localhost;Database=AB;${login};Encrypt=false`,
    { server: 'localhost', options: { encrypt: false, trustServerCertificate: false } },
  ],
  [
    `Server=localhost;Database=AB;${login};Encrypt=Optional`,
    { options: { encrypt: false, trustServerCertificate: false } },
  ],
  [`${at};Encrypt=strict`, { options: { encrypt: 'strict', trustServerCertificate: false } }],
  [`${at};Encrypt=Mandatory`, { options: { encrypt: true, trustServerCertificate: false } }],
  [
    `${at};Trust Server Certificate=yes;Host Name In Certificate=sql.example`,
    { options: { encrypt: true, trustServerCertificate: true, serverName: 'sql.example' } },
  ],
  [
    `${at};ApplicationIntent=ReadOnly;MultiSubnetFailover=True;Application Name=board;Packet Size=8192;WSID=here`,
    {
      options: {
        ...{ encrypt: true, trustServerCertificate: false, readOnlyIntent: true },
        ...{ multiSubnetFailover: true, appName: 'board', packetSize: 8192, workstationId: 'here' },
      },
    },
  ],
  [`Server=h;Database=AB;User Id=FIRM\\u;Password=hush`, { domain: 'FIRM', ...account }],
  [`${at};Authentication=Sql Password`, account],
  [
    structured({}),
    {
      server: 'h',
      database: 'AB',
      user: 'u',
      password: 'hush',
      options: { encrypt: true, trustServerCertificate: false },
    },
  ],
  [
    structured({ server: '127.0.0.1', encrypt: false, port: 11_433 }),
    { port: 11_433, options: { encrypt: false, trustServerCertificate: false } },
  ],
  [structured({ port: 65_535 }), { port: 65_535 }],
  [
    structured({
      ...{ applicationIntent: 'read only', multiSubnetFailover: true, connectTimeout: 30 },
      ...{ applicationName: 'board', hostNameInCertificate: 'sql.example' },
    }),
    {
      connectionTimeout: 30_000,
      options: {
        ...{ encrypt: true, trustServerCertificate: false, serverName: 'sql.example' },
        ...{ readOnlyIntent: true, multiSubnetFailover: true, appName: 'board' },
      },
    },
  ],
];
for (const [text, expected] of good) {
  test(`is an address: ${text}`, () => {
    const { config, identity } = parseAddress(text);
    const { options, ...members } = expected as { options?: object };
    for (const [name, value] of Object.entries(members)) {
      assert.deepEqual(Reflect.get(config, name), value, name);
    }
    if (options) assert.deepEqual(config.options, options);
    assert.equal(identity, undefined);
  });
}

const principal = { kind: 'service principal', tenantId: 't', clientId: 'c', clientSecret: 'hush' };
const byIdentity = 'Server=h;Database=AB;Authentication';
const identities: [text: string, identity: object][] = [
  [`${byIdentity}=Active Directory Managed Identity`, { kind: 'managed identity' }],
  [`${byIdentity}=ActiveDirectoryMSI;User Id=c`, { kind: 'managed identity', clientId: 'c' }],
  [`${byIdentity}=Active Directory Default`, { kind: 'default' }],
  [
    `${byIdentity}=Active Directory Service Principal;User Id=c;Password=hush;Tenant Id=t`,
    principal,
  ],
  [`${byIdentity}=Active Directory Service Principal;UID=c@t;PWD=hush`, principal],
  [
    JSON.stringify({
      ...{ server: 'h', database: 'AB', authentication: 'service principal' },
      ...{ clientId: 'c', clientSecret: 'hush', tenantId: 't' },
    }),
    principal,
  ],
];
for (const [text, identity] of identities) {
  test(`is an identity: ${text}`, () => {
    const parsed = parseAddress(text);
    assert.deepEqual(parsed.identity, identity);
    assert.doesNotMatch(inspect(parsed.config, { depth: 9 }), /hush/);
  });
}

const wrong: [text: string, complaint: RegExp][] = [
  ['hush', /is not a connection string/],
  ['Password=hush', /names no server.*has no Database.*has no User Id/],
  [`Server=h;Database=AB;Password="hush`, /is not a connection string/],
  [`Server=h,hush;Database=AB;${login}`, /names no port/],
  [`Server=h,70000;Database=AB;${login}`, /names no port/],
  [`${at};Encrypt=false`, /turns encryption off/],
  [`Server=h.localhost.example;Database=AB;${login};Encrypt=no`, /turns encryption off/],
  [
    `Server=h;Database=AB;User Id=u;Pasword=hush`,
    /number 4\): did you mean Password\?.*no Password/,
  ],
  [`Server=h;Databse=hush;${login}`, /number 2\): did you mean Database\?.*has no Database/],
  [`Server=h;Database=AB;UserId=u;Password=a;hush=1`, /number 5\): a value that holds a semicolon/],
  [`${at};Integrated Security=SSPI`, /has Integrated Security .*User Id and Password/],
  [`Server=h;Database=AB;Trusted_Connection=hush`, /has Trusted_Connection .*has no User Id/],
  [`${at};Failover Partner=hush`, /has Failover Partner .*MultiSubnetFailover=true/],
  [`${at};FailoverPartner=hush`, /has Failover Partner/],
  [`${at};Max Pool Size=99`, /has Max Pool Size .*SQL_POOL_SIZE/],
  [`${at};Pooling=false`, /has Pooling/],
  [`${at};Command Timeout=30`, /has Command Timeout .*timeoutSeconds/],
  [`${at};AttachDbFilename=hush`, /has AttachDbFilename/],
  [`Driver={hush};${at}`, /has Driver .*ODBC/],
  [`jdbc:sqlserver://h;password=hush`, /form of JDBC/],
  [`${at};Authentication=hush`, /has an Authentication that is not supported/],
  [`${at};Authentication=Active Directory Password`, /has an Authentication that is not/],
  [`${at};Authentication=Active Directory Managed Identity`, /has a Password beside an identity/],
  [`${at};Authentication=Active Directory Service Principal`, /without all it needs.*Tenant Id/],
  [`${at};Tenant Id=hush`, /has a Tenant Id, which belongs to/],
  [`Server=h;Database=AB;User Id=u`, /has no Password/],
  [`Server=h;Database=AB`, /has no User Id and no Password/],
  [`Server=h;${login}`, /has no Database/],
  [`Server=np:\\\\hush;Database=AB;${login}`, /not reached by TCP/],
  [`Server=(localdb)\\hush;Database=AB;${login}`, /has a LocalDB/],
  [`${at};ApplicationIntent=hush`, /neither ReadOnly nor ReadWrite/],
  [`${at};MultiSubnetFailover=hush`, /has a MultiSubnetFailover that is neither true nor false/],
  [`${at};TrustServerCertificate=hush`, /has a TrustServerCertificate that is neither/],
  [`${at};Encrypt=hush`, /none of true, false and strict/],
  [`${at};Connect Timeout=0`, /has a Connect Timeout that is no whole number of seconds from 1/],
  [`${at};Packet Size=hush`, /has a Packet Size that is no whole number/],
  ['{"password": "hush"', /is not valid JSON/],
  ['{"password": "hush"}', /server: .*database: /],
  [structured({ encrypt: false }), /turns encryption off/],
  [structured({ port: 0 }), /port: /],
  [structured({ port: 65_536 }), /address of a database: port: /],
  [structured({ user: undefined }), /user: is needed for the authentication "password"/],
  [structured({ authentication: 'default' }), /user: does not go with .*password: does not go/],
  [structured({ clientId: 'x' }), /clientId: does not go with the authentication "password"/],
  [
    structured({ authentication: 'service principal' }),
    /clientSecret: is needed.*tenantId: is needed/,
  ],
  [structured({ authentication: 'hush' }), /authentication: /],
  [structured({ pasword: 'hush' }), /unknown: "pasword" \(did you mean password\?\)/],
];
for (const [text, complaint] of wrong) {
  test(`is no address, and says why without saying it: ${text}`, () => {
    assert.throws(
      () => parseAddress(text),
      (error: Error) => {
        assert.ok(error instanceof RangeError);
        assert.match(error.message, complaint);
        assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /hush/);
        return true;
      },
    );
  });
}

test('whatever the text, there is an address or a complaint', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((tail) => `${at};${tail}`),
  );
  fc.assert(
    fc.property(text, (value) => {
      try {
        assert.ok(parseAddress(value).config.server);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
  );
});

test('what a pool is opened with', async () => {
  const address = {
    id: 'ab',
    setting: 'SQL_AB',
    connectionString:
      'Server=h;Database=AB;User Id=u;Password=hush;Connection Timeout=30;ApplicationIntent=ReadOnly',
  };
  const config = await poolConfig(address, { size: 4, credential: () => assert.fail() });
  // No time limit of the driver's may end a procedure of 40 minutes.
  assert.equal(config.requestTimeout, 0);
  assert.equal(config.connectionTimeout, 30_000);
  assert.equal(config.options?.appName, 'syncboard');
  assert.equal(config.options?.readOnlyIntent, true);
  assert.equal(config.options?.encrypt, true);
  assert.deepEqual([config.pool?.min, config.pool?.max], [0, 4]);
  const plain = { ...address, connectionString: structured({ applicationName: 'board' }) };
  const other = await poolConfig(plain, { size: 4, credential: () => assert.fail() });
  assert.equal(other.connectionTimeout, 15_000);
  assert.equal(other.options?.appName, 'board');
});
