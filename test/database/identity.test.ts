/** Microsoft Entra identities over the wire, with a credential of the test's in Azure's place. */

import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { SqlServer } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../shared/database/databases.ts';
import {
  azureCredential,
  type CredentialSource,
  type EntraIdentity,
} from '../../shared/database/identity.ts';
import { soon } from '../support/storage.ts';

let server: SqlServer;
before(async () => {
  server = await startSqlServer({
    logins: { contract: 'password' },
    accessTokens: { 'token-of-the-app': 'syncboard-app' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
});
after(() => server.close());

function open(t: TestContext, connectionString: string, token: string | Error) {
  const asked: EntraIdentity[] = [];
  const scopes: (string | string[])[] = [];
  const credential: CredentialSource = async (identity) => {
    asked.push(identity);
    return {
      async getToken(scope) {
        scopes.push(scope);
        if (token instanceof Error) throw token;
        return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    };
  };
  const address = { id: 'ab', setting: 'SQL_AB', connectionString };
  const databases = new Databases([address], { credential, size: 3 });
  t.after(() => databases.close());
  return { databases, asked, scopes };
}

const whoAmI = 'SELECT SUSER_SNAME() AS login, DB_NAME() AS [database], APP_NAME() AS application';
const app = { login: 'syncboard-app', database: 'AB', application: 'syncboard' };

const forms: [name: string, text: (port: number) => string, identity: EntraIdentity][] = [
  [
    'a connection string with a managed identity',
    (port) =>
      `Server=tcp:localhost,${port};Database=AB;Authentication=Active Directory Managed Identity;TrustServerCertificate=true`,
    { kind: 'managed identity' },
  ],
  [
    'a connection string with a user-assigned identity',
    (port) =>
      `Server=localhost,${port};Database=AB;Authentication="Active Directory MSI";User Id=6f96;TrustServerCertificate=true`,
    { kind: 'managed identity', clientId: '6f96' },
  ],
  [
    'a connection string with the default credential',
    (port) =>
      `Server=localhost,${port};Database=AB;Authentication=Active Directory Default;TrustServerCertificate=true`,
    { kind: 'default' },
  ],
  [
    'a connection string with a service principal',
    (port) =>
      `Server=localhost,${port};Database=AB;Authentication=Active Directory Service Principal;User Id=6f96;Password=hush;Tenant Id=72f9;TrustServerCertificate=true`,
    { kind: 'service principal', tenantId: '72f9', clientId: '6f96', clientSecret: 'hush' },
  ],
  [
    'the structured form',
    (port) =>
      JSON.stringify({
        server: 'localhost',
        port,
        database: 'AB',
        authentication: 'managed identity',
        clientId: '6f96',
        trustServerCertificate: true,
      }),
    { kind: 'managed identity', clientId: '6f96' },
  ],
];

describe('a Microsoft Entra identity', () => {
  for (const [name, text, identity] of forms) {
    it(`logs in by token: ${name}`, async (t) => {
      const { databases, asked, scopes } = open(t, text(server.port), 'token-of-the-app');
      assert.deepEqual(await databases.query('ab', whoAmI, [], soon()), [app]);
      assert.deepEqual(asked, [identity]);
      assert.ok(scopes.length > 0);
      for (const scope of scopes) assert.equal(scope, 'https://database.windows.net/.default');
    });
  }

  it('asks for a token at every new connection: one that has expired is not kept', async (t) => {
    const [, text] = forms[0] ?? assert.fail();
    const { databases, scopes } = open(t, text(server.port), 'token-of-the-app');
    const sessions = await Promise.all([1, 2, 3].map(() => databases.session('ab', soon())));
    for (const session of sessions) session.release();
    // Three, and the one with which the pool tries the address out.
    assert.equal(scopes.length, 4);
  });

  it('that is refused, or that nobody gives a token for, is a failed login', async (t) => {
    const [, text] = forms[0] ?? assert.fail();
    for (const token of ['token-of-somebody', new Error('no identity on this machine')]) {
      const { databases } = open(t, text(server.port), token);
      await assert.rejects(databases.query('ab', whoAmI, [], soon()), {
        name: 'DatabaseError',
        meaning: 'login',
      });
    }
  });

  it('comes from the library of Azure', async () => {
    const kinds: [EntraIdentity, string][] = [
      [{ kind: 'managed identity' }, 'ManagedIdentityCredential'],
      [{ kind: 'managed identity', clientId: '6f96' }, 'ManagedIdentityCredential'],
      [{ kind: 'default' }, 'DefaultAzureCredential'],
      [
        { kind: 'service principal', tenantId: 't', clientId: 'c', clientSecret: 's' },
        'ClientSecretCredential',
      ],
    ];
    for (const [identity, name] of kinds) {
      assert.equal((await azureCredential(identity)).constructor.name, name);
    }
  });
});
