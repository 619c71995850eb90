/** Nested rows while somebody writes: what an answer is of, and whom it keeps waiting. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scaled } from 'stand-in-kit/testing/patience';
import type { Databases } from '../../../shared/database/databases.ts';
import type { RowVersioning } from '../../../shared/database/row-versioning.ts';
import { requireQuery } from '../../../shared/dynsql/language/query.ts';
import { loadDefinition } from '../../../shared/dynsql/language/read-definition.ts';
import { itemTexts, runQuery } from '../../../shared/dynsql/run/run-query.ts';
import { buildStatement } from '../../../shared/dynsql/sql/statements.ts';
import { soon } from '../../support/storage.ts';
import { type Server, startServer } from './wire.ts';

const masters = 300;

/** Masters and, below each, three rows; all have the number of the change that wrote them. */
const definition = loadDefinition({
  id: 'TESTM0MENT0000000000000001',
  name: 'Masters',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM dbo.master A {JOIN} {WHERE} {ORDERBY}',
      fields: [
        { expression: 'A.id', fieldname: 'ID', datatype: 'dtInteger' },
        { expression: 'A.change', fieldname: 'Change', datatype: 'dtInteger' },
        { expression: 'A.filler', fieldname: 'Filler', datatype: 'dtString' },
      ],
      aliases: [{ alias: 'A' }],
    },
    ...['ROWS', 'NOTES'].map((name) => ({
      name,
      sql: 'SELECT {FIELDS} FROM dbo.child B {JOIN} WHERE B.master=:ID {WHERE} {ORDERBY}',
      master: 'MAIN',
      masterfields: 'ID',
      fields: [
        { expression: 'B.id', fieldname: 'ID', datatype: 'dtInteger' },
        { expression: 'B.change', fieldname: 'Change', datatype: 'dtInteger' },
      ],
      aliases: [{ alias: 'B' }],
    })),
  ],
  conditions: [],
  keys: [],
  templates: {},
});
const statement = buildStatement(
  requireQuery(definition, {
    select: ['Change', 'Filler'],
    datasets: [
      { name: 'rows', select: ['ID', 'Change'] },
      { name: 'notes', select: ['ID', 'Change'] },
    ],
  }),
);

let server: Server;
before(async () => {
  server = await startServer();
});
after(() => server.close());

async function fill(databases: Databases): Promise<void> {
  const change = (text: string) => databases.query('ab', text, [], soon());
  await change(`IF OBJECT_ID('dbo.master') IS NOT NULL DROP TABLE dbo.master, dbo.child;
    CREATE TABLE dbo.master (id int NOT NULL PRIMARY KEY, change int NOT NULL, filler varchar(400) NOT NULL);
    CREATE TABLE dbo.child (id int NOT NULL PRIMARY KEY, master int NOT NULL, change int NOT NULL, INDEX child_master (master));`);
  await change(`INSERT INTO dbo.master SELECT n, 0, REPLICATE('x', 400) FROM dbo.number WHERE n < ${masters};
    INSERT INTO dbo.child SELECT a.n * 3 + b.n, a.n, 0 FROM dbo.number AS a CROSS JOIN dbo.number AS b WHERE a.n < ${masters} AND b.n < 3;`);
}

/** One transaction after another writes all rows; how long the longest took, in milliseconds. */
async function writing(databases: Databases, until: Promise<unknown>): Promise<number> {
  let isOver = false;
  void until.finally(() => {
    isOver = true;
  });
  const session = await databases.session('ab', soon());
  let longest = 0;
  try {
    let change = 0;
    do {
      change += 1;
      const start = performance.now();
      await session.batch(
        `SET XACT_ABORT ON; BEGIN TRANSACTION; UPDATE dbo.master SET change = ${change}; UPDATE dbo.child SET change = ${change}; COMMIT;`,
        soon(),
      );
      longest = Math.max(longest, performance.now() - start);
    } while (!isOver);
  } finally {
    session.release();
  }
  return longest;
}

interface Master {
  CHANGE: number;
  datasets: { name: string; items: { ID: number; CHANGE: number }[] }[];
}

const sourceOf = (databases: Databases, how: RowVersioning) => ({
  rowVersioning: async () => how,
  stream: databases.stream.bind(databases),
});

async function answered(databases: Databases, how: RowVersioning): Promise<Master[]> {
  const found: Master[] = [];
  const source = sourceOf(databases, how);
  for await (const text of itemTexts(statement, source, 'ab', soon())) {
    found.push(JSON.parse(text));
  }
  return found;
}

describe('nested rows while somebody writes', () => {
  for (const how of ['on', 'asked'] as const) {
    it(`are of one moment where row versioning is ${how}`, async (t) => {
      const { databases } = await server.open(t, 3);
      await fill(databases);
      const seen = new Set<number>();
      const reading = (async () => {
        for (let round = 0; round < 12; round += 1) {
          const all = await answered(databases, how);
          assert.equal(all.length, masters);
          const changes = new Set(
            all.flatMap(({ CHANGE, datasets }) => [
              CHANGE,
              ...datasets.flatMap(({ items }) => items.map((item) => item.CHANGE)),
            ]),
          );
          assert.equal(changes.size, 1, `changes ${[...changes]}`);
          for (const change of changes) seen.add(change);
        }
      })();
      await Promise.all([reading, writing(databases, reading)]);
      assert.ok(seen.size > 1, 'somebody wrote meanwhile');
    });
  }

  it('are whole, each below its own, where levels are copied', async (t) => {
    const { databases } = await server.open(t, 3);
    await fill(databases);
    const reading = answered(databases, 'off');
    const [all] = await Promise.all([reading, writing(databases, reading)]);
    assert.deepEqual(
      all.map(({ datasets }) => datasets.map(({ items }) => items.map(({ ID }) => ID))),
      Array.from({ length: masters }, (_, id) => {
        const below = [id * 3, id * 3 + 1, id * 3 + 2];
        return [below, below];
      }),
    );
  });

  for (const how of ['on', 'off'] as const) {
    it(`keep no writer waiting while a client reads nothing, versioning ${how}`, async (t) => {
      const { databases } = await server.open(t, 3);
      await fill(databases);
      const answer = runQuery(statement, sourceOf(databases, how), 'ab', soon());
      await answer.next();
      const ms = await writing(databases, Promise.resolve());
      await answer.return();
      assert.ok(ms < scaled(1_000), `${ms} ms`);
    });
  }
});
