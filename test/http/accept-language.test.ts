import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferredLanguage } from '../../shared/http/accept-language.ts';

const cases: [string | null, string][] = [
  [null, 'en'],
  ['', 'en'],
  ['ru', 'ru'],
  ['RU-ru', 'ru'],
  ['cs-CZ,cs;q=0.9,en;q=0.8', 'cs'],
  ['de, fr;q=0.9', 'en'],
  ['de, ru;q=0.4, cs;q=0.5', 'cs'],
  ['ru;q=0, cs;q=0.1', 'cs'],
  ['*', 'en'],
  ['de, *;q=0.5', 'en'],
  ['ru;q=nonsense', 'en'],
  [';;;,,,', 'en'],
];

for (const [header, expected] of cases) {
  test(`Accept-Language: ${header}`, () => {
    assert.equal(preferredLanguage(header, ['en', 'cs', 'ru'], 'en'), expected);
  });
}
