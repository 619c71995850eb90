import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadDefinition, parseDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { CatalogError } from '../../shared/faults/catalog-error.ts';
import invoices from './fixtures/issued-invoices.json' with { type: 'json' };

type Json = Record<string, unknown>;

/** The fixture with the value at `path` (`datasets.0.sql`) set; undefined: left out. */
function changed(path: string, value: unknown): Json {
  const copy: Json = structuredClone(invoices);
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at = copy;
  for (const step of steps) at = at[step] as Json;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const sql = (text: string) => `SELECT {FIELDS} FROM IssuedInvoices A {JOIN} ${text}`;
const list = 'TPL00000000000000000000001';

const faults: [path: string, value: unknown, fault: RegExp][] = [
  ['id', 'short', /^id: "short" is not a packed CLSID; use 26 characters/],
  ['name', undefined, /^name: missing; use text/],
  ['timezone', 'Europe/Praha', /^timezone: "Europe\/Praha" is not a time zone/],
  ['datasets.0.master', 'ROWS', /^datasets: 0 without a master/],
  ['datasets.1.master', 'MAINS', /^datasets\[1\]\.master: "MAINS" .*did you mean MAIN\?/],
  ['datasets.1.master', 'BATCHES', /^datasets\[1\]\.master: "BATCHES" is below ROWS itself/],
  ['datasets.1.master', 'rows', /^datasets\[1\]\.master: .* is not another dataset/],
  ['datasets.1.masterfields', 'IDs', /^datasets\[1\]\.masterfields: "IDs" .*did you mean ID\?/],
  ['datasets.1.masterfields', '', /^datasets\[1\]\.masterfields: empty; use fields of MAIN/],
  ['datasets.1.masterfields', 'ID;OrdNumber', /^datasets\[1\]\.sql: :OrdNumber is not in it/],
  ['datasets.0.masterfields', 'ID', /^datasets\[0\]\.masterfields: there is no master/],
  ['datasets.1.name', 'vatrates', /^datasets\[3\]\.name: the same as datasets\[1\]\.name/],
  ['datasets.0.sql', 'SELECT * FROM x A', /^datasets\[0\]\.sql: use SELECT {FIELDS} FROM/],
  ['datasets.0.sql', sql('{WHERE}'), /^datasets\[0\]\.sql: {ORDERBY} is missing; keys belong/],
  ['datasets.0.sql', sql('{ORDERBY}'), /^datasets\[0\]\.sql: {WHERE} is missing; conditions/],
  ['datasets.0.sql', sql('{WHERE} {WHER} {ORDERBY}'), /{WHER}" is not a placeholder here/],
  [
    'datasets.0.sql',
    sql('WHERE A.ID=:ID {WHERE} {ORDERBY}'),
    /^datasets\[0\]\.sql: :ID is not one/,
  ],
  ['datasets.0.sql', sql('{WHERE} {ORDERBY}').replace('{JOIN}', ''), /{JOIN} is missing/],
  ['datasets.0.sql', sql('WHERE 1=1 OR 2=2 {WHERE} {ORDERBY}'), /put it in parentheses/],
  ['datasets.0.sql', sql('{WHERE} GROUP BY A.ID {ORDERBY}'), /GROUP is not allowed at its end/],
  ['datasets.0.sql', sql('{WHERE} {ORDERBY}; DROP TABLE x'), /";" is not allowed here/],
  ['datasets.0.sql', sql('WHERE A.ID=@p1 {WHERE} {ORDERBY}'), /"@p1" is not allowed here/],
  ['datasets.0.fields.0.expression', 'AA.ID', /expression: "AA" is not an alias of MAIN.*mean A\?/],
  ['datasets.0.fields.1.fieldname', 'id', /^datasets\[0\]\.fields\[1\]\.fieldname: the same as/],
  ['datasets.0.fields.1.fieldname', 'ıd', /^datasets\[0\]\.fields\[1\]\.fieldname: the same as/],
  ['datasets.0.fields.1.sqljoinbinding.alias', 'X', /sqljoinbinding\.alias: "X" is not an alias/],
  ['datasets.0.aliases.1.joinsql', 'JOIN DocQueues R ON R.ID=A.X', /no table is called Q there/],
  ['datasets.0.aliases.0.alias', '__master', /"__master" is ours/],
  ['datasets.0.uniquefields', 'Nummer', /^datasets\[0\]\.uniquefields: "Nummer" is not a field/],
  ['conditions.0.dataset', 'MAN', /^conditions\[0\]\.dataset: "MAN" .*did you mean MAIN\?/],
  ['conditions.0.alias', 'Z', /^conditions\[0\]\.alias: "Z" is not an alias of MAIN/],
  ['conditions.1.id', 'id', /^conditions\[1\]\.id: the same as conditions\[0\]\.id/],
  ['conditions.0.params', '', /^conditions\[0\]: "{FIELD}" is not a placeholder here/],
  ['conditions.0.specialsubtype', 14, /^conditions\[0\]\.template: its template has no values/],
  ['conditions.0.datatype', 'ctBoolean', /its template has no true and false/],
  ['keys.0.dataset', 'X', /^keys\[0\]\.dataset: "X" is not a dataset/],
  ['keys.0.sql', 'B.DocDate', /^keys\[0\]\.sql: "B" is not an alias of MAIN/],
  ['keys.0.sql', 'A.DocDate {DIRECTION}', /"{DIRECTION}" is not a placeholder here; use {DIR}/],
  ['keys.1.id', 'DOCDATE', /^keys\[1\]\.id: the same as keys\[0\]\.id/],
  [`templates.${list}.type`, 'text', /^templates\.\w+\.type: "text" is not allowed; use bit/],
  [`templates.${list}.type`, 'constructor', /\.type: "constructor" is not allowed; use bit/],
  [`templates.${list}.type`, undefined, /^templates\.\w+\.type: missing; use bit/],
  [`templates.${list}.single`, '{ALIAS}.ID = 1', /\.single: {VALUE} is missing/],
  [`templates.${list}.lst`, 'x', /^templates\.\w+: lst: not keys of a template/],
  [`templates.${list}.flags`, { F: { singel: 'x' } }, /flags\.F: singel: not keys of a flag/],
  ['templates.UNUSED', { none: '1 = 1' }, /^templates\.UNUSED: .* is not a template of any cond/],
];

describe('a definition with a fault', () => {
  for (const [path, value, fault] of faults) {
    it(`${path} = ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => loadDefinition(changed(path, value), 'x.json'),
        (error) => {
          assert.ok(error instanceof CatalogError);
          assert.ok(
            error.faults.some((one) => fault.test(one)),
            error.message,
          );
          return true;
        },
      );
    });
  }

  it('that is no definition', () => {
    for (const value of [undefined, null, 7, [], { datasets: [7] }]) {
      assert.throws(() => parseDefinition(value), CatalogError);
      assert.throws(() => loadDefinition(value), CatalogError);
    }
  });
});

describe('the shipped definitions', () => {
  it('have a template for every condition, and names of their own', () => {
    const all = shippedDynsql().definitions;
    assert.equal(new Set(all.map(({ id }) => id)).size, 18);
    for (const { document } of all) {
      for (const { id, template } of document.conditions) {
        assert.ok(document.templates[template], `${document.name}: ${id}`);
      }
    }
  });

  it('keep keys that are unknown here', () => {
    const given = { ...invoices, controller: 'x', later: { a: 1 } };
    assert.deepEqual(Reflect.get(parseDefinition(given).document, 'later'), { a: 1 });
  });
});
