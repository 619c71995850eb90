/** Whatever the terminal says it says in each language. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commands } from '../../cli/commands.ts';
import cs from '../../cli/language/cs.json' with { type: 'json' };
import ru from '../../cli/language/ru.json' with { type: 'json' };
import { languageOf, translated } from '../../cli/language/say.ts';
import { cli } from './run-cli.ts';

it('every text of every command is translated, and every value of a phrase is used', () => {
  assert.deepEqual(Object.keys(cs), Object.keys(ru));
  const texts = commands.flatMap(({ brief, description }) => [
    ...[brief, description.what, description.more ?? brief],
    ...Object.values(description.options).map(({ help }) => help),
    ...(description.operands ?? []).map(({ help }) => help),
  ]);
  const lacking = texts.filter((text) => !Object.hasOwn(ru, text));
  assert.deepEqual([...new Set(lacking)], []);
  const values = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [phrase, text] of [...Object.entries(cs), ...Object.entries(ru)]) {
    assert.deepEqual(values(text), values(phrase), phrase);
  }
});

it('the language is that of --lang, or of the first variable that POSIX names', async () => {
  const told: [NodeJS.ProcessEnv, string][] = [
    [{}, 'en'],
    [{ LANG: 'cs_CZ.UTF-8' }, 'cs'],
    [{ LANG: 'cs_CZ', LC_MESSAGES: 'ru_RU.UTF-8' }, 'ru'],
    [{ LANG: 'cs_CZ', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'csb_PL' }, 'en'],
    [{ LANG: 'RU' }, 'ru'],
  ];
  for (const [environment, language] of told) {
    assert.equal(languageOf(environment), language, JSON.stringify(environment));
  }
  const help = await cli(['--lang', 'ru', 'watch', '--help'], { LANG: 'cs' });
  assert.match(help.out, /^Использование: syncboard watch RUN/);
  assert.match((await cli(['watch', '--help'], { LANG: 'cs' })).out, /^Použití/);
  const wrong = await cli(['runs', '--lang=de']);
  assert.deepEqual([wrong.code, wrong.err], [2, '--lang must be one of en, cs, ru']);
  assert.equal(translated('no phrase', 'ru'), 'no phrase');
});
