import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { makeDynsqlCatalog } from '../../shared/dynsql/language/dynsql-catalog.ts';
import { CatalogError } from '../../shared/faults/catalog-error.ts';
import { parseJsonText } from '../../shared/faults/json-text.ts';
import { edit, type Json, pathsOf, stepsOf } from '../catalog/edited.ts';
import { ownDefinition, ownId, ownLayout, ownReportId } from './own.ts';

const otherId = ownId.replace('1ES', '2ES');

function load(definitions: Record<string, Json | string>, reports: Record<string, Json | string>) {
  const files = (folder: string, values: Record<string, Json | string>) =>
    Object.entries(values).map(([name, value]) => ({
      name: `${folder}/${name}.json`,
      json: () => (typeof value === 'string' ? parseJsonText(value) : value),
    }));
  return makeDynsqlCatalog(
    { definitions: files('dynsql', definitions), reports: files('reports', reports) },
    'DYNSQL: own',
  );
}

const edited = (json: Json, edits: Record<string, Json | undefined>): Json => {
  for (const [path, value] of Object.entries(edits)) edit(json, stepsOf(path), value);
  return json;
};
const definition = (edits: Record<string, Json | undefined> = {}) => edited(ownDefinition(), edits);
const layout = (edits: Record<string, Json | undefined> = {}) => edited(ownLayout(), edits);
const noField = (path: string) => `${path}: "Nam" is not a field of MAIN`;

type Case = [
  title: string,
  definitions: Record<string, Json | string>,
  reports: Record<string, Json | string>,
  /** How each of the faults begins, all of them. */
  faults: string[],
];
const cases: Case[] = [
  ['nothing at all', {}, {}, ['dynsql: no *.json is in it; put a file there']],
  [
    'reports without a definition',
    {},
    { a: layout() },
    [
      'dynsql: no *.json is in it',
      `reports/a.json: definition: "${ownId}" is not a definition; there is none`,
    ],
  ],
  [
    'text that is no JSON',
    { a: '{\n  "id": }' },
    { b: '' },
    [
      'dynsql/a.json: line 2, column 9: "}" where a value is expected',
      'reports/b.json: line 1, column 1: the text ends where a value is expected',
    ],
  ],
  [
    'a key that comes twice',
    { a: '{"id": "x", "id": "y"}' },
    {},
    ['dynsql/a.json: line 1, column 13: the key "id" comes twice in one object'],
  ],
  [
    'no objects',
    { a: [], b: 'null' },
    { c: 7 },
    ['dynsql/a.json: ', 'dynsql/b.json: ', 'reports/c.json: '],
  ],
  [
    'faults of several files, and several of one',
    {
      a: definition({ name: undefined, 'keys[0].dataset': 7 }),
      b: definition({ id: otherId, 'datasets[0].uniquefields': 'Kod' }),
    },
    { a: layout({ title: undefined, language: 'de' }), b: layout({ id: 'x' }) },
    [
      'dynsql/a.json: name: missing; use text',
      'dynsql/a.json: keys[0].dataset: 7 is not the name of a dataset',
      'dynsql/b.json: datasets[0].uniquefields: "Kod" is not a field',
      'reports/a.json: title: missing',
      'reports/a.json: language: "de" is not',
      'reports/b.json: id: "x" is not',
    ],
  ],
  [
    'two definitions with one id',
    { a: definition(), b: definition(), c: definition({ name: 7 }) },
    { a: layout() },
    [
      `dynsql/b.json: id: "${ownId}" is the id of dynsql/a.json; use another one`,
      `dynsql/c.json: id: "${ownId}" is the id of dynsql/a.json; use another one`,
      'dynsql/c.json: name: 7 is not a name; use text',
    ],
  ],
  [
    'two reports with one id, of different definitions',
    { a: definition(), b: definition({ id: otherId }) },
    { a: layout(), b: layout({ definition: otherId }) },
    [`reports/b.json: id: "${ownReportId}" is the id of reports/a.json; use another one`],
  ],
  [
    'a report of a definition that is not there',
    { a: definition() },
    { a: layout({ definition: otherId }) },
    [
      `reports/a.json: definition: "${otherId}" is not a definition; use ${ownId} (did you mean ${ownId}?)`,
    ],
  ],
  [
    'a report that does not fit its definition',
    { a: definition() },
    { a: layout({ 'table.columns[1].field': 'Nam' }) },
    [noField('reports/a.json: table.columns[1].field')],
  ],
  [
    'a report of a definition that has faults of its own',
    { a: definition({ name: undefined }), b: definition({ id: otherId }) },
    {
      a: layout({ 'table.columns[1].field': 'Nam' }),
      b: layout({ id: 'W4TEST0002', definition: otherId, 'table.columns[1].field': 'Nam' }),
      c: layout({ id: 'W4TEST0003', definition: 'AB04SYNCBOARDINVOICES00001' }),
    },
    [
      'dynsql/a.json: name: missing',
      noField('reports/b.json: table.columns[1].field'),
      'reports/c.json: definition: "AB04SYNCBOARDINVOICES00001" is not a definition',
    ],
  ],
  [
    'a report of what may be in a file that is no JSON',
    { a: '{', b: definition() },
    { a: layout({ definition: otherId }), b: layout({ id: 'W4TEST0002', title: undefined }) },
    [
      'dynsql/a.json: line 1, column 2: the text ends where a key in double quotes or } is expected',
      'reports/b.json: title: missing',
    ],
  ],
];

describe('definitions and reports with faults: all are told, with file and path', () => {
  for (const [title, definitions, reports, expected] of cases) {
    it(title, () => {
      assert.throws(
        () => load(definitions, reports),
        (error) => {
          assert.ok(error instanceof CatalogError);
          assert.match(error.message, /^DYNSQL: own has \d+ faults?:\n- /);
          const { faults } = error;
          assert.equal(faults.length, expected.length, error.message);
          for (const [index, start] of expected.entries()) {
            const fault = faults[index] ?? '';
            assert.equal(fault.slice(0, start.length), start);
          }
          return true;
        },
      );
    });
  }
});

it('without faults they are there in the order of the files; reports may be missing', () => {
  const definitions = { z: definition({ id: otherId }), a: definition() };
  const { definitions: loaded, reports } = load(definitions, { a: layout() });
  assert.deepEqual(
    loaded.map(({ id }) => id),
    [otherId, ownId],
  );
  assert.equal(reports[0]?.definition, loaded[1]);
  assert.deepEqual(load(definitions, {}).reports, []);
});

it('words that every object knows are names like others', () => {
  const own = definition({
    'datasets[0].fields[0].datatype': 'constructor',
    'conditions[0].template': 'toString',
    templates: {},
  });
  const { definitions, reports } = load({ a: own }, { a: layout() });
  assert.equal(definitions[0]?.root.conditions.get('CODE')?.template, undefined);
  assert.equal(reports.length, 1);
});

it('whatever stands in a file, it is usable or has faults', () => {
  const paths = (file: string, json: Json) => pathsOf(json).map((path) => ({ file, path }));
  const place = fc.constantFrom(
    ...paths('definition', ownDefinition()),
    ...paths('report', ownLayout()),
  );
  const text = fc.constantFrom(
    'MAIN',
    'A',
    'Code',
    '{',
    '{FIELDS}',
    ':x',
    ';',
    '__proto__',
    'constructor',
    ownId,
  );
  let usable = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(place, fc.oneof(fc.jsonValue(), text, fc.constant(undefined)))),
      (edits) => {
        const all = { definition: ownDefinition(), report: ownLayout() };
        for (const [{ file, path }, value] of edits) {
          edit(all, [file, ...path], value as Json | undefined);
        }
        try {
          load({ a: all.definition }, { a: all.report });
          usable += 1;
        } catch (error) {
          if (!(error instanceof CatalogError)) throw error;
          refused += 1;
          for (const fault of error.faults) assert.match(fault, /^(dynsql|reports)\/a\.json: ./);
        }
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(usable > 5 && refused > 50, `usable ${usable}, refused ${refused}`);
});
