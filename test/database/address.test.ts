import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { parseAddress } from '../../shared/database/address.ts';
import { poolConfig } from '../../shared/database/pools.ts';

const structured = (members: object) =>
  JSON.stringify({ server: 'h', database: 'AB', user: 'u', password: 'hush', ...members });

const good: [text: string, expected: object][] = [
  [
    'Server=tcp:h,1434;Database=AB;User Id=u;Password="hush; =hush"',
    { server: 'h', port: 1434, database: 'AB', user: 'u', password: 'hush; =hush' },
  ],
  ['Data Source=h;Initial Catalog=AB', { server: 'h', database: 'AB' }],
  ['Server=localhost;Encrypt=false', { server: 'localhost', options: { encrypt: false } }],
  ['Server=h;Encrypt=strict', { options: { encrypt: 'strict' } }],
  ['Server=h;TrustServerCertificate=true', { options: { trustServerCertificate: true } }],
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

const wrong: [text: string, complaint: RegExp][] = [
  ['hush', /names no server/],
  ['Password=hush', /names no server/],
  ['Server=h;Password="hush', /is not a connection string/],
  ['Server=h,hush', /names no port/],
  ['Server=h,70000;Password=hush', /names no port/],
  ['Server=h;Password=hush;Encrypt=false', /turns encryption off/],
  ['Server=h.localhost.example;Encrypt=no', /turns encryption off/],
  ['{"password": "hush"', /is not valid JSON/],
  ['{"password": "hush"}', /server: .*database: /],
  [structured({ encrypt: false }), /turns encryption off/],
  [structured({ port: 0 }), /port: /],
  [structured({ user: undefined }), /user: is needed for the authentication "password"/],
  [structured({ authentication: 'default' }), /user: does not go with .*password: does not go/],
  [structured({ clientId: 'x' }), /clientId: does not go with the authentication "password"/],
  [structured({ authentication: 'hush' }), /authentication: /],
  [structured({ pasword: 'hush' }), /pasword/],
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
    fc.string().map((tail) => `Server=h;${tail}`),
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
      'Server=h;Database=AB;Application Name=other;Connection Timeout=1;Request Timeout=1;Max Pool Size=99',
  };
  const config = await poolConfig(address, { size: 4, credential: () => assert.fail() });
  // No time limit of the driver's may end a procedure of 40 minutes.
  assert.equal(config.requestTimeout, 0);
  assert.equal(config.connectionTimeout, 15_000);
  assert.equal(config.options?.appName, 'syncboard');
  // Nothing said of encryption: the driver's default is on.
  assert.equal(config.options?.encrypt, undefined);
  assert.deepEqual([config.pool?.min, config.pool?.max], [0, 4]);
});
