/**
 * Random queries over the shipped definitions against a naive reading of the same rows. The number
 * of queries is DYNSQL_QUERIES (200); SQLSERVER_URL adds a real server.
 */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import { seededRandom } from '../support/random.ts';
import { startEngines } from './engine.ts';
import { models } from './model.ts';
import { queries } from './random-query.ts';
import { insertSql, makeWorld } from './rows.ts';

const runs = Number(process.env['DYNSQL_QUERIES'] ?? 200);
const world = makeWorld(seededRandom(6));
const engines = await startEngines();

describe('a random query answers what a naive reading does', () => {
  for (const engine of engines) {
    after(() => engine.close());
    it(`on ${engine.name}`, async () => {
      for (const statement of insertSql(world)) {
        const [, table] = /^INSERT INTO (\S+)/.exec(statement) ?? [];
        await engine.run(`DELETE FROM ${table}`);
        await engine.run(statement);
      }
      const definitions = new Map(shippedDynsql().definitions.map((one) => [one.id, one]));
      await fc.assert(
        fc.asyncProperty(
          queries(models(world), engine.isStandIn),
          async ({ id, body, expected }) => {
            const definition = definitions.get(id);
            assert.ok(definition);
            const { query, errors } = checkQuery(definition, body);
            assert.deepEqual(errors ?? [], []);
            assert.ok(query);
            assert.deepEqual(await engine.answer(buildStatement(query)), expected());
          },
        ),
        { numRuns: runs },
      );
    });
  }
});
