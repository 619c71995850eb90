import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDefinition } from '../../../shared/dynsql/language/read-definition.ts';
import { keyFieldsOf, rowKey } from '../../../shared/dynsql/rows/row-key.ts';

const definitionOf = (fields: string[], uniquefields?: string) =>
  parseDefinition({
    id: '01B4XCTHYNDL3C5P00CA141B44',
    name: 'Země',
    datasets: [
      {
        name: 'MAIN',
        sql: 'SELECT {FIELDS} FROM C A',
        fields: fields.map((fieldname) => ({
          expression: fieldname,
          fieldname,
          datatype: 'dtString',
        })),
        ...(uniquefields !== undefined && { uniquefields }),
      },
    ],
  });

const keys: [
  what: string,
  fields: string[],
  unique: string | undefined,
  select: string[],
  key: string[],
][] = [
  ['ID', ['Id', 'Code'], undefined, ['code', 'id'], ['ID']],
  ['no ID selected', ['ID', 'Code'], undefined, ['Code'], []],
  ['no ID there', ['Code'], undefined, ['Code'], []],
  ['unique fields', ['ID', 'Area', 'No'], 'Area;No', ['no', 'area'], ['AREA', 'NO']],
  ['unique fields in part', ['ID', 'Area', 'No'], 'Area;No', ['No', 'ID'], []],
];
for (const [what, fields, unique, select, key] of keys) {
  test(`key fields: ${what}`, () => {
    assert.deepEqual(keyFieldsOf(definitionOf(fields, unique), select), key);
  });
}

const plain: [row: string, fields: string[], key: string][] = [
  ['{"ID":"2E00000101","A":1}', ['ID'], '2E00000101'],
  ['{"ID":42}', ['ID'], '42'],
  ['{"ID":-1.5}', ['ID'], '-1.5'],
];
for (const [row, fields, key] of plain) {
  test(`a short plain key stays readable: ${row}`, () => assert.equal(rowKey(row, fields), key));
}

test('other keys are hashed, so that no collation and no trailing blank confuses them', () => {
  const values = ['a', 'A ', ' A', 'Ž', '', null, 'x'.repeat(65), true, 'null', [1], { a: 1 }];
  const all = values.map((ID) => rowKey(JSON.stringify({ ID, other: 1 }), ['ID']));
  assert.equal(new Set(all).size, values.length);
  for (const key of all) assert.match(key, /^#[0-9a-f]{64}$/);
  assert.equal(rowKey('{"ID":"a","other":2}', ['ID']), all[0]);
  const two = (A: unknown, B: unknown) => rowKey(JSON.stringify({ A, B }), ['A', 'B']);
  assert.notEqual(two('A', 'BC'), two('AB', 'C'));
  assert.notEqual(two(1, 2), two('1', '2'));
});

test('without key fields a row is all that is in it', () => {
  assert.equal(rowKey('{"A":1}', []), rowKey('{"A":1}', []));
  assert.notEqual(rowKey('{"A":1}', []), rowKey('{"A":1.0}', []));
});

test('a row without its key, or that is no JSON, is refused without being told', () => {
  assert.throws(() => rowKey('{"A":"hush"}', ['ID']), /a row without its key field ID$/);
  assert.throws(() => rowKey('{"A":hush}', []), /an item that is no JSON$/);
});
