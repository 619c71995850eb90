/** The first definition of docs/dynsql.md, word for word: tables, files, queries, answers. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { type SqlServer, startSqlServer } from 'tds-sqlite';
import { standInAt, withDatabase } from '../../demo/billing/connections.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import { DynsqlConnections } from '../../shared/app/connections/dynsql-connections.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import { makeDynsqlCatalog } from '../../shared/dynsql/language/dynsql-catalog.ts';
import { queryOfParameters } from '../../shared/dynsql/language/query-parameters.ts';
import { soon } from '../support/storage.ts';

let server: SqlServer;
let databases: Databases;
/** Blocks of the section by their language, in order. */
let blocks: (language: string) => string[];

before(async () => {
  const page = await readFile(new URL('../../docs/dynsql.md', import.meta.url), 'utf8');
  const [, section = ''] = /\n## A first definition\n([\s\S]*?)\n## /.exec(page) ?? [];
  const all = [...section.matchAll(/```(\w*)\n([\s\S]*?)```/g)];
  blocks = (language) => all.filter((one) => one[1] === language).map(([, , text = '']) => text);
  const logins = { [demoLogin.user]: demoLogin.password };
  const database = { name: 'AB', server: 'ab', schema: '', procedures: [] };
  server = await startSqlServer({ logins, databases: [database] });
  const connectionString = withDatabase(standInAt(server.port), 'AB');
  databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  const session = await databases.session('ab', soon());
  for (const sql of blocks('sql')) await session.batch(sql, soon());
  session.destroy();
});
after(async () => {
  await databases.close();
  await server.close();
});

/** As the app has it once the file is in the folder of DYNSQL. */
function asked(definition: string) {
  const file = { name: 'dynsql/contracts.json', json: () => JSON.parse(definition) as unknown };
  const dynsql = makeDynsqlCatalog({ definitions: [file], reports: [] }, 'the page');
  const { connections } = shippedCatalog();
  const own = new DynsqlConnections({
    catalog: { connections: connections.filter(({ id }) => id === 'ab') },
    dynsql,
    addresses: {},
    databases,
    stopping: new AbortController().signal,
    now: () => new Date(),
  });
  const connection = own.find('ab');
  const [only] = dynsql.definitions;
  assert.ok(connection && only);
  return {
    definition: only,
    async answer(body: unknown): Promise<unknown> {
      const pieces: Uint8Array[] = [];
      const { make } = connection.answer({ definition: only.id, body });
      for await (const piece of make(soon())) pieces.push(piece);
      return JSON.parse(Buffer.concat(pieces).toString());
    },
  };
}

test('one dataset is asked as the page says', async () => {
  const [definition = '', answer = ''] = blocks('json');
  const [, body = ''] = /-d '(.*)'/.exec(blocks('sh').join('')) ?? [];
  assert.deepEqual(await asked(definition).answer(JSON.parse(body)), JSON.parse(answer));
});

test('the grown one is asked as the page says, and by its address', async () => {
  const [, , definition = '', body = '', answer = ''] = blocks('json');
  const own = asked(definition);
  assert.deepEqual(await own.answer(JSON.parse(body)), JSON.parse(answer));
  const address = new URL(blocks('').join(''), 'http://127.0.0.1');
  assert.equal(address.pathname, `/ab/dynsql/${own.definition.id}/rows`);
  const byGet = queryOfParameters(own.definition, address.searchParams);
  const { items } = (await own.answer(byGet.body)) as { items: { NUMBER: string }[] };
  assert.deepEqual(
    items.map(({ NUMBER }) => NUMBER),
    ['A-1', 'B-1'],
  );
});
