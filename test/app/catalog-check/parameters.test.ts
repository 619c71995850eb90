/** What SQL Server would do with what a catalogue passes: converted, cut, refused. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressFaults } from '../../../shared/app/catalog-check/addresses-check.ts';
import {
  parameterMisfit,
  type ServerParameter,
  typeText,
} from '../../../shared/app/catalog-check/parameter-fits.ts';
import { defaultsIn } from '../../../shared/app/catalog-check/procedure-header.ts';
import type { WantedParameter } from '../../../shared/app/catalog-check/wanted.ts';

/** `varchar(4)` as sys.parameters has it. */
function there(declared: string): ServerParameter {
  const [, type = '', first, second] =
    /^(\w+)(?:\((\w+)(?:, ?(\d+))?\))?( output)?$/.exec(declared) ?? [];
  const isText = /char$/.test(type);
  const length = first === 'max' ? -1 : Number(first ?? 0) * (type.startsWith('n') ? 2 : 1);
  return {
    ...{ name: 'x', type, maxLength: isText ? length : 8, isOutput: declared.endsWith(' output') },
    ...{ precision: isText ? 0 : Number(first ?? 0), scale: Number(second ?? 0) },
    hasDefault: false,
  };
}

const cases: [
  given: string,
  values: unknown[] | undefined,
  procedure: string,
  why: RegExp | undefined,
][] = [
  ['varchar(20)', ['0c10'], 'varchar(4)', undefined],
  ['varchar(4)', ['0c10', 'stek1'], 'varchar(4)', /^"stek1" would be cut$/],
  ['nvarchar(100)', undefined, 'nvarchar(50)', /^texts would be cut$/],
  ['nvarchar(100)', undefined, 'nvarchar(100)', undefined],
  ['nvarchar(max)', undefined, 'nvarchar(max)', undefined],
  ['nvarchar(max)', undefined, 'nvarchar(4000)', /would be cut/],
  ['varchar(4)', ['0c10'], 'int', /^"0c10" does not become an int$/],
  ['varchar(4)', ['2019'], 'int', undefined],
  ['char(6)', ['201907'], 'smallint', /^201907 does not go in$/],
  ['char(8)', ['20190701'], 'date', undefined],
  ['char(6)', ['201907'], 'date', /^"201907" does not become a date$/],
  ['nvarchar(100)', undefined, 'int', /^not every text becomes an int$/],
  ['varchar(4)', ['0c10'], 'uniqueidentifier', /does not convert/],
  ['int', [2020], 'tinyint', /^2020 does not go in$/],
  ['int', [12], 'tinyint', undefined],
  ['int', [12], 'varchar(1)', /^12 does not go in$/],
  ['int', [20190701], 'date', /does not convert/],
  ['int', [20190701], 'datetime', /days since 1900/],
  ['int', [20190701], 'datetime2(3)', /does not convert/],
  ['int', [5], 'decimal(12, 2)', undefined],
  ['decimal(12, 2)', ['1.25'], 'int', /^1\.25 does not go in$/],
  ['decimal(12, 2)', ['1.25'], 'decimal(12, 1)', /^1\.25 does not go in$/],
  ['decimal(12, 2)', ['1.25'], 'float', undefined],
  ['date', ['2019-07-01'], 'datetime', undefined],
  ['date', ['2019-07-01'], 'int', /does not convert/],
  ['date', ['2019-07-01'], 'char(8)', /^a date would be cut$/],
  ['date', ['2019-07-01'], 'varchar(10)', undefined],
  ['datetime2(3)', ['2019-07-01T00:00:00'], 'varchar(10)', /^a date would be cut$/],
  ['bit', [true], 'int', undefined],
  ['bit', [true], 'date', /does not convert/],
  ['int', [null], 'date', undefined],
  ['date', ['2019-07-01'], 'sql_variant', undefined],
];

describe('a parameter', () => {
  for (const [type, values, procedure, why] of cases) {
    it(`${type} ${JSON.stringify(values)} to ${procedure}: ${why?.source ?? 'fits'}`, () => {
      const wanted = { name: 'x', type, output: false, values: values && new Set(values) };
      const found = parameterMisfit(wanted as WantedParameter, there(procedure));
      if (why === undefined) assert.equal(found, undefined);
      else assert.match(found ?? '', why);
    });
  }

  it('that comes back is an OUTPUT there, and has room for what comes', () => {
    const wanted = { name: 'x', type: 'varchar(10)', output: true, values: new Set<string>() };
    assert.match(parameterMisfit(wanted, there('varchar(10)')) ?? '', /no OUTPUT/);
    assert.match(parameterMisfit(wanted, there('varchar(20) output')) ?? '', /would be cut/);
    assert.equal(parameterMisfit(wanted, there('varchar(10) output')), undefined);
  });

  it('is called as it would be declared', () => {
    for (const type of ['int', 'varchar(4)', 'nvarchar(max)', 'decimal(12, 2)', 'date']) {
      assert.equal(typeText(there(type)), type);
    }
  });
});

const headers: [text: string, defaults: Record<string, boolean> | undefined][] = [
  ['CREATE PROCEDURE dbo.p AS RETURN 0', {}],
  [
    'CREATE PROC [my schema].[a as b] @A int, @b date = NULL AS SELECT @c = 1',
    { '@a': false, '@b': true },
  ],
  [
    `-- PROCEDURE AS @no int = 1
     create or alter procedure p (@a AS decimal(12, 2) = 1.5, /* @x = 2, */ @b varchar(max) OUTPUT)
     WITH RECOMPILE AS BEGIN DECLARE @d int = 1 END`,
    { '@a': true, '@b': false },
  ],
  [
    "ALTER PROCEDURE p @a varchar(9) = 'AS, @z', @b sys.geometry READONLY AS RETURN",
    { '@a': true, '@b': false },
  ],
  ['CREATE PROCEDURE p @a int, @b int = 1', undefined],
  ['', undefined],
];
describe('defaults of parameters', () => {
  for (const [text, defaults] of headers) {
    it(text.slice(0, 60), () => {
      const found = defaultsIn(text);
      assert.deepEqual(found && Object.fromEntries(found), defaults);
    });
  }
});

describe('servers and their addresses', () => {
  const databases = [
    { id: 'a', server: 'one', connection: 'SQL_A' },
    { id: 'b', server: 'one', connection: 'SQL_B' },
    { id: 'c', server: 'two', connection: 'SQL_C' },
  ];
  const told = (
    a: string,
    b: string,
    c: string,
    names: (string | undefined)[] = ['N1', 'N1', 'N2'],
  ) =>
    addressFaults(
      { databases },
      new Map(
        [a, b, c].map((address, index) => {
          return [databases[index]?.id ?? '', { address, name: names[index] }] as const;
        }),
      ),
    ).map(({ path, text, severity }) => [path, text, severity]);

  it('one server at one address, another one at another', () => {
    assert.deepEqual(told('x:1', 'x:1', 'y:1'), []);
  });
  it('one server whose databases are at two', () => {
    const [[path, text] = []] = told('x:1', 'z:1', 'y:1', ['N1', 'N3', 'N2']);
    assert.equal(path, 'databases[1].server');
    assert.match(
      text ?? '',
      /^b is at z:1 and a at x:1, and both are said to be on the server one/,
    );
  });
  it('two servers at one address', () => {
    const [[path, text] = [], ...more] = told('x:1', 'x:1', 'x:1', ['N1', 'N1', 'N1']);
    assert.deepEqual([path, more], ['databases[2].server', []]);
    assert.match(
      text ?? '',
      /^c and a are on one server by x:1, and the catalogue calls it two and one/,
    );
  });
  it('a database that is a server by itself, as in Azure SQL', () => {
    const unnamed = [undefined, undefined, undefined];
    assert.deepEqual(told('x:1', 'x:1', 'x:1', unnamed), []);
  });
  it('two servers that call themselves the same', () => {
    const [[path, text, severity] = []] = told('x:1', 'x:1', 'alias:1', ['N1', 'N1', 'n1']);
    assert.deepEqual([path, severity], ['databases[2].server', 'warning']);
    assert.match(text ?? '', /on one server by its name n1, .* procedures of both run at once/);
  });
  it('one server with two addresses, as it is with an alias', () => {
    assert.deepEqual(told('x:1', 'alias:1', 'y:1'), []);
  });
  it('one server with two addresses of which nobody knows whether they are one', () => {
    const [[, text] = []] = told('x:1', 'z:1', 'y:1', [undefined, undefined, 'N2']);
    assert.match(text ?? '', /^b is at z:1 and a at x:1/);
  });
});
