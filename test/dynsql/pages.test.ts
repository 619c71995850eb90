/** Page after page by `next`, and how many rows there are by `count`. */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Definition } from '../../shared/dynsql/definition.ts';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { QueryFault } from '../../shared/dynsql/language/query-faults.ts';
import { loadDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import { seededRandom } from '../support/random.ts';
import { type Item, startStandIn } from './engine.ts';
import { models } from './model.ts';
import { queries } from './random-query.ts';
import { insert, insertSql, makeWorld } from './rows.ts';

const engine = await startStandIn();
after(() => engine.close());

/** @throws QueryFault */
function statementOf(definition: Definition, body: object) {
  const { query, errors } = checkQuery(definition, body);
  assert.ok(query, JSON.stringify(errors));
  return buildStatement(query);
}

/** @param between what happens after each page */
async function allPages(
  definition: Definition,
  body: object,
  between: (page: number) => Promise<void> = async () => {},
): Promise<Item[][]> {
  const pages: Item[][] = [];
  for (let next: string | true | undefined = true; next !== undefined; ) {
    const answer = await engine.body(statementOf(definition, { ...body, next }));
    pages.push(answer.items);
    next = answer.next;
    await between(pages.length);
  }
  return pages;
}

/** Of each type that rows may be sorted by: values in order. */
const columns: Readonly<Record<string, [type: string, ...values: (string | number)[]]>> = {
  whole: ['int', -5, 0, 7],
  big: ['bigint', '-9007199254740993', '9007199254740993', '9223372036854775807'],
  exact: ['decimal(20, 4)', '-1.5000', '0.0001', '1234567890123456.7891'],
  money: ['money', '-1.5', '0', '922337203685477.5807'],
  double: ['float', -1.5, 0.1, 1e100],
  single: ['real', -1.5, 0.1, 3.3],
  flag: ['bit', 0, 1],
  day: ['date', '2019-07-31', '2020-01-01', '9999-12-31'],
  old: ['datetime', '2019-07-31T10:00:00.003', '2019-07-31T10:00:00.007', '2020-01-01T00:00:00'],
  clock: ['datetime2(7)', '2019-07-31T10:00:00.1234567', '2019-07-31T10:00:00.1234568'],
  moment: ['datetimeoffset(3)', '2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00'],
  time: ['time(3)', '08:00:00', '23:59:59.999'],
  guid: [
    'uniqueidentifier',
    '6F9619FF-8B86-D011-B42D-00C04FC964F0',
    '6F9619FF-8B86-D011-B42D-00C04FC964FF',
  ],
  // Blanks at the end make no other value.
  code: ['varchar(40)', '0', 'A b', 'x', 'x '],
  name: ['nvarchar(40)', '', "O'Neill", 'abel', 'Abel ', 'čaj', 'Čaj 2', 'duha'],
};
const names = Object.keys(columns);
const literal = (value: unknown) =>
  value === null ? 'NULL' : `N'${String(value).replaceAll("'", "''")}'`;

await engine.run(
  `CREATE TABLE dbo.sorted (ID int PRIMARY KEY, ${names.map((name) => `[${name}] ${columns[name]?.[0]} NULL`).join(', ')})`,
);
const random = seededRandom(12);
const rowCount = 60;
const rows = Array.from({ length: rowCount }, (_, index) => [
  String(index + 1),
  ...names.map((name) => {
    const [, ...values] = columns[name] ?? [''];
    return literal([null, ...values][Math.floor(random() * (values.length + 1))] ?? null);
  }),
]);
await engine.run(
  `INSERT INTO dbo.sorted VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')}`,
);

const sorted = loadDefinition({
  id: 'TESTS0RTED0000000000000001',
  name: 'Sorted',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM dbo.sorted A {WHERE} {ORDERBY}',
      fields: [{ expression: 'A.ID', fieldname: 'ID', datatype: 'dtInteger' }],
      aliases: [{ alias: 'A' }],
    },
    {
      name: 'LOOSE',
      master: 'MAIN',
      masterfields: 'ID',
      sql: 'SELECT {FIELDS} FROM dbo.sorted B WHERE B.ID < :ID {WHERE} {ORDERBY}',
      fields: [{ expression: 'B.whole', fieldname: 'whole', datatype: 'dtInteger' }],
      aliases: [{ alias: 'B' }],
    },
  ],
  conditions: [{ id: 'ID', dataset: 'MAIN', alias: 'A', datatype: 'ctInteger', template: 'INT' }],
  keys: [
    ...names.map((name) => ({ id: name, sql: `A.[${name}]`, dataset: 'MAIN' })),
    { id: 'czech', sql: 'A.name COLLATE Czech_CI_AS', dataset: 'MAIN' },
  ],
  templates: {
    INT: { type: 'int', range: '{ALIAS}.ID BETWEEN {FROM} AND {TO}', list: '{ALIAS}.ID IN {LIST}' },
  },
});

const loose = loadDefinition({
  id: 'TESTL00SE00000000000000001',
  name: 'Loose',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM dbo.sorted A',
      fields: [{ expression: 'A.whole', fieldname: 'whole', datatype: 'dtInteger' }],
      aliases: [{ alias: 'A' }],
    },
  ],
});

describe('pages by next', () => {
  for (const name of [...names, 'czech']) {
    it(`of rows sorted by ${name}, whose values are NULL and not unique`, async () => {
      for (const ordering of ['asc', 'desc']) {
        const body = { select: 'ID', orderby: { id: name, ordering } };
        const whole = await engine.body(statementOf(sorted, body));
        const pages = await allPages(sorted, { ...body, top: 7 });
        assert.deepEqual(pages.flat(), whole.items, ordering);
        assert.ok(pages.slice(0, -1).every((page) => page.length === 7));
        assert.equal(whole.items.length, rowCount);
      }
    });
  }

  it('of any query: together they are its answer', async () => {
    const world = makeWorld(seededRandom(6), 12);
    for (const statement of insertSql(world)) {
      const [, table] = /^INSERT INTO (\S+)/.exec(statement) ?? [];
      await engine.run(`DELETE FROM ${table}`);
      await engine.run(statement);
    }
    const definitions = new Map(shippedDynsql().definitions.map((one) => [one.id, one]));
    await fc.assert(
      fc.asyncProperty(
        queries(models(world)),
        fc.integer({ min: 2, max: 9 }),
        async ({ id, body }, top) => {
          const definition = definitions.get(id) ?? assert.fail();
          const { top: _top, skip: _skip, ...query } = body;
          const whole = await engine.body(statementOf(definition, { ...query, count: true }));
          const pages = await allPages(definition, { ...query, top });
          assert.deepEqual(pages.flat(), whole.items);
          assert.equal(whole.count, whole.items.length);
        },
      ),
      { numRuns: Number(process.env['DYNSQL_QUERIES'] ?? 25), seed: 10 },
    );
  });

  it('give each row once that stays, while others come and go', async () => {
    const total = Number(process.env['DYNSQL_ROWS'] ?? 2_000);
    await engine.run('DELETE FROM dbo.sorted');
    const row = (id: number, whole: number) => [id, whole, ...names.slice(1).map(() => null)];
    for (let from = 0; from < total; from += 500) {
      const some = Array.from({ length: Math.min(500, total - from) }, (_, index) => {
        const id = (from + index) * 10;
        return row(id, id % 70);
      });
      await engine.run(insert('dbo.sorted', some));
    }
    let fresh = 0;
    const gone = new Set<number>();
    const query = {
      select: 'ID',
      orderby: { id: 'whole', ordering: 'desc' },
      top: Math.ceil(total / 25),
    };
    const pages = await allPages(sorted, query, async () => {
      // Before the place that was reached, at it and after it.
      const added = Array.from({ length: 40 }, () => {
        fresh += 1;
        return row(fresh * 10 + 1, Math.floor(random() * 70));
      });
      await engine.run(insert('dbo.sorted', added));
      const leaving = Array.from({ length: 20 }, () => Math.floor(random() * total) * 10);
      for (const id of leaving) gone.add(id);
      await engine.run(`DELETE FROM dbo.sorted WHERE ID IN (${leaving.join(', ')})`);
      await engine.run(`UPDATE dbo.sorted SET code = 'x' WHERE ID % 30 = ${fresh % 3}0`);
    });
    const seen = pages.flat().map((item) => Number(item['ID']));
    assert.equal(new Set(seen).size, seen.length, 'a row twice');
    const missed = Array.from({ length: total }, (_, index) => index * 10).filter(
      (id) => !gone.has(id) && !seen.includes(id),
    );
    assert.deepEqual(missed, []);
    assert.ok(pages.length > 20);
  });

  const query = { select: 'ID', orderby: 'name', top: 3 };
  const next = async () =>
    (await engine.body(statementOf(sorted, { ...query, orderby: { id: 'name' }, next: true })))
      .next ?? assert.fail();
  const refused = async (definition: Definition, body: object, message: RegExp) => {
    const isTold = (error: unknown) => {
      assert.ok(error instanceof QueryFault);
      assert.equal(error.errors[0]?.field, 'next');
      assert.match(error.message, message);
      return true;
    };
    assert.throws(() => statementOf(definition, body), isTold);
  };

  it('of another query, or changed by somebody, are refused', async () => {
    const given = await next();
    const own = { ...query, orderby: { id: 'name' } };
    assert.ok(statementOf(sorted, { ...own, top: 9, next: given }));
    const strange = /is none that this query was answered with/;
    await refused(
      sorted,
      { ...own, orderby: { id: 'name', ordering: 'desc' }, next: given },
      strange,
    );
    await refused(sorted, { ...own, where: { id: 'ID', value: [1, 2, 3] }, next: given }, strange);
    await refused(
      sorted,
      { ...own, datasets: { name: 'LOOSE', select: 'whole' }, next: given },
      strange,
    );
    await refused(sorted, { ...own, next: 'AAAA' }, strange);
    fc.assert(
      fc.property(fc.nat({ max: given.length - 1 }), fc.constantFrom(...'aZ0_-'), (at, letter) => {
        const changed = `${given.slice(0, at)}${letter}${given.slice(at + 1)}`;
        if (changed === given) return;
        assert.throws(() => statementOf(sorted, { ...own, next: changed }), QueryFault);
      }),
      { numRuns: 50 },
    );
  });

  it('of rows that nothing tells apart are refused', async () => {
    await refused(loose, { select: 'whole', top: 2, next: true }, /no unique fields; use skip/);
  });

  const faults: [object, string, RegExp][] = [
    [{ next: true }, 'top', /top is needed/],
    [{ next: true, top: 5, skip: 1 }, 'skip', /left out beside next/],
    [{ next: 7, top: 5 }, 'next', /true, or the next of an answer/],
    [{ next: "x'", top: 5 }, 'next', /true, or the next of an answer/],
    [{ count: 'yes' }, 'count', /true or false/],
  ];
  for (const [body, field, message] of faults) {
    it(`${JSON.stringify(body)} is a fault`, () => {
      const { errors = [] } = checkQuery(sorted, { select: 'ID', ...body });
      assert.deepEqual(
        errors.map((one) => one.field),
        [field],
      );
      assert.match(errors[0]?.message ?? '', message);
    });
  }
});

describe('count', () => {
  const countries =
    shippedDynsql().definitions.find(({ id }) => id.startsWith('01B4')) ?? assert.fail();
  const bodies: [string, object, shown: (all: number) => number][] = [
    ['whole', {}, (all) => all],
    ['of a page', { top: 2 }, () => 2],
    ['of what comes after the last row', { skip: 1_000 }, () => 0],
    ['beside next', { top: 2, next: true }, () => 2],
    ['with nested datasets', { top: 2, datasets: { name: 'HISTORY', select: 'ID' } }, () => 2],
  ];
  for (const [what, more, shown] of bodies) {
    it(`is of all rows: ${what}`, async () => {
      const query = { select: 'Code', where: { id: 'Hidden', value: false } };
      const all = (await engine.body(statementOf(countries, query))).items.length;
      const answer = await engine.body(statementOf(countries, { ...query, ...more, count: true }));
      assert.ok(all > 2);
      assert.equal(answer.count, all);
      assert.equal(answer.items.length, shown(all));
      assert.deepEqual(Object.keys(answer).slice(0, 3), ['name', 'count', 'items']);
      const { count: _count, ...without } = answer;
      const plain = await engine.answer(statementOf(countries, { ...query, ...more, count: true }));
      assert.deepEqual(plain.items, without.items);
    });
  }
});
