import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { logLine, StageLines } from '../../../shared/sync/log/log-line.ts';
import { said } from './said.ts';

const at = '2019-07-31T10:00:02.000Z';
const stages = [
  'export:payment:0c10',
  'export:payment:0c1',
  'crude:payment',
  'load:faktura-vydana:a-b',
];
const members = {
  stage: fc.constantFrom(...stages),
  text: fc.string({
    unit: fc.constantFrom('a', 'ж', '😀', '\n', '\t', '\r', ' ', '|', '*', at, ' crude:payment | '),
    maxLength: 30,
  }),
};
const message = fc.record(members, { noNullPrototype: true });

test('every text is read back letter by letter, whatever is in it', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
      const log = messages.map(({ stage, text }) => logLine(at, stage, '|', text)).join('');
      assert.deepEqual(
        said(log).map(({ stage, text }) => ({ stage, text })),
        messages,
      );
    }),
  );
});

test('the lines of one stage are found in pieces that end anywhere', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 20 }),
      fc.constantFrom(...stages),
      fc.integer({ min: 1, max: 40 }),
      (messages, stage, size) => {
        const lines = messages.map((given) => logLine(at, given.stage, '*', given.text));
        const log = Buffer.from(lines.join(''));
        const filter = new StageLines(stage);
        const kept: Buffer[] = [];
        for (let i = 0; i < log.length; i += size)
          kept.push(filter.push(log.subarray(i, i + size)));
        const expected = lines.filter((_, i) => messages[i]?.stage === stage).join('');
        assert.equal(Buffer.concat(kept).toString(), expected);
      },
    ),
  );
});
