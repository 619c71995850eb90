import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JsonFault, jsonFault, placeIn } from '../../shared/json/bounds.ts';

const bounds = { depth: 4, values: 10 };
const wide = { depth: 64, values: 1e9 };
const bytes = (text: string) => Buffer.from(text);

const cases: Array<[text: string, fault: JsonFault | undefined]> = [
  ['{}', undefined],
  [' [1, -0.5e+10, "a\\u00e9\\n", true, false, null]\r\n', undefined],
  ['\ufeff{"a": []}', undefined],
  ['"alone"', undefined],
  ['[[[[]]]]', undefined],
  ['[[[[[]]]]]', { kind: 'depth', at: 4 }],
  ['[[],[[],[[]]]]', undefined],
  ['[1,2,3,4,5,6,7,8,9]', undefined],
  ['[1,2,3,4,5,6,7,8,9,10]', { kind: 'values', at: 19 }],
  // Keys are no values.
  ['{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9}', undefined],
  ['', { kind: 'syntax', at: 0 }],
  ['  ', { kind: 'syntax', at: 2 }],
  ['{"a":1', { kind: 'syntax', at: 6 }],
  ['[1,]', { kind: 'syntax', at: 3 }],
  ['{"a":1,}', { kind: 'syntax', at: 7 }],
  ['{,}', { kind: 'syntax', at: 1 }],
  ['[1}', { kind: 'syntax', at: 2 }],
  ['{"a" 1}', { kind: 'syntax', at: 5 }],
  ['[01]', { kind: 'syntax', at: 2 }],
  ['[+1]', { kind: 'syntax', at: 1 }],
  ['[1.]', { kind: 'syntax', at: 1 }],
  ['[tru]', { kind: 'syntax', at: 1 }],
  ['["\\x"]', { kind: 'syntax', at: 1 }],
  ['["\\u12g4"]', { kind: 'syntax', at: 1 }],
  ['["a\tb"]', { kind: 'syntax', at: 1 }],
  ['["a', { kind: 'syntax', at: 1 }],
  ['["a\\', { kind: 'syntax', at: 1 }],
  ['{}{}', { kind: 'syntax', at: 2 }],
  [']', { kind: 'syntax', at: 0 }],
];
for (const [text, fault] of cases) {
  test(`${JSON.stringify(text)}: ${fault ? `${fault.kind} at ${fault.at}` : 'JSON'}`, () => {
    assert.deepEqual(jsonFault(bytes(text), bounds), fault);
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('what it takes is what JSON.parse takes, whole or damaged', () => {
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(3),
    put: fc.constantFrom(
      '',
      '"',
      '\\',
      ',',
      ':',
      '[',
      ']',
      '{',
      '}',
      '0',
      '-',
      '.',
      'e',
      't',
      '\n',
      'é',
    ),
  });
  fc.assert(
    fc.property(
      fc.json(),
      fc.option(damage),
      fc.constantFrom(undefined, 1, '\t'),
      (json, hurt, indent) => {
        const laid = JSON.stringify(JSON.parse(json), null, indent);
        const at = Math.floor((hurt?.at ?? 0) * laid.length);
        const text = hurt ? laid.slice(0, at) + hurt.put + laid.slice(at + hurt.cut) : laid;
        assert.equal(
          jsonFault(bytes(text.toWellFormed()), wide) === undefined,
          isJson(text.toWellFormed()),
          text,
        );
      },
    ),
    { numRuns: 5_000 },
  );
});

test('it counts as one counts by hand', () => {
  const count = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Object.values(value).reduce((sum: number, inside) => sum + count(inside), 0)
      : 1;
  fc.assert(
    fc.property(fc.json(), (json) => {
      const values = count(JSON.parse(JSON.stringify(JSON.parse(json))));
      const text = bytes(JSON.stringify(JSON.parse(json)));
      assert.equal(jsonFault(text, { ...wide, values }), undefined);
      assert.equal(jsonFault(text, { ...wide, values: values - 1 })?.kind, 'values');
    }),
  );
});

const keyed: [text: string, at: number | undefined][] = [
  ['{"a":1,"A":2,"b":{"a":3},"c":[{"a":4},{"a":5}]}', undefined],
  ['{"a":1,"a":1}', 7],
  ['[{"a":{"b":1},"c":{"b":2},"a":3}]', 26],
  ['{"a":1,"\\u0061":2}', 7],
  ['{"ž":1,"\\u017e":2}', 8],
  ['{"\\ud800":1,"\\ud801":2}', undefined],
  ['{"\\ud800":1,"\\ud800":2}', 12],
  ['{"":1,"x":{},"":2}', 13],
  ['{"__proto__":1,"constructor":2}', undefined],
];
for (const [text, at] of keyed) {
  test(`keys of ${text}: ${at === undefined ? 'each once' : `twice at ${at}`}`, () => {
    const fault = jsonFault(bytes(text), { ...bounds, uniqueKeys: true });
    assert.deepEqual(fault, at === undefined ? undefined : { kind: 'key', at });
    assert.equal(jsonFault(bytes(text), bounds), undefined);
  });
}

test('any JSON with each key once is taken, and with one twice refused', () => {
  const once = { ...wide, uniqueKeys: true };
  fc.assert(
    fc.property(fc.json(), fc.string(), (json, key) => {
      const text = JSON.stringify(JSON.parse(json));
      assert.equal(jsonFault(bytes(text), once), undefined);
      const member = `${JSON.stringify(key)}:${text}`;
      assert.equal(jsonFault(bytes(`{${member},"x":0,${member}}`), once)?.kind, 'key');
    }),
  );
});

test('places are in lines and characters', () => {
  assert.equal(placeIn(bytes('x'), 0), 'line 1, column 1');
  assert.equal(placeIn(bytes('{\n "é": x'), 9), 'line 2, column 7');
  assert.equal(placeIn(bytes('a\n\nb'), 3), 'line 3, column 1');
});
