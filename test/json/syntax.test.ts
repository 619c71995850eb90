import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CatalogError, parseCatalogText } from '../../shared/catalog/index.ts';
import { syntaxFault } from '../../shared/json/syntax.ts';

describe('faults of JSON', () => {
  const cases: [string, string][] = [
    ['', 'line 1, column 1: the text ends where a value is expected'],
    ['{"a": x}', 'line 1, column 7: "x" where a value is expected'],
    ['{\n  "a": 1,\n}', 'line 3, column 1: "}" where a key in double quotes is expected'],
    ['{"a": 1\r\n "b": 2}', 'line 2, column 2: "\\"b\\"" where a comma or the end is expected'],
    ["{'a': 1}", 'line 1, column 2: "\'" where a key in double quotes or } is expected'],
    ['{"a" 1}', 'line 1, column 6: "1" where : is expected'],
    ['[1, 2', 'line 1, column 6: the text ends where a comma or the end is expected'],
    ['[1, 2}', 'line 1, column 6: "}" where a comma or the end is expected'],
    ['[1,]', 'line 1, column 4: "]" where a value is expected'],
    ['{} {}', 'line 1, column 4: "{" where a comma or the end is expected'],
    ['{"a": "b', 'line 1, column 7: a text without a quotation mark at its end'],
    ['{"a": "b\n}', 'line 1, column 7: a text without a quotation mark at its end'],
    ['{"a": "b\tc"}', 'line 1, column 9: a control character in a text; write it as \\u0009'],
    ['{"a": "\0"}', 'line 1, column 8: a control character in a text; write it as \\u0000'],
    ['{"a": "C:\\dir"}', 'line 1, column 10: "\\\\d" in a text; a backslash is written as two'],
    [
      '{"a": "\\\\ \\n \\u12"}',
      'line 1, column 14: "\\\\u" in a text; a backslash is written as two',
    ],
    ['\ufffd\ufffd{\0}\0', 'line 1, column 1: not UTF-8; save the file as that'],
    ['{\0}\0', 'line 1, column 2: not UTF-8; save the file as that'],
    [`${'['.repeat(200)}${']'.repeat(200)}`, ''],
    ['['.repeat(100_000), 'line 1, column 201: more than 200 levels of lists and objects'],
    [
      `{"a": ${'{"b": '.repeat(9_000)}1${'}'.repeat(9_001)}`,
      'line 1, column 1201: more than 200 levels of lists and objects',
    ],
    ['[01]', 'line 1, column 3: "1" where a comma or the end is expected'],
    ['// all\n{}', 'line 1, column 1: "/" where a value is expected'],
    ['{"a": True}', 'line 1, column 7: "True" where a value is expected'],
    ['{"a": 1,\n "\\u0061": 2}', 'line 2, column 2: the key "\\u0061" comes twice in one object'],
    ['{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}', ''],
  ];
  for (const [text, expected] of cases) {
    it(`${JSON.stringify(text).slice(0, 60)} ${expected === '' ? 'has none' : ''}`, () => {
      assert.equal(syntaxFault(text) ?? '', expected);
    });
  }

  it('come with the name of the file', () => {
    assert.throws(
      () => parseCatalogText('{\n  "servers": [,]\n}', 'north.json'),
      (error: unknown) => {
        assert.ok(error instanceof CatalogError);
        const fault = 'line 2, column 15: "," where a value or ] is expected';
        assert.deepEqual(error.faults, [fault]);
        assert.equal(error.message, `north.json has 1 fault:\n- ${fault}`);
        return true;
      },
    );
  });

  it('survive nesting without end', () => {
    assert.match(
      syntaxFault('['.repeat(200_000)) ?? '',
      /^line 1, column 201: more than 200 levels/,
    );
  });
});

/** JSON.parse takes the last of equal keys; everything else the two must agree on. */
function accepts(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('syntaxFault agrees with JSON.parse', () => {
  it('on JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
        assert.equal(syntaxFault(JSON.stringify(value, null, indent)), undefined);
      }),
    );
  });

  it('on JSON with a character taken away, put in or replaced', () => {
    const characters = fc.constantFrom(
      ...'{}[],:"\\truefalsn0123.-+eE \t\n\u0000\u0007\u0085\u00a0я',
    );
    const slip = fc.record({
      at: fc.nat(),
      removed: fc.nat(1),
      added: characters,
      adds: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.array(slip, { minLength: 1, maxLength: 3 }),
        (value, slips) => {
          let text = JSON.stringify(value);
          for (const { at, removed, added, adds } of slips) {
            const index = at % (text.length + 1);
            text = text.slice(0, index) + (adds ? added : '') + text.slice(index + removed);
          }
          const fault = syntaxFault(text);
          if (fault?.endsWith('comes twice in one object')) return;
          assert.equal(fault === undefined, accepts(text), `${JSON.stringify(text)}: ${fault}`);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
