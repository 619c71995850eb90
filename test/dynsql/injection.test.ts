/** Nothing of a query is ever SQL: whatever its values, the statements are the same. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseBatch } from 'tds-sqlite';
import type { SqlText } from '../../shared/dynsql/definition.ts';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';

const definitions = shippedDynsql().definitions;
const accounts = definitions.find(({ id }) => id === 'AB01SYNCBOARDACCOUNTS00001');
const invoices = definitions.find(({ id }) => id === 'AB04SYNCBOARDINVOICES00001');

const nasty = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.constantFrom(
    "' OR 1=1 --",
    "'); DROP TABLE heap.payment; --",
    '@p1',
    '{WHERE}',
    '{ALIAS}.x',
    ':ID',
    '$(x)',
    ']]; SELECT 1 [',
    '/*',
    "N'",
    '%_[^a]',
    'ʼ; EXEC sp_x --',
  ),
);
const day = fc.constantFrom('2019-01-01', '2018-05-05T10:00:00Z', 43_000, 43_000.25);

/** A query with every place for a value filled, and the texts that were put there. */
const filled = fc
  .record({
    owner: nasty.filter((text) => !text.includes('*')),
    pattern: nasty.map((text) => `*${text}*`),
    list: fc.array(
      fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).filter((text) => !text.includes('*')),
      { minLength: 2, maxLength: 4 },
    ),
    ids: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String), {
      minLength: 2,
      maxLength: 9,
    }),
    from: day,
    to: day,
    amount: fc.integer({ min: -1e9, max: 1e9 }),
  })
  .map(({ owner, pattern, list, ids, from, to, amount }) => ({
    texts: [owner, pattern, ...list],
    body: {
      select: ['owner_name', 'premises_address'],
      where: [
        { id: 'owner_name', value: owner },
        { id: 'address', value: pattern, flags: 'CaseInsensitive' },
        { id: 'account_number', value: list },
        { id: 'personal_account_id', value: ids },
        { id: 'opened_on', value: [from, to] },
      ],
      orderby: { id: 'address', ordering: 'desc' },
      datasets: [
        { name: 'payments', select: 'amount', where: { id: 'amount', value: [amount, 5] } },
        { name: 'readings', select: 'reading', where: { id: 'period', value: [from, to] } },
      ],
      top: 5,
    },
  }));

const parse = ({ sql, parameters }: SqlText) =>
  parseBatch(
    sql,
    parameters.map(({ name }) => `@${name}`),
  );

describe('SQL and values', () => {
  it('never meet: one text whatever the values, as the parser sees it, too', () => {
    let first: string[] | undefined;
    let firstShape: string | undefined;
    fc.assert(
      fc.property(filled, ({ texts, body }) => {
        const { query, errors } = checkQuery(accounts ?? assert.fail(), body);
        assert.deepEqual(errors ?? [], []);
        const built = buildStatement(query ?? assert.fail());
        const statements = [built, built.copying];
        const sql = statements.map((statement) => statement.sql);
        const shape = JSON.stringify(statements.map(parse));
        first ??= sql;
        firstShape ??= shape;
        assert.deepEqual(sql, first);
        assert.equal(shape, firstShape);
        const travelled = JSON.stringify(statements.flatMap(({ parameters }) => parameters));
        const plain = texts.filter((text) => /^[\w ]{4,}$/.test(text));
        for (const text of plain) assert.ok(travelled.includes(text), text);
      }),
      { numRuns: 100 },
    );
  });

  it('names that are SQL are faults that name them, never statements', () => {
    // Generated texts may be words that a definition has: "ref" is one of either.
    const fields = invoices?.root.fields ?? assert.fail();
    const strange = nasty.filter((text) => !fields.has(text.toUpperCase()));
    fc.assert(
      fc.property(strange, fc.nat({ max: 4 }), (text, place) => {
        const bodies = [
          { select: [text] },
          { select: 'Code', where: { id: text, value: 1 } },
          { select: 'Code', orderby: { id: text } },
          { select: 'Code', datasets: { name: text, select: 'ID' } },
          { select: 'Code', where: { id: 'Description', value: 'x', flags: [text] } },
        ];
        const { query, errors } = checkQuery(invoices ?? assert.fail(), bodies[place]);
        assert.equal(query, undefined);
        assert.ok(errors?.[0]?.field);
      }),
      { numRuns: 300 },
    );
  });

  it('every statement over every shipped field and key parses', () => {
    for (const definition of definitions) {
      const datasets = [...definition.datasets.values()].slice(1).map((dataset) => ({
        name: dataset.name,
        select: [...dataset.fields.keys()],
        orderby: [...dataset.keys.keys()].map((id) => ({ id, ordering: 'desc' })),
      }));
      const { query, errors } = checkQuery(definition, {
        select: [...definition.root.fields.keys()],
        orderby: [...definition.root.keys.keys()].map((id) => ({ id })),
        datasets,
      });
      assert.deepEqual(errors ?? [], []);
      const statement = buildStatement(query ?? assert.fail());
      assert.equal(parse(statement).length, 1);
      const { copying, levels } = statement;
      assert.equal(parse(copying).length, levels.length + 1);
    }
  });
});
