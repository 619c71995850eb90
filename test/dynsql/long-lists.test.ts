/** Lists of values: what is found, and which of them share a text, and so a plan. */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { requireQuery } from '../../shared/dynsql/language/query.ts';
import { loadDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import { startStandIn } from './engine.ts';

const engine = await startStandIn();
after(() => engine.close());

const definition = loadDefinition({
  id: 'TEST11STS00000000000000001',
  name: 'Země',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM Countries A {JOIN} {WHERE} {ORDERBY}',
      fields: [
        { expression: 'A.ID', fieldname: 'ID', datatype: 'dtString' },
        { expression: 'A.Code', fieldname: 'Code', datatype: 'dtString' },
      ],
      aliases: [{ alias: 'A' }],
    },
    {
      name: 'HISTORY',
      sql: 'SELECT {FIELDS} FROM Countries2 B {JOIN} WHERE B.Parent_ID=:ID {WHERE}',
      master: 'MAIN',
      masterfields: 'ID',
      fields: [{ expression: 'B.EUMember', fieldname: 'EUMember', datatype: 'dtString' }],
      aliases: [{ alias: 'B' }],
    },
  ],
  conditions: [{ id: 'Code', dataset: 'MAIN', alias: 'A', datatype: 'ctString', template: 'TEXT' }],
  keys: [],
  templates: {
    TEXT: {
      type: 'nvarchar(9)',
      single: '{ALIAS}.Code = {VALUE}',
      list: '{ALIAS}.Code IN {LIST}',
    },
  },
});

const found = ['CZ', 'SK', 'AT'];

function listOf(length: number, nested: boolean) {
  const value = Array.from({ length }, (_, index) => found[index] ?? `X${index}`);
  const datasets = nested ? [{ name: 'history', select: 'EUMember' }] : [];
  const body = { select: 'Code', where: { id: 'Code', value }, ...(nested && { datasets }) };
  return buildStatement(requireQuery(definition, body));
}

describe('a list of values', () => {
  for (const nested of [false, true]) {
    const what = nested ? ' of a nested query' : '';
    it(`finds the same rows however long it is${what}`, async () => {
      for (const length of [3, 500, 501, 10_000]) {
        const { items } = await engine.answer(listOf(length, nested));
        assert.deepEqual(
          items.map((item) => item['CODE']),
          found,
        );
        assert.equal(Array.isArray(items[0]?.['datasets']), nested);
      }
    });

    it(`has one text for few values and one for many${what}`, () => {
      const [few, most, many, all] = [2, 500, 501, 10_000].map((length) => listOf(length, nested));
      assert.equal(few?.sql, most?.sql);
      assert.equal(many?.sql, all?.sql);
      assert.equal(many?.copying.sql, all?.copying.sql);
      assert.notEqual(few?.sql, many?.sql);
      assert.match(many?.sql ?? '', /^SELECT \[v\] INTO \[#p1\] FROM OPENJSON\(@p1\)/);
      assert.equal(all?.parameters.length, 1);
    });
  }
});
