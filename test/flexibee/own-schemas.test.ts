/** The mirror, its typed tables and dynsql's rows under names of one's own, on real T-SQL. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSqlServer } from 'tds-sqlite';
import { grantsFor } from '../../shared/app/grants.ts';
import { parseCatalogText } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import { loadRows } from '../../shared/dynsql/rows/load-rows.ts';
import { sqlRows } from '../../shared/dynsql/rows/sql-rows.ts';
import { pageProcedure, sqlMirror } from '../../shared/flexibee/apply.ts';
import { pruneJournal } from '../../shared/flexibee/base-procedures.ts';
import { sqlMirrorRows } from '../../shared/flexibee/reconcile/mirror-rows.ts';
import { sqlTypedBase } from '../../shared/flexibee/typed/base.ts';
import { command } from '../../sql/command.ts';
import { install } from '../../sql/installer.ts';
import { inSchemas } from '../../sql/own-schemas.ts';
import { readScripts } from '../../sql/scripts.ts';
import { edit, type Json, shippedJson, stepsOf } from '../catalog/edited.ts';
import { folderOf } from '../dynsql/own.ts';
import { soon } from '../support/storage.ts';

const scripts = await readScripts(fileURLToPath(new URL('../../sql/install/', import.meta.url)));

test('the usual names leave the scripts as they are', () => {
  assert.deepEqual(inSchemas(scripts, { crude: 'crude', flexi: 'flexi' }), scripts);
});

test('with other names nothing of the usual ones is left, and each script is another', () => {
  const changed = inSchemas(scripts, { crude: 'my [raw]', flexi: 'erp' });
  for (const [index, { name, batches, sha256 }] of changed.entries()) {
    const code = batches.map(({ text }) => text.replace(/--.*|\/\*[\s\S]*?\*\//g, '')).join('\n');
    assert.doesNotMatch(code, /\b(crude|flexi)\.|N'+(crude|flexi)'|SCHEMA (crude|flexi)\b/, name);
    const isSame = /^00[12]-/.test(name);
    assert.equal(sha256 === scripts[index]?.sha256, isSame, name);
  }
});

for (const schemas of [
  { crude: 'staging', flexi: 'erp' },
  { crude: 'my [raw] data', flexi: 'order' },
  { crude: 'flexi', flexi: 'čeština.x' },
]) {
  describe(`crude is ${schemas.crude}, flexi is ${schemas.flexi}`, () => {
    let server: Awaited<ReturnType<typeof startSqlServer>>;
    let databases: Databases;
    before(async () => {
      server = await startSqlServer({
        logins: { app: 'secret' },
        databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
      });
      const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=app;Password=secret;Encrypt=false`;
      databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString, schemas }]);
      const session = await databases.session('ab', soon());
      await install(session, inSchemas(scripts, schemas), () => {}, soon());
      session.destroy();
    });
    after(async () => {
      await databases.close();
      await server.close();
    });
    const quoted = (name: string) => `[${name.replaceAll(']', ']]')}]`;
    const query = (sql: string) => databases.query('ab', sql, [], soon());
    const procedure = { ...pageProcedure, schema: schemas.crude };

    test('records go into mirror and typed tables, and are listed and pruned there', async () => {
      const typed = sqlTypedBase(databases, 'ab');
      const told = { title: 'Ceník', properties: [] };
      assert.match(await typed.shape('demo', 'cenik', told, soon()), /^(same|shaped)$/);
      assert.ok((await typed.columns('cenik', soon())).size > 0);
      const mirror = sqlMirror(databases, () => ({ database: 'ab', procedure }));
      const readAt = '2026-01-02T00:00:00.000Z';
      const page = {
        ...{ company: 'demo', generation: 1, readAt },
        batches: [
          {
            evidence: 'cenik',
            changes: [],
            records: [
              {
                ...{ id: '7', version: 3, deleted: false, externalIds: [], code: 'A' },
                payload: { id: '7', kod: 'A', nazev: 'Áčko' },
              },
            ],
          },
        ],
      };
      const rows = await mirror.apply(page, soon());
      assert.equal(rows.get('cenik')?.created, 1);
      assert.equal(await mirror.generation('demo', ['cenik'], soon()), 1);
      const [row] = await query(`SELECT code FROM ${quoted(schemas.crude)}.flexibee_record`);
      assert.equal(row?.['code'], 'A');
      const [living] = await query(`SELECT nazev FROM ${quoted(schemas.flexi)}.cenik_living`);
      assert.equal(living?.['nazev'], 'Áčko');
      const listed = sqlMirrorRows(databases, 'demo', () => 'ab');
      const ids: string[] = [];
      for await (const some of listed.pages('cenik', { by: 'lastUpdate' }, soon())) {
        ids.push(...some.map(({ id }) => id));
      }
      assert.deepEqual(ids, ['7']);
      assert.equal(await pruneJournal(databases, ['ab'], 'demo', new Date(), soon()), 0);
    });

    test('rows of a query go there, too', async () => {
      const own = { schema: schemas.crude, name: 'sp_apply_dynsql_rows' };
      const target = sqlRows(databases, { database: 'ab', procedure: own });
      async function* rows() {
        yield '{"ID": "1", "Name": "one"}';
      }
      const set = {
        source: 's',
        entity: 'e',
        period: '',
        definition: '01B4XCTHYNDL3C5P00CA141B44',
      };
      const loaded = await loadRows({ set, rows, keyFields: ['ID'], target }, () => {}, soon());
      assert.equal(loaded.created, 1);
      const [row] = await query(`SELECT payload FROM ${quoted(schemas.crude)}.dynsql_row`);
      assert.match(String(row?.['payload']), /one/);
    });
  });
}

describe('by the catalogue', () => {
  const schemas = { crude: 'my staging', flexi: 'erp' };
  const ab = (given: Json) => {
    const catalog = shippedJson();
    edit(catalog, stepsOf('databases[5].schemas'), given);
    const text = JSON.stringify(catalog);
    return text.replaceAll('crude.sp_apply_flexibee_page', '[my staging].sp_apply_flexibee_page');
  };

  test('its schemas are those of rights and of what the app calls', () => {
    const catalog = parseCatalogText(ab(schemas), 'own');
    assert.deepEqual(catalog.databases[5]?.schemas, schemas);
    assert.deepEqual(catalog.databases[0]?.schemas, { crude: 'crude', flexi: 'flexi' });
    const objects = grantsFor(catalog, [], 'ab').map(({ object }) => object);
    for (const name of ['sp_apply_flexibee_page', 'sp_read_flexibee_generation']) {
      assert.ok(objects.includes(`[my staging].[${name}]`), name);
    }
    assert.ok(objects.includes('[erp].[sp_shape_evidence]'));
    assert.ok(!objects.some((object) => object.startsWith('[flexi]')));
  });

  for (const [given, fault] of [
    [{ crude: "o'clock" }, /databases\[5\]\.schemas\.crude: "o'clock" is not a schema/],
    [{ crude: '' }, /databases\[5\]\.schemas\.crude: "" is not a schema/],
    [{ crude: 'a', flexi: 'a' }, /databases\[5\]\.schemas: one schema for both/],
    [{ crude: 'flexi' }, /databases\[5\]\.schemas: one schema for both/],
    [{ rude: 'a' }, /databases\[5\]\.schemas\.rude: not a key/],
  ] as const) {
    test(`${JSON.stringify(given)} is refused`, () => {
      assert.throws(() => parseCatalogText(ab(given), 'own'), fault);
    });
  }

  test('sql:install makes them, once, and tells when they are to be called otherwise', async (t) => {
    const server = await startSqlServer({
      logins: { app: 'secret' },
      databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
    });
    t.after(() => server.close());
    const url = `Server=127.0.0.1,${server.port};Database=AB;User Id=app;Password=secret;Encrypt=false`;
    const installed = async (given: Json) => {
      const folder = await folderOf(t, { 'own.json': ab(given) });
      const lines: string[] = [];
      const args = ['--database', 'ab', '--url', url];
      const environment = { CATALOG: join(folder, 'own.json') };
      const code = await command(args, environment, (line) => lines.push(line), soon());
      return { code, last: lines.at(-1) };
    };
    assert.deepEqual(await installed(schemas), { code: 0, last: 'done' });
    const again = await installed(schemas);
    assert.deepEqual(again, { code: 0, last: 'nothing to do: all scripts are applied' });
    await assert.rejects(
      installed({ ...schemas, flexi: 'other' }),
      /006-flexi has changed.*schemas/,
    );
    const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString: url }]);
    t.after(() => databases.close());
    const sql =
      "SELECT name FROM sys.schemas WHERE name IN ('my staging', 'erp', 'crude', 'flexi')";
    const names = (await databases.query('ab', sql, [], soon())).map(({ name }) => name);
    assert.deepEqual(names.sort(), ['erp', 'my staging']);
  });
});
