/** Settings in a catalogue: where they stand, what is wrong with them, and what nobody may see. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { withSettings } from '../../shared/catalog/setting-values.ts';

const hush = 'hush-hush';
const environment: Record<string, string> = {
  STAGE: 'test',
  Company_1: 'firma $& $1',
  SQL_AB: `Server=ab;Database=AB;User Id=u;Password=${hush}`,
  OTHER: `AccountName=a;AccountKey=${hush}`,
  FLEXI: `{"user": "u", "pwd": "${hush}"}`,
  API_TOKENS: hush,
  FLEXIBEE_HOOK_SECRET: hush,
  AzureWebJobsStorage: hush,
  MY_KEY: hush,
  MONKEY: 'is none',
};
const settings = {
  value: (name: string) => environment[name],
  near: (name: string) => (name === 'STAGES' ? 'STAGE' : undefined),
};
/** No template of JavaScript's: `§` stands for a dollar sign. */
const dollars = (text: string) => text.replaceAll('§', '$');
const inText = (text: string) =>
  withSettings(
    { databases: [{ connection: 'FLEXI' }], entities: [{ name: dollars(text) }] },
    settings,
  );
const nameOf = (value: unknown) => (value as { entities: { name: string }[] }).entities[0]?.name;

describe('replaced', () => {
  for (const [text, expected] of [
    ['§{STAGE}', 'test'],
    ['a §{STAGE} b §{STAGE}§{Company_1}', 'a test b testfirma $& $1'],
    ['§§{STAGE}', '§{STAGE}'],
    ['$STAGE {STAGE} $ {STAGE} $', '$STAGE {STAGE} $ {STAGE} $'],
    ['§{MONKEY}', 'is none'],
  ] as const) {
    test(text, () => {
      const { value, faults } = inText(text);
      assert.deepEqual(faults, []);
      assert.equal(nameOf(value), dollars(expected));
    });
  }
});

describe('faults', () => {
  for (const [text, fault] of [
    ['§{MISSING}', 'the setting MISSING is not set'],
    ['§{STAGES}', 'the setting STAGES is not set (did you mean STAGE, which is?)'],
    ['§{stage}', 'the setting stage is not set'],
    ['§{}', /^"\$\{" is not followed by the name of a setting/],
    ['§{1A}', /^"\$\{" is not followed/],
    ['§{ STAGE }', /^"\$\{" is not followed/],
    ['§{STAGE', /^"\$\{" is not followed/],
    ['§{SQL_AB}', /^the setting SQL_AB holds a secret/],
    ['§{OTHER}', /^the setting OTHER holds a secret/],
    ['§{FLEXI}', /^the setting FLEXI holds a secret/],
    ['§{API_TOKENS}', /^the setting API_TOKENS holds a secret/],
    ['§{FLEXIBEE_HOOK_SECRET}', /^the setting FLEXIBEE_HOOK_SECRET holds a secret/],
    ['§{AzureWebJobsStorage}', /^the setting AzureWebJobsStorage holds a secret/],
    ['§{MY_KEY}', /^the setting MY_KEY holds a secret/],
  ] as const) {
    test(text, () => {
      const { value, faults } = inText(text);
      const [first = '', ...others] = faults.map((one) => one.replace('entities[0].name: ', ''));
      if (typeof fault === 'string') assert.equal(first, fault);
      else assert.match(first, fault);
      assert.deepEqual(others, []);
      assert.ok(faults[0]?.startsWith('entities[0].name: '));
      assert.doesNotMatch(JSON.stringify([value, faults]), /hush/);
    });
  }
});

test('keys, numbers and all that has none stay as they are', () => {
  const value = { [dollars('§{STAGE}')]: [1, true, null, { a: 'b' }] };
  assert.deepEqual(withSettings(value, settings), { value, faults: [] });
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      if (/\$\{/.test(JSON.stringify(json))) return;
      assert.deepEqual(withSettings(json, settings).value, json);
    }),
  );
});
