import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type Company, CompanyError } from '../../src/company/index.ts';
import { emptyCompany, found, put } from './support.ts';

function partners(t: TestContext): Company {
  const company = emptyCompany(t);
  put(
    company,
    'adresar',
    {
      id: ['code:NOVAK', 'ext:crm:7'],
      nazev: 'Jan Novák',
      mesto: 'Praha',
      splatDny: 14,
      platceDph: 'true',
      limitFak: 1000.5,
      datZaloz: '2020-01-31',
      skupFir: 'code:ODBĚRATEL',
    },
    {
      id: 'code:ZIZKA',
      nazev: 'Žižka & "syn"',
      mesto: 'Tábor',
      splatDny: 30,
      datZaloz: '2021-06-01',
    },
    { id: 'code:ACME', nazev: "O'Acme s.r.o.", mesto: '', limitFak: 0, datZaloz: '2022-12-24' },
    {
      id: 'code:BETA',
      nazev: 'beta novakova',
      splatDny: 0,
      platceDph: true,
      skupFir: 'code:DODAVATEL',
    },
  );
  put(
    company,
    'smlouva',
    {
      id: 'code:S1',
      nazev: 'a',
      typSml: 'code:SLUŽBY',
      firma: 'code:NOVAK',
      smlouvaOd: '2024-01-01',
    },
    {
      id: 'code:S2',
      nazev: 'b',
      typSml: 'code:NÁJEM',
      firma: 'ext:crm:7',
      smlouvaOd: '2026-07-15',
    },
    {
      id: 'code:S3',
      nazev: 'c',
      typSml: 'code:NÁJEM',
      firma: 'code:ZIZKA',
      smlouvaOd: '2027-01-01',
    },
  );
  return company;
}

const all = ['NOVAK', 'ZIZKA', 'ACME', 'BETA'];
const cases: [filter: string, codes: string[]][] = [
  ['', all],
  ['  ', all],
  ["kod = 'NOVAK'", ['NOVAK']],
  ['kod == "NOVAK"', ['NOVAK']],
  ["kod eq 'NOVAK'", ['NOVAK']],
  ["kod EQ 'NOVAK'", ['NOVAK']],
  ["kod = 'novak'", []],
  ["kod <> 'NOVAK'", ['ZIZKA', 'ACME', 'BETA']],
  ["kod != 'NOVAK'", ['ZIZKA', 'ACME', 'BETA']],
  ["kod ne 'NOVAK'", ['ZIZKA', 'ACME', 'BETA']],
  ["kod neq 'NOVAK'", ['ZIZKA', 'ACME', 'BETA']],
  ["mesto != 'Praha'", ['ZIZKA']],
  ['id > 2', ['ACME', 'BETA']],
  // Numbers that no record has.
  ['id > 0', all],
  ['id > -5', all],
  ['id > 900000000', []],
  ['id < 900000000', all],
  ['id between 3 900000000', ['ACME', 'BETA']],
  ['id gt 2', ['ACME', 'BETA']],
  ['id >= 2', ['ZIZKA', 'ACME', 'BETA']],
  ['id gte 2', ['ZIZKA', 'ACME', 'BETA']],
  ['id < 2', ['NOVAK']],
  ['id lt 2', ['NOVAK']],
  ['id <= 2', ['NOVAK', 'ZIZKA']],
  ['id lte 2', ['NOVAK', 'ZIZKA']],
  ['id in (1,2,3)', ['NOVAK', 'ZIZKA', 'ACME']],
  ['id in (1, 99)', ['NOVAK']],
  ['id in (\'code:ACME\', "ext:crm:7", 2)', ['NOVAK', 'ZIZKA', 'ACME']],
  ["id = 'code:ACME'", ['ACME']],
  ["id == 'ext:crm:7'", ['NOVAK']],
  ['id = ext:crm:7', ['NOVAK']],
  ["id = 'code:NOBODY'", []],
  ["id != 'code:NOBODY'", all],
  ['splatDny between 10 20', ['NOVAK']],
  ['splatDny = 14.0', ['NOVAK']],
  ['limitFak < -1', []],
  ['limitFak = 1000.5', ['NOVAK']],
  ["datZaloz between '2020-01-31' '2021-06-01'", ['NOVAK', 'ZIZKA']],
  ['datZaloz > 2021-06-01', ['ACME']],
  ["datZaloz = '2020-01-31T00:00:00'", ['NOVAK']],
  ["lastUpdate = '2026-07-15T12:00:00.000+02:00'", all],
  ["nazev like 'NOVÁ'", ['NOVAK']],
  ["nazev like similar 'nova'", ['NOVAK', 'BETA']],
  ["nazev like similar 'ŽIZ'", ['ZIZKA']],
  ["nazev like '%'", []],
  ["nazev begins 'jan'", ['NOVAK']],
  ["nazev begins similar 'ziz'", ['ZIZKA']],
  ["nazev ends 's.r.o.'", ['ACME']],
  ["nazev = 'O\\'Acme s.r.o.'", ['ACME']],
  ['nazev = \'Žižka & "syn"\'', ['ZIZKA']],
  ['nazev = "Žižka & \\"syn\\""', ['ZIZKA']],
  ['mesto is null', ['ACME', 'BETA']],
  ['mesto is not null', ['NOVAK', 'ZIZKA']],
  ['splatDny is null', ['ACME']],
  ['splatDny is empty', ['ACME', 'BETA']],
  ['splatDny is not empty', ['NOVAK', 'ZIZKA']],
  ['platceDph is true', ['NOVAK', 'BETA']],
  ['platceDph is false', ['ZIZKA', 'ACME']],
  ['platceDph is not true', ['ZIZKA', 'ACME']],
  ['platceDph = true', ['NOVAK', 'BETA']],
  ["platceDph eq 'false'", ['ZIZKA', 'ACME']],
  ["kod = 'NOVAK' or kod = 'ACME' and id = 99", ['NOVAK']],
  ["(kod = 'NOVAK' or kod = 'ACME') and id = 3", ['ACME']],
  ["not kod = 'NOVAK' and id < 3", ['ZIZKA']],
  ["not (kod = 'NOVAK' or id > 2)", ['ZIZKA']],
  ["not(kod = 'NOVAK')", ['ZIZKA', 'ACME', 'BETA']],
  ["skupFir = 'code:ODBĚRATEL'", ['NOVAK']],
  ["skupFir.nazev begins 'Dod'", ['BETA']],
  ["typVztahuK = 'typVztahu.odberDodav'", all],
  ["lastUpdate >= '2026-07-15T12:00:00'", all],
  ["lastUpdate > '2026-07-15T12:00:00.000'", []],
  ['lastUpdate < 2026-07-16', all],
];

test('filters find what they say', (t) => {
  const company = partners(t);
  for (const [filter, codes] of cases) {
    assert.deepEqual(found(company, 'adresar', filter), codes, filter);
  }
});

test('filters see through relations and know today', (t) => {
  const company = partners(t);
  const relations: [string, string[]][] = [
    ["firma = 'code:NOVAK'", ['S1', 'S2']],
    ['firma = "ext:crm:7"', ['S1', 'S2']],
    ['firma = 1', ['S1', 'S2']],
    ["firma in ('code:NOVAK', 'code:ZIZKA')", ['S1', 'S2', 'S3']],
    ["firma.mesto = 'Tábor'", ['S3']],
    ["firma.skupFir.kod = 'ODBĚRATEL'", ['S1', 'S2']],
    ["firma.skupFir = 'code:ODBĚRATEL'", ['S1', 'S2']],
    ["typSml = 'code:NÁJEM' and firma.splatDny > 14", ['S3']],
    ['smlouvaOd <= now()', ['S1', 'S2']],
    ['smlouvaOd = now()', ['S2']],
    ['firma is null', []],
  ];
  for (const [filter, codes] of relations) {
    assert.deepEqual(found(company, 'smlouva', filter), codes, filter);
  }
});

test('a filter that cannot be understood is a 400 with a reason', (t) => {
  const company = partners(t);
  const wrong: [string, RegExp][] = [
    ['kod', /operátor/],
    ['kod =', /pozici 6: je očekávána hodnota/],
    ["kod = 'x", /neočekávaný znak/],
    ['= 1', /název vlastnosti/],
    ['id in 1', /'\('/],
    ['id in (1', /'\)'/],
    ['id in ()', /hodnota/],
    ['(id = 1', /'\)'/],
    ['id = 1)', /neočekávané '\)'/],
    ['id = 1 id = 2', /neočekávané 'id'/],
    ['id is', /null, empty/],
    ['id between 1', /hodnota/],
    ['and id = 1', /název vlastnosti/],
    ['foo = 1', /Vlastnost 'foo'/],
    ['kod.foo = 1', /Vlastnost 'kod.foo'/],
    ['skupFir.foo = 1', /Vlastnost 'skupFir.foo'/],
    ["skupFir = 'ODBĚRATEL'", /Je očekáváno číselné ID, ale 'ODBĚRATEL' není číslo/],
    ["splatDny = 'many'", /není číslo/],
    ['datZaloz = 5', /není datum/],
    // The documentation: filters must omit the time zone of a date.
    ["datZaloz = '2020-01-31+01:00'", /není datum/],
    ["platceDph = 'maybe'", /true ani false/],
    [`${'('.repeat(500)}id = 1${')'.repeat(500)}`, /hluboké/],
    [`${'not '.repeat(500)}id = 1`, /hluboké/],
  ];
  for (const [filter, message] of wrong) {
    assert.throws(
      () => company.list('adresar', { filter }),
      (error) =>
        error instanceof CompanyError && error.status === 400 && message.test(error.message),
      filter,
    );
  }
});

test('filters of any length are taken', (t) => {
  const company = partners(t);
  const ids = Array.from({ length: 50_000 }, (_, index) => index + 2);
  assert.deepEqual(found(company, 'adresar', `id in (${ids.join(',')})`), all.slice(1));
  const terms = ids.slice(0, 3000).map((id) => `id = ${id}`);
  assert.deepEqual(found(company, 'adresar', terms.join(' or ')), all.slice(1));
});

test('whatever is written, it is a filter or a 400', (t) => {
  const company = partners(t);
  const words = [
    'id',
    'kod',
    'firma',
    'datZaloz',
    'and',
    'or',
    'not',
    'in',
    'is',
    'null',
    'like',
    'between',
    'similar',
    '(',
    ')',
    ',',
    '=',
    '<',
    "'x'",
    '"',
    "'",
    '\\',
    '1',
    '-1.5',
    '2026-01-31',
    'code:X',
    'now()',
    'me()',
    'true',
    ';',
    '--',
    '🦊',
  ];
  const soup = fc
    .array(fc.constantFrom(...words), { maxLength: 12 })
    .map((parts) => parts.join(' '));
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 30 })), (filter) => {
      try {
        company.list('adresar', { filter });
      } catch (error) {
        assert.ok(error instanceof CompanyError, String(error));
        assert.equal(error.status, 400);
      }
    }),
    { numRuns: 200 },
  );
});

/** A filter and what it says of a record with these fields. */
interface Said {
  text: string;
  holds(record: { id: number; n: number | null; s: string }): boolean | null;
}

const operators: [string, (a: number, b: number) => boolean][] = [
  ['=', (a, b) => a === b],
  ['<>', (a, b) => a !== b],
  ['<', (a, b) => a < b],
  ['lte', (a, b) => a <= b],
  ['gt', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
];

/** Three-valued logic, as databases have it. */
const and = (a: boolean | null, b: boolean | null) =>
  a === false || b === false ? false : a === null || b === null ? null : true;

const said = fc.letrec<{ any: Said; leaf: Said }>((tie) => ({
  leaf: fc.oneof(
    fc
      .record({
        operator: fc.constantFrom(...operators),
        value: fc.integer({ min: 0, max: 12 }),
        field: fc.constantFrom('id', 'n'),
      })
      .map(
        ({ operator: [sign, test], value, field }): Said => ({
          text: `${field === 'n' ? 'splatDny' : 'id'} ${sign} ${value}`,
          holds: ({ id, n }) =>
            field === 'id' ? test(id, value) : n === null ? null : test(n, value),
        }),
      ),
    fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 }).map(
      (values): Said => ({
        text: `splatDny in (${values.join(', ')})`,
        holds: ({ n }) => (n === null ? null : values.includes(n)),
      }),
    ),
    fc.constantFrom('a', 'B', 'ab').map(
      (part): Said => ({
        text: `nazev like '${part}'`,
        holds: ({ s }) => s.toLowerCase().includes(part.toLowerCase()),
      }),
    ),
    fc.constant<Said>({ text: 'splatDny is null', holds: ({ n }) => n === null }),
  ),
  any: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc.tuple(tie('any'), tie('any')).map(
      ([a, b]): Said => ({
        text: `(${a.text}) and (${b.text})`,
        holds: (record) => and(a.holds(record), b.holds(record)),
      }),
    ),
    fc.tuple(tie('any'), tie('any')).map(
      ([a, b]): Said => ({
        text: `(${a.text} or ${b.text})`,
        holds: (record) => not(and(not(a.holds(record)), not(b.holds(record)))),
      }),
    ),
    tie('any').map(
      (a): Said => ({ text: `not (${a.text})`, holds: (record) => not(a.holds(record)) }),
    ),
  ),
})).any;

const not = (a: boolean | null) => (a === null ? null : !a);

test('filters of any shape find what their words mean', (t) => {
  const company = emptyCompany(t);
  const records = Array.from({ length: 12 }, (_, index) => ({
    id: index + 1,
    n: index % 4 === 3 ? null : index,
    s: ['ab', 'Ba', 'c', 'aB c'][index % 4] ?? '',
  }));
  put(
    company,
    'adresar',
    ...records.map(({ id, n, s }) => ({ kod: `R${id}`, nazev: s, splatDny: n })),
  );
  fc.assert(
    fc.property(said, ({ text, holds }) => {
      const expected = records.filter((record) => holds(record) === true).map(({ id }) => `R${id}`);
      assert.deepEqual(found(company, 'adresar', text), expected, text);
    }),
    { numRuns: 300 },
  );
});
