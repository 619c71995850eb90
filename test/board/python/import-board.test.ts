/** A `board.py` as operators have it becomes a board, and what is none says where and why. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import constants from '../../../catalog/board-constants.json' with { type: 'json' };
import { importedBoard } from '../../../shared/board/python/import-board.ts';
import { shippedBoards } from '../../../shared/board/shipped.ts';
import { shippedCatalog } from '../../../shared/catalog/index.ts';
import { periodLimits } from '../../../shared/sync/period.ts';

const catalog = shippedCatalog();
const limits = periodLimits(catalog.periods, new Date('2019-12-15T12:00:00Z'));

const imported = (source: string) => importedBoard(source, catalog, limits);

function callsOf(source: string) {
  const read = imported(source);
  assert.ok('board' in read, JSON.stringify(read));
  return read.board.calls;
}

/** The name of a constant in the original, as most of its lines have it. */
const constantOf = (text: string): string => {
  const found = Object.entries(constants).filter(([, value]) => value === text);
  const [name] = found.at(-1) ?? [];
  assert.ok(name, text);
  return name;
};

test('the operators’ board as a board.py: 202 calls, the same switches, months and notes', () => {
  const all = shippedBoards()['all']?.calls ?? [];
  assert.equal(all.length, 202);
  const dated = (isDated: boolean, index: number) =>
    isDated ? `, month=${(index % 12) + 1}, year=2019` : '';
  const lines = all.map(({ code, name, month, note }, index) => {
    const args = [...(name === undefined ? [] : [constantOf(name)]), constantOf(String(code))];
    const run = index % 17 === 3 ? ', run=True' : index % 17 === 5 ? ', run = False' : '';
    const call = name === undefined ? 'sync_data_source' : 'sync_entity';
    return `${call}(${args.join(', ')}${dated(month !== undefined, index)}${run})  # ${note}`;
  });
  const head = `from const import (\n    ${Object.keys(constants).join(', ')},\n)\nfrom sync import sync_data_source, sync_entity\n`;
  const source = `${head}\n# load_entity(A_D, ALL)  # no table in crude and heap\n\n${lines.join('\n')}\n# STACK uploads data for three months!\n`;
  const read = callsOf(source);
  assert.equal(read.length, 202);
  assert.equal(new Set(read.map(({ id }) => id)).size, 202);
  for (const [index, call] of read.entries()) {
    const { id: _, ...rest } = call;
    const { id: __, month, run: ___, ...expected } = all[index] ?? assert.fail();
    const months = month === undefined ? {} : { month: (index % 12) + 1, year: 2019 };
    assert.deepEqual(rest, { ...expected, ...months, run: index % 17 === 3 });
  }
});

describe('forms of a call', () => {
  const payment = { id: 'payment.0c10', code: '0c10', name: 'payment', month: 7, year: 2019 };
  for (const [what, source, expected] of [
    ['by position', 'sync_entity(PA, DCDB_0C10, 7, 2019, True)', { ...payment, run: true }],
    [
      'by name',
      'load_entity(code=DCDB_0C10, name=PA, run=True, year=2019, month=7)',
      { ...payment, run: true },
    ],
    [
      'over lines',
      'sync_entity(\n  PA,  # which\n\n  DCDB_0C10, month=7,\n  year=2019,\n) # note',
      { ...payment, run: false, note: 'note' },
    ],
    [
      'texts',
      `sync_entity('payment', "0c" '10', month='7', year=2019)`,
      { ...payment, month: '7', run: false },
    ],
    ['own constants', `MINE: str\nX = 'payment'`, undefined],
    [
      'own constants',
      `X = 'payment'\nY = DCDB_0C10\nsync_entity(X, Y, 7, 2019)`,
      { ...payment, run: false },
    ],
    [
      'a constant of the original set otherwise',
      `PA = 'payment'; STACK = '0c10'\nsync_entity(PA, STACK, 7, 2019)`,
      { ...payment, run: false },
    ],
    [
      'lists that no call uses',
      `NAMES = (\n PA,\n)\nsync_entity(PA, DCDB_0C10, 7, 2019)`,
      { ...payment, run: false },
    ],
    [
      'none',
      'sync_entity(M, STACK, month=None)',
      { id: 'meter.stek', code: 'stek', name: 'meter', run: false },
    ],
    [
      'whole',
      'sync_data_source(STACK_MO, month=7, year=2019) #  130 min ',
      { id: 'whole.mo', code: 'mo', month: 7, year: 2019, run: false, note: '130 min' },
    ],
    [
      'on one line',
      '"""A board."""; sync_entity(M, STACK);',
      { id: 'meter.stek', code: 'stek', name: 'meter', run: false },
    ],
    [
      'Windows',
      '\uFEFF# coding: utf-8\r\nsync_entity(M, \\\r\n STACK)\r\n',
      { id: 'meter.stek', code: 'stek', name: 'meter', run: false },
    ],
  ] as const) {
    test(`${what}: ${source.slice(0, 50).replaceAll(/\s+/g, ' ')}`, () => {
      if (expected === undefined) assert.ok('errors' in imported(source));
      else assert.deepEqual(callsOf(source), [expected]);
    });
  }

  test('the same call twice has two ids', () => {
    const ids = callsOf('sync_entity(M, STACK)\nsync_entity(M, STACK)').map(({ id }) => id);
    assert.deepEqual(ids, ['meter.stek', 'meter.stek.2']);
  });
});

describe('what is no board says where and why', () => {
  for (const [source, field, message] of [
    ['', 'body', /the text has 0 calls/],
    ['import os\nos.system("rm")', 'line 2', /column 1: os is not a call of sync_entity/],
    [
      'sync_entty(PA, STACK)',
      'line 1',
      /there is no function sync_entty \(did you mean sync_entity\?\)/,
    ],
    [
      '\nsync_entity(PB, STACK)',
      'line 2',
      /column 13: PB is no constant that is known \(did you mean .*\?\)/,
    ],
    ['sync_entity(PA)', 'line 1', /sync_entity is not given code/],
    [
      'sync_entity(PA, STACK, 7, 2019, True, 1)',
      'line 1',
      /column 39: sync_entity has no so many arguments/,
    ],
    [
      'sync_entity(PA, STACK, moth=7)',
      'line 1',
      /column 24: sync_entity has no argument moth \(did you mean month\?\)/,
    ],
    ['sync_entity(PA, STACK, code=STACK)', 'line 1', /given code twice/],
    ['sync_entity(name=PA, STACK)', 'line 1', /an argument without a name is behind/],
    ['sync_entity(PA, STACK, month=7.5)', 'line 1', /7\. is no whole number/],
    ['sync_entity(PA, STACK, month=07)', 'line 1', /07 is no whole number/],
    ['sync_entity(PA, STACK, month=7 + 1)', 'line 1', /\+ is not a comma or \)/],
    ['sync_entity(PA, STACK, run=1)', 'line 1', /column 28: run is 1/],
    ['sync_entity(PA, STACK, run=yes)', 'line 1', /yes is no constant that is known/],
    ['sync_entity(True, STACK)', 'line 1', /name is True/],
    ['sync_entity(PA, STACK', 'line 1', /column 12: \( is never closed/],
    ['sync_entity(PA, STACK))', 'line 1', /\) closes nothing/],
    ['sync_entity(PA, "STACK)', 'line 1', /column 17: a text that begins with " is never closed/],
    ['"""\n\n', 'line 1', /a text that begins with """ is never closed/],
    ["sync_entity(PA, b'STACK')", 'line 1', /a text with b before it/],
    ['  sync_entity(M, STACK)', 'line 1', /the line is indented/],
    ['if True:\n  sync_entity(M, STACK)', 'line 1', /if is not a call/],
    ['for x in y: pass', 'line 1', /for is not a call/],
    [
      'sync_entity(M, STACK) sync_entity(M, STACK)',
      'line 1',
      /sync_entity is not the end of the line/,
    ],
    ['X = [1]\nsync_entity(X, STACK)', 'line 2', /X is no text and no number/],
    ['sync_entity(M, STACK) \u00a0', 'line 1', /a character that Python has no use for/],
    ['sync_entity(M, STACK) \\ ', 'line 1', /a backslash is not at the end/],
    ['\n\nsync_entity(B_C, STACK)', 'line 3.name', /stek has no bank_code/],
    ['sync_entity(PA, STACK)', 'line 1.month', /is needed: payment is dated/],
    ['sync_entity(PA, STACK, 77, 2019)', 'line 1.month', /must be/],
    ['"""\n"""\nsync_entity("paymnt", STACK, 7, 2019)', 'line 3.name', /did you mean payment/],
  ] as const) {
    test(JSON.stringify(source), () => {
      const read = imported(source);
      assert.ok('errors' in read, JSON.stringify(read));
      const [first] = read.errors;
      assert.equal(first?.field, field);
      assert.match(first?.message ?? '', message);
      assert.ok(first?.allowed);
    });
  }

  test('each bad line is told', () => {
    const read = imported('sync_entity(X, STACK)\nsync_entity(M, STACK)\nsync_entity(M, Y)');
    assert.deepEqual('errors' in read && read.errors.map(({ field }) => field), [
      'line 1',
      'line 3',
    ]);
  });
});

const blank = fc.constantFrom('', ' ', '  ', '\t', '\n', ' # a comment (\n', '\\\n');
const literal = (text: string) =>
  fc.constantFrom(
    `'${text}'`,
    `"${text}"`,
    `"""${text}"""`,
    `r'${text}'`,
    `'${text.slice(0, 1)}' '${text.slice(1)}'`,
    `'\\x${(text.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}${text.slice(1)}'`,
  );
const sources = ['0c10', 'stek', 'mo', 'all'] as const;

test('a call is read however it is laid out', () => {
  const asked = fc
    .record({
      name: fc.option(fc.constantFrom('meter', 'equipment'), { nil: undefined }),
      code: fc.constantFrom(...sources),
      month: fc.integer({ min: 1, max: 12 }),
      run: fc.boolean(),
    })
    .filter(({ name, code }) => name === 'equipment' || code !== 'all' || name === undefined);
  const printed = asked.chain((call) => {
    const { name, code, month, run } = call;
    const values = [
      ...(name === undefined ? [] : [['name', literal(name)] as const]),
      ['code', literal(code)] as const,
      ['month', fc.constant(String(month))] as const,
      ['year', fc.constant('2019')] as const,
      ['run', fc.constant(run ? 'True' : 'False')] as const,
    ];
    return fc
      .record({
        positional: fc.integer({ min: 0, max: values.length }),
        texts: fc.tuple(...values.map(([, text]) => text)),
        blanks: fc.array(blank, { minLength: 24, maxLength: 24 }),
        order: fc.shuffledSubarray(
          values.map(([parameter]) => parameter),
          {
            minLength: values.length,
          },
        ),
      })
      .map(({ positional, texts, blanks, order }) => {
        let at = 0;
        const gap = () => blanks[at++ % blanks.length];
        const first = values
          .slice(0, positional)
          .map((_, index) => `${gap()}${texts[index]}${gap()}`);
        const behind = order.flatMap((parameter) => {
          const index = values.findIndex(([other]) => other === parameter);
          return index < positional ? [] : [`${gap()}${parameter}${gap()}=${gap()}${texts[index]}`];
        });
        const args = [...first, ...behind].join(`${gap()},`);
        const called = name === undefined ? 'load_data_source' : 'load_entity';
        return { call, source: `\n# first\n${called}(${args}${gap()}\n)  # ${code}, "noted"\n` };
      });
  });
  fc.assert(
    fc.property(printed, ({ call: { name, code, month, run }, source }) => {
      const [{ id: _, ...read } = assert.fail()] = callsOf(source);
      const expected = { code, ...(name && { name }), month, year: 2019, run };
      assert.deepEqual(read, { ...expected, note: `${code}, "noted"` }, source);
    }),
    { numRuns: 300 },
  );
});

test('whatever the text is, it is a board or says where it is none', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'sync_entity',
      'load_data_source',
      '(',
      ')',
      ',',
      '=',
      '\n',
      '\\',
      '"',
      "'''",
      '#',
      'PA',
      'STACK',
      '7',
      'run',
      'True',
      ';',
      '-',
      'from',
      'import',
      '*',
      '.',
      '[',
      ' ',
      '\r\n',
      '\u00a0',
      '𝒳',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const source = pieces.join('');
      const read = imported(source);
      if ('board' in read) return;
      const lines = source.split(/\r\n?|\n/).length;
      for (const { field, message, allowed } of read.errors) {
        const [, line] = /^line (\d+)/.exec(field) ?? [];
        assert.ok(field === 'body' || (Number(line) >= 1 && Number(line) <= lines), field);
        assert.ok(message && allowed);
      }
    }),
    { numRuns: 2_000 },
  );
});
