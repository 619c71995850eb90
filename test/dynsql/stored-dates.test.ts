/** Moments as fractions of a day, which are not exact: bounds lie half a millisecond below them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { parseDefinition } from '../../shared/dynsql/language/read-definition.ts';

const definition = parseDefinition({
  id: 'TESTSTORED0000000000000001',
  name: 'Stored',
  timezone: 'Europe/Prague',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM dbo.stored A {WHERE} {ORDERBY}',
      aliases: [{ alias: 'A' }],
      uniquefields: 'ID',
      fields: [{ expression: 'A.ID', fieldname: 'ID', datatype: 'dtInteger' }],
    },
  ],
  conditions: [
    {
      id: 'At',
      dataset: 'MAIN',
      datatype: 'ctDateTime',
      specialsubtype: 0,
      alias: 'A',
      fieldname: 'At$DATE',
      template: 'AT',
    },
  ],
  keys: [{ id: 'ID', sql: 'A.ID', dataset: 'MAIN' }],
  templates: {
    AT: {
      type: 'float',
      kind: 'date',
      range: '{ALIAS}.{FIELD} >= {FROM} AND {ALIAS}.{FIELD} < {TO}',
    },
  },
});

/** Days since 1899-12-30. */
const day = 43_647;
const millisecond = 1 / 86_400_000;

/** Whether a row with this value would come. */
function comes(value: unknown, stored: number): boolean {
  const { query, errors } = checkQuery(definition, { select: 'ID', where: { id: 'At', value } });
  assert.ok(query !== undefined, JSON.stringify(errors));
  const [condition] = query.root.conditions;
  const values = condition && 'values' in condition ? condition.values : {};
  const { FROM, TO } = values as Record<string, { type: string; value: number }>;
  assert.equal(FROM?.type, 'float');
  assert.ok(FROM !== undefined && TO !== undefined);
  return stored >= FROM.value && stored < TO.value;
}

const rows: [what: string, stored: number, comes: boolean][] = [
  ['its first moment', day, true],
  ['its first moment, written a little too low', day - 0.4 * millisecond, true],
  ['the last millisecond of the day before', day - millisecond, false],
  ['its last millisecond', day + 1 - millisecond, true],
  ['the first moment of the next day', day + 1, false],
  ['the same, written a little too low', day + 1 - 0.4 * millisecond, false],
];
for (const [what, stored, isIn] of rows) {
  test(`a day has ${isIn ? '' : 'not '}${what}`, () => {
    assert.equal(comes('2019-07-01', stored), isIn);
  });
}
