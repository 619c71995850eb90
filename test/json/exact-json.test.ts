import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareDecimals, readDecimal } from '../../shared/json/decimal.ts';
import { parseExact } from '../../shared/json/exact-json.ts';

describe('JSON with all digits', () => {
  const texts: [text: string, value: unknown][] = [
    ['12345678901234.1234', '12345678901234.1234'],
    ['[9007199254740993, 9007199254740992, 1.5]', ['9007199254740993', 9007199254740992, 1.5]],
    ['{"a": -0.00000000000000000001}', { a: -1e-20 }],
    ['{"a": 0.10000000000000001}', { a: '0.10000000000000001' }],
    ['{"a": 0.30000000000000004}', { a: 0.30000000000000004 }],
    ['500.00000000000000000000', 500],
    ['[1e999, -1E+400, 1e-999, 1.5e3, 1e308]', ['1e999', '-1E+400', '1e-999', 1500, 1e308]],
    ['{"e": "1e999", "a": true}', { e: '1e999', a: true }],
    [`1${'0'.repeat(400)}`, `1${'0'.repeat(400)}`],
    [`0.${'0'.repeat(400)}1`, `0.${'0'.repeat(400)}1`],
    ['[1.2345678901234e400, 1.234567890123456e-7]', ['1.2345678901234e400', 1.234567890123456e-7]],
    [
      '{"a": "12345678901234.1234567890", "b": [null, true]}',
      { a: '12345678901234.1234567890', b: [null, true] },
    ],
  ];
  for (const [text, value] of texts) {
    it(text, () => assert.deepEqual(parseExact(text), value));
  }

  it('any JSON number keeps its value', () => {
    const number = fc.stringMatching(/^-?(0|[1-9]\d{0,40})(\.\d{1,40})?$/);
    fc.assert(
      fc.property(number, (text) => {
        const [parsed] = parseExact(`[${text}]`) as [number | string];
        const [one, other] = [readDecimal(parsed), readDecimal(text)];
        assert.ok(one && other && compareDecimals(one, other) === 0, `${parsed} ${text}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('what is no JSON is a SyntaxError', () => {
    for (const text of [
      '{"a": 12345678901234567890',
      '{12345678901234567890 : 1}',
      '[1234567890123456-7890]',
      '[012345678901234567890]',
      '["a"12345678901234567890]',
    ]) {
      assert.throws(() => parseExact(text), SyntaxError, text);
    }
  });
});
