import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoDatabases } from '../../demo/billing/index.ts';
import { proceduresIn } from '../../demo/test/procedures.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { sourceServer } from '../support/source-server.ts';

const catalog = shippedCatalog();
/** By the catalogue's id; the connection strings of the settings name STEK_MO and the like. */
const demo = new Map(
  demoDatabases().map((item) => [item.name.toLowerCase().replace('stek_', ''), item]),
);
const demoServers = new Set([...demo.values()].map(({ server }) => server));
const period = { month: 7, year: 2019 };
/** What is billed; what is asked over HTTP has stand-ins of its own. */
const codes = Object.keys(catalog.codes()).filter((code) =>
  demoServers.has(sourceServer(catalog, code)),
);

/** A value that fills its char(8) is the same as varchar(8). */
const varying = (type: string) => type.replace(/^char/, 'varchar');

/** Tables of a definition, each with its columns. */
function tablesOf(schema: string): Map<string, string> {
  const tables = schema.matchAll(/CREATE TABLE \[?(\w+)\]?\.\[?(\w+)\]? \((.*?)\n\)/gs);
  return new Map([...tables].map(([, owner, name, columns = '']) => [`${owner}.${name}`, columns]));
}

/** The two were written apart from each other, so that one checks the other. */
describe('the shipped catalogue and the databases of the demo', () => {
  it('name the same databases and servers', () => {
    assert.deepEqual(
      catalog.databases.map(({ id, server }) => `${id} on ${server}`).sort(),
      [...demo].map(([name, { server }]) => `${name} on ${server}`).sort(),
    );
  });

  for (const code of codes) {
    it(`agree on the procedures of ${code}, down to the parameters' types`, () => {
      for (const name of catalog.entityOrder(code)) {
        for (const { database, server, procedure, parameters } of catalog.stages({
          name,
          code,
          period,
        })) {
          const definition = demo.get(database);
          assert.equal(definition?.server, server);
          const full = `${procedure.schema}.${procedure.name}`;
          const declared = proceduresIn(definition?.schema ?? '').find(
            (candidate) => candidate.name === full,
          );
          assert.ok(declared, `${full} in ${database}`);
          const expected = declared.parameters.map((item) => `${item.name} ${varying(item.type)}`);
          assert.deepEqual(
            parameters.map((item) => `@${item.name} ${varying(item.type)}`).sort(),
            expected.sort(),
            full,
          );
        }
      }
    });

    it(`agree on the tables and columns of the freshness of ${code}`, () => {
      for (const name of catalog.entityOrder(code)) {
        for (const { database, sql } of catalog.freshness({ name, code })) {
          const tables = tablesOf(demo.get(database)?.schema ?? '');
          const used = [...sql.matchAll(/(?:FROM|JOIN) \[(\w+)\]\.\[(\w+)\]/g)];
          const columns = used.map(([, schema, table]) => {
            const found = tables.get(`${schema}.${table}`);
            assert.ok(found, `${schema}.${table} in ${database}`);
            return found;
          });
          const withoutTables = sql.replaceAll(/\[\w+\]\.\[\w+\](?= AS| WHERE|$)/g, '');
          for (const [, column = ''] of withoutTables.matchAll(/\[(\w+)\]/g)) {
            if (column === 'freshness') continue;
            assert.ok(columns.join().includes(`[${column}]`), `${column} for ${sql}`);
          }
        }
      }
    });
  }
});
