/** `syncboard catalog check` of queries that lie beside the definitions that they are of. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryFaults } from '../../shared/app/catalog-check/query-file.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';

const { definitions } = shippedDynsql();
const id = '01B4XCTHYNDL3C5P00CA141B44';
const file = 'queries/countries.json';

const told = (text: string) =>
  queryFaults({ file, text }, definitions).map(({ severity, line, column, path, text: what }) => {
    return `${severity} ${line ?? ''}:${column ?? ''} ${path ?? ''}: ${what}`;
  });

const query = (schema: string, rest: string) => `{\n  "$schema": "${schema}",\n  ${rest}\n}`;

test('a query is held against the definition whose schema it names', () => {
  const address = `https://syncboard.example/ab/dynsql/${id}/schema`;
  for (const schema of [address, `../schema/query-${id}.schema.json`, address.toLowerCase()]) {
    assert.deepEqual(told(query(schema, '"select": "Code"')), [], schema);
  }
  const wrong = query(address, '"select": ["Code", "Nme"], "top": 0,\n  "where": {"id": "Kod"}');
  assert.deepEqual(
    told(wrong).map((line) => line.replace(/ \(did.*|; use.*| of MAIN.*/, '')),
    [
      'fault 3:30 top: must be a whole number from 1 to 2147483647',
      'fault 3:22 select[1]: "Nme" is no field',
      'fault 4:13 where.id: "Kod" is no condition',
    ],
  );
});

test('what names no definition is told, and what is no JSON', () => {
  assert.match(
    told('{"select": "Code"}').join(),
    /^fault 1:1 \(root\): no definition is named; name/,
  );
  assert.match(
    told(query('x', '"select": "Code"')).join(),
    /^fault 2:\d+ \["\$schema"\]: no definition is named/,
  );
  const other = told(query('40SBPEINEFD13ACM03KIU0CLP4', '"select": "Code"'));
  assert.match(
    other.join(),
    /^warning 2:\d+ \["\$schema"\]: no definition here is .* is not checked$/,
  );
  assert.match(
    told(query(id.replace('4', '5'), '"select": 1')).join(),
    /^fault .*did you mean 01B4/,
  );
  assert.match(told('{"select": }').join(), /^fault 1:12 : "}" where a value/);
  assert.match(told('[]').join(), /no definition is named/);
  // Where definitions are wrong themselves, nothing is known of what they take.
  const text = query(id, '"select": "Nme"');
  assert.deepEqual(queryFaults({ file, text }, undefined), []);
});
