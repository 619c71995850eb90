import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowLoadError } from '../../../shared/dynsql/rows/row-error.ts';
import { rowTexts } from '../../../shared/dynsql/rows/row-texts.ts';

/** The answer in pieces that end at these bytes. */
async function* inPieces(answer: string, ends: readonly number[] = []) {
  const bytes = Buffer.from(answer);
  let from = 0;
  for (const end of [...ends].sort((a, b) => a - b)) {
    yield bytes.subarray(from, end);
    from = Math.max(from, end);
  }
  yield bytes.subarray(from);
}

async function rowsOf(answer: string, ends: readonly number[] = []): Promise<string[]> {
  const rows: string[] = [];
  for await (const row of rowTexts(inPieces(answer, ends))) rows.push(row);
  return rows;
}

test('rows come letter for letter, numbers beyond a double included', async () => {
  const rows = [
    '{"ID":"2E00000101","SUM":1234567890123456.10,"BIG":9007199254740993}',
    '{"NAME":"Žluťoučký \\"kůň\\" } ] \\\\","E":1.50e+3,"N":null}',
    '{"datasets":[{"name":"ROWS","items":[{"items":[]},{}]}]}',
    '{}',
  ];
  assert.deepEqual(await rowsOf(`{"name":"MAIN","items":[${rows.join(',')}]}`), rows);
});

test('blanks between members are left out, those in texts stay', async () => {
  const answer =
    '\ufeff {\r\n "name" : "MAIN",\n "items" : [ {\n  "A" : "x  y\\" , z" ,\t"B": [ 1 ]\n} , { } ]\n}\n';
  assert.deepEqual(await rowsOf(answer), ['{"A":"x  y\\" , z","B":[1]}', '{}']);
});

test('any answer, however it is printed and cut, gives its items', async () => {
  const row = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 4 });
  const frame = fc.dictionary(
    fc.string().filter((key) => key !== 'items'),
    fc.jsonValue({ maxDepth: 2 }),
    { maxKeys: 2 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 6 }),
      frame,
      frame,
      fc.constantFrom(0, 2, '\t'),
      fc.array(fc.nat(3000), { maxLength: 12 }),
      async (items, before, after, indent, ends) => {
        const answer = JSON.stringify({ ...before, items, ...after }, null, indent);
        assert.deepEqual(
          await rowsOf(answer, ends),
          (JSON.parse(answer).items as unknown[]).map((item) => JSON.stringify(item)),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('an answer that is cut off anywhere is refused', async () => {
  const answer = '{"name": "MAIN", "items": [{"A": "x\\"]}"}, {"B": [{"items": []}]}], "c": [1]}';
  for (let end = 0; end < answer.length; end += 1) {
    await assert.rejects(rowsOf(answer.slice(0, end)), RowLoadError, answer.slice(0, end));
  }
  assert.equal((await rowsOf(answer)).length, 2);
});

const wrong: [answer: string, complaint: RegExp][] = [
  ['{"error": "x"}', /the answer has no items/],
  ['{"name": "MAIN"}', /no items/],
  ['{"name": {"items": []}}', /no items/],
  ['{"a\\"items": []}', /no items/],
  ['{"items": {}}', /no items/],
  ['[{"items": []}]', /no items/],
  ['{"items": [1]}', /items that are no objects/],
  ['{"items": [[]]}', /items that are no objects/],
  ['{"items": ["a"]}', /items that are no objects/],
  ['{"items": [{} {}]}', /items that are no objects/],
  ['{"items": [,{}]}', /items that are no objects/],
  ['{"items": [{},,{}]}', /items that are no objects/],
  ['{"items": [{},]}', /comma after its last item/],
  [`{"items": [{"a": ${'['.repeat(62)}${']'.repeat(62)}}]}`, /more than 64 lists and objects deep/],
  ['{"items": []} x', /no JSON/],
  ['{"items": []}}', /no JSON/],
  ['{"items" []}', /no items/],
  [`{"a": "${'x'.repeat(70_000)}", "items": []}`, /too much beside its items/],
];
for (const [answer, complaint] of wrong) {
  test(`is refused: ${answer.slice(0, 40)}`, async () => {
    for (const ends of [[], [5, 12, 13, 14, 15]]) {
      await assert.rejects(rowsOf(answer, ends), (error) => {
        assert.ok(error instanceof RowLoadError);
        assert.match(error.message, complaint);
        return true;
      });
    }
  });
}

test('what is no UTF-8 is refused, and a failure of the stream comes through', async () => {
  const bad = (async function* () {
    yield Buffer.from([0x7b, 0x22, 0xff]);
  })();
  await assert.rejects(rowTexts(bad).next(), /no UTF-8/);
  const failure = new Error('broken');
  const broken = (async function* () {
    yield Buffer.from('{"items":[{}');
    throw failure;
  })();
  const rows = rowTexts(broken);
  assert.equal((await rows.next()).value, '{}');
  await assert.rejects(rows.next(), failure);
});
