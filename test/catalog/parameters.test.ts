/** Where values of parameters come from, and into which types they go. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CatalogError, ofRun, parseCatalog } from '../../shared/catalog/index.ts';
import { dayIn, valueSources } from '../../shared/catalog/value-source.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import type { Json } from './edited.ts';

/** A dated entity and an undated one of one source, exported by a call with these parameters. */
function catalogWith(parameters: Json, stage: Record<string, Json> = {}, then: Json[] = []) {
  return parseCatalog({
    periods: { from: '2018-01', timeZone: 'Asia/Vladivostok' },
    servers: [{ id: 'one', description: 'The only one' }],
    databases: [{ id: 'base', server: 'one', connection: 'SQL_BASE' }],
    dataSources: [{ code: 'north', description: 'North', system: 'billing', database: 'base' }],
    entities: [
      {
        name: 'payment',
        description: 'Payment',
        dated: true,
        sourceName: 'PAYMENTS',
        systems: ['billing'],
      },
      { name: 'client', description: 'Client', sourceName: 'CLIENTS', systems: ['billing'] },
    ],
    pipelines: [
      {
        id: 'billing',
        stages: [
          {
            stage: 'export',
            kind: 'procedure',
            procedure: 'dbo.sp_{entity}',
            parameters: [
              { name: 'month_that_every_dated_one_takes', type: 'int', from: 'month' },
              ...(parameters as Json[]),
            ],
            ...stage,
          },
          ...then,
        ],
      },
    ],
  });
}

function passedFor(parameters: Json, month = 2, year = 2024) {
  const period = { month, year };
  const [stage] = catalogWith(parameters).stages({ name: 'payment', code: 'north', period });
  return stage?.parameters.slice(1) ?? [];
}

function faultsOf(parameters: Json, stage: Record<string, Json> = {}): string[] {
  try {
    catalogWith(parameters, stage);
    return [];
  } catch (error) {
    assert.ok(error instanceof CatalogError);
    const before = /^pipelines\[0\]\.stages\[0\]\./;
    return error.faults.map((line) => line.replace(before, ''));
  }
}

/** Source, type, value for February 2024. */
const values: [string, string, string | number][] = [
  ['code', 'varchar(5)', 'north'],
  ['entity', 'nvarchar(20)', 'payment'],
  ['source name', 'nchar(8)', 'PAYMENTS'],
  ['month', 'tinyint', 2],
  ['year', 'smallint', 2024],
  ['yyyymm', 'int', 202402],
  ['yyyymm', 'char(6)', '202402'],
  ['first day of month', 'date', '2024-02-01'],
  ['first day of month', 'char(8)', '20240201'],
  ['first day of month', 'int', 20240201],
  ['last day of month', 'date', '2024-02-29'],
  ['last day of month', 'datetime2(0)', '2024-02-29'],
  ['last day of month', 'smalldatetime', '2024-02-29'],
  ['last day of month', 'varchar(10)', '20240229'],
  ['first day of next month', 'datetime', '2024-03-01'],
  ['first day of next month', 'bigint', 20240301],
];

describe('values of parameters', () => {
  for (const [from, type, value] of values) {
    it(`${from} as ${type} is ${JSON.stringify(value)}`, () => {
      assert.deepEqual(passedFor([{ name: 'p', type, from }]), [{ name: 'p', type, value }]);
    });
  }

  it('the last day of any month is the day before the first of the next', () => {
    const months = fc.record({
      month: fc.integer({ min: 1, max: 12 }),
      year: fc.integer({ min: 1000, max: 9998 }),
    });
    const parameters = ['first day of month', 'last day of month', 'first day of next month'].map(
      (from, at) => ({ name: `p${at}`, type: 'date', from }),
    );
    fc.assert(
      fc.property(months, ({ month, year }) => {
        const [first, last, next] = passedFor(parameters, month, year).map(({ value }) =>
          String(value),
        );
        const twoDigits = String(month).padStart(2, '0');
        assert.equal(first, `${year}-${twoDigits}-01`);
        assert.equal(last?.slice(0, 7), first?.slice(0, 7));
        assert.equal(Date.parse(next ?? '') - Date.parse(last ?? ''), 86_400_000);
        assert.equal(next?.slice(8), '01');
      }),
    );
  });

  it('what only a run knows is left open until it begins; a user is cut to what has room', () => {
    const open = passedFor([
      { name: 'who', type: 'nvarchar(6)', from: 'user' },
      { name: 'batch', type: 'varchar(40)', from: 'run id' },
      { name: 'today', type: 'date', from: 'date of run' },
      { name: 'key', type: 'int', from: 'date of run' },
      { name: 'mode', type: 'char(4)', value: 'full' },
    ]);
    assert.deepEqual(open[0], { name: 'who', type: 'nvarchar(6)', value: null, from: 'user' });
    const run = { user: 'Operator of the night', id: '0a1b', day: '2024-02-29' };
    assert.deepEqual(
      ofRun(open, run).map(({ name, value, from }) => [name, value, from]),
      [
        ['who', 'Operat', undefined],
        ['batch', '0a1b', undefined],
        ['today', '2024-02-29', undefined],
        ['key', 20240229, undefined],
        ['mode', 'full', undefined],
      ],
    );
  });

  it('the date of a run is that of the time zone', () => {
    const at = new Date('2024-02-28T14:30:00Z');
    assert.equal(dayIn('Asia/Vladivostok', at), '2024-02-29');
    assert.equal(dayIn('America/New_York', at), '2024-02-28');
  });

  for (const [once, isThere] of [
    ['entity', true],
    ['source', false],
    ['run', false],
  ] as const) {
    const made = `${isThere ? 'made' : 'not made'} for an undated entity`;
    it(`a call once for each ${once} that takes the month is ${made}`, () => {
      const month = { name: 'month', type: 'int', from: 'month' };
      const base = once === 'source' ? {} : { database: 'base' };
      const whole = {
        stage: 'close',
        procedure: 'dbo.sp_close',
        parameters: [month],
        once,
        ...base,
      };
      const catalog = catalogWith([], {}, [whole]);
      const period = { month: 2, year: 2024 };
      const dated = catalog.stages({ name: 'payment', code: 'north', period });
      assert.deepEqual(dated.at(-1)?.parameters, [{ name: 'month', type: 'int', value: 2 }]);
      const undated = catalog.stages({ name: 'client', code: 'north' });
      const own = isThere ? [['close', []]] : [];
      assert.deepEqual(
        undated.map(({ stage, parameters }) => [stage, parameters]),
        [['export', []], ...own],
      );
    });
  }

  const constants: [string, Json][] = [
    ['bit', true],
    ['tinyint', 255],
    ['bigint', '9223372036854775807'],
    ['decimal(5, 2)', '999.99'],
    ['decimal(5, 2)', 1.5],
    ['date', '2024-02-29'],
    ['datetime2(3)', '2024-02-29T10:00:00.123'],
    ['nvarchar(max)', 'all of it'],
    ['int', null],
  ];
  for (const [type, value] of constants) {
    it(`${JSON.stringify(value)} is a constant of ${type}`, () => {
      assert.deepEqual(passedFor([{ name: 'p', type, value }]), [{ name: 'p', type, value }]);
    });
  }

  it('an output parameter may have a value before the call, and says what becomes of it', () => {
    const output = { name: 'p', type: 'int', output: true };
    assert.deepEqual(passedFor([output]), [{ ...output, value: null }]);
    const full = { ...output, value: 5, required: true, secret: true };
    assert.deepEqual(passedFor([full]), [full]);
  });

  /** What is wrong, and what is said of it. */
  const wrong: [Json, string[]][] = [
    [
      { type: 'int' },
      [
        `parameters[1].from: missing; use one of ${valueSources.join(', ')}; or give a constant in value`,
      ],
    ],
    [
      { type: 'int', from: 'month', value: 1 },
      ['parameters[1].value: beside from: "month"; leave one of them out'],
    ],
    [
      { type: 'datetime2(8)', from: 'code' },
      [/^parameters\[1\]\.type: "datetime2\(8\)" is not a type allowed here; use bit, .*/.source],
    ],
    [
      { type: 'time', from: 'date of run' },
      [/^parameters\[1\]\.type: "time" is not a type allowed here; use bit, .*/.source],
    ],
    [
      { type: 'char(5)', from: 'yyyymm' },
      [
        'parameters[1].type: "char(5)" is not a type for yyyymm; year and month need int, bigint or char(6)',
      ],
    ],
    [
      { type: 'smallint', from: 'last day of month' },
      [
        'parameters[1].type: "smallint" is not a type for last day of month; a day needs date, smalldatetime, datetime, datetime2, or int, char(8) or varchar(8) for yyyymmdd',
      ],
    ],
    [
      { type: 'date', from: 'user' },
      [
        'parameters[1].type: "date" is not a type for user; a user needs nvarchar(n), and is cut to n characters',
      ],
    ],
    [
      { type: 'varchar(15)', from: 'run id' },
      [
        'parameters[1].type: "varchar(15)" is not a type for run id; an id of a run needs varchar(16)',
      ],
    ],
    [
      { type: 'varchar(7)', from: 'source name' },
      [
        'entities[0].sourceName: "PAYMENTS" is too long for @p varchar(7) of export; use at most 7 characters',
      ],
    ],
    [
      { type: 'bit', value: 1 },
      ['parameters[1].value: 1 is not a value of bit; write true or false'],
    ],
    [
      { type: 'tinyint', value: 256 },
      [
        'parameters[1].value: 256 is not a value of tinyint; write a whole number from 0 to 255, in quotation marks beyond 9007199254740991',
      ],
    ],
    [
      { type: 'decimal(5, 2)', value: 1000 },
      [
        'parameters[1].value: 1000 is not a value of decimal(5, 2); write a number of at most 3 digits before the point',
      ],
    ],
    [
      { type: 'date', value: '30.02.2024' },
      [
        'parameters[1].value: "30.02.2024" is not a value of date; write yyyy-mm-dd or yyyy-mm-ddThh:mm:ss',
      ],
    ],
    [
      { type: 'varchar(3)', value: 'full' },
      [
        'parameters[1].value: "full" is not a value of varchar(3); write a text of at most 3 characters',
      ],
    ],
    [
      { type: 'int', from: 'month', secret: true },
      ['parameters[1].secret: true without output: true'],
    ],
  ];
  for (const [parameter, expected] of wrong) {
    it(`${JSON.stringify(parameter)} is refused`, () => {
      const faults = faultsOf([{ name: 'p', ...(parameter as object) }]);
      assert.equal(faults.length, expected.length, faults.join('\n'));
      for (const [index, line] of expected.entries()) {
        if (line.startsWith('^')) assert.match(faults[index] ?? '', new RegExp(line));
        else assert.equal(faults[index], line);
      }
    });
  }

  it('a near name has near words: no last day is taken for the first', () => {
    const near = (text: string) => didYouMean(text, valueSources);
    assert.equal(near('last day of next month'), '');
    assert.equal(near('first day of year'), '');
    assert.equal(near('last day of moth'), ' (did you mean last day of month?)');
    assert.equal(near('First day of next month'), ' (did you mean first day of next month?)');
    assert.equal(near('yyymm'), ' (did you mean yyyymm?)');
    assert.equal(didYouMean('n', ['b', 'id']), '');
    assert.equal(didYouMean('B', ['b', 'id']), ' (did you mean b?)');
  });
});

describe('conditions of success', () => {
  const status = { name: 'status', type: 'varchar(10)', output: true };
  const count = { name: 'count', type: 'int', output: true };
  const outputs = [
    status,
    count,
    { name: 'key', type: 'varchar(10)', output: true, secret: true },
    { name: 'until', type: 'date', output: true },
    { name: 'given', type: 'int', value: 1 },
  ];

  it('go with the stage, a value as a list of one', () => {
    const catalog = catalogWith(outputs, {
      succeeds: [
        { of: '@status', is: 'done' },
        { of: 'rows', atLeast: 1, otherwise: 'warn' },
        { of: 'return value', is: [0, 1] },
      ],
    });
    const period = { month: 2, year: 2024 };
    const [stage] = catalog.stages({ name: 'payment', code: 'north', period });
    assert.deepEqual(stage?.succeeds, [
      { of: '@status', is: ['done'], otherwise: 'fail' },
      { of: 'rows', atLeast: 1, otherwise: 'warn' },
      { of: 'return value', is: [0, 1], otherwise: 'fail' },
    ]);
    assert.equal(stage?.returnCheck, 'ignore');
  });

  const wrong: [Record<string, Json>, string[]][] = [
    [
      { of: 'rowcount', is: 1 },
      [
        'succeeds[0].of: "rowcount" is not something to look at; use return value, rows, returned rows or @name of an output parameter',
      ],
    ],
    [{ of: 'rows' }, ['succeeds[0].is: missing; say what it must be: is, atLeast or atMost']],
    [
      { of: 'rows', atLeast: 5, atMost: 1 },
      ['succeeds[0].atMost: 1 is less than atLeast, 5; exchange them'],
    ],
    [
      { of: 'return value', is: 'OK' },
      ['succeeds[0].is: "OK" is no return value; use whole numbers'],
    ],
    [
      { of: '@statis', is: 'OK' },
      [
        'succeeds[0].of: "@statis" is not an output parameter of export; use one of @status, @count, @key, @until (did you mean @status?)',
      ],
    ],
    [
      { of: '@given', is: 1 },
      [
        'succeeds[0].of: "@given" is not an output parameter of export; use one of @status, @count, @key, @until',
      ],
    ],
    [
      { of: '@key', is: 'x' },
      ['succeeds[0].of: @key is secret, and what is compared is told; use another'],
    ],
    [{ of: '@until', is: '2024-01-01' }, ['succeeds[0].of: @until is a date; use another']],
    [
      { of: '@status', atLeast: 1 },
      ['succeeds[0].atLeast: given for @status, which is no number but varchar(10); use is'],
    ],
    [
      { of: '@count', is: ['none'] },
      [
        'succeeds[0].is: "none" is no int, as @count is; write a whole number from -2147483648 to 2147483647, in quotation marks beyond 9007199254740991',
      ],
    ],
    [
      { of: 'rows', atLeast: 1, otherwise: 'ignore' },
      ['succeeds[0].otherwise: "ignore" is not a consequence; use one of fail, warn'],
    ],
  ];
  for (const [condition, expected] of wrong) {
    it(`${JSON.stringify(condition)} is refused`, () => {
      assert.deepEqual(faultsOf(outputs, { succeeds: [condition] }), expected);
    });
  }

  it('one for the return value stands for the answer of the stage', () => {
    const succeeds = [{ of: 'return value', is: [0] }];
    assert.deepEqual(faultsOf([], { succeeds, returnValue: 'zero' }), [
      'returnValue: beside a condition of succeeds for the return value; leave one of them out',
    ]);
    assert.deepEqual(
      faultsOf([], { succeeds: [{ of: 'rows', atLeast: 1 }], setOptions: ['NOCOUNT'] }),
      ['succeeds[0].of: "rows" with NOCOUNT in setOptions, under which none are counted'],
    );
  });
});
