/** What the app says in its records, in the reader's language. */

import { moment } from './format.ts';
import { isolated } from './isolated.ts';
import { saidIn } from './said.ts';
import { say, type TextName } from './say.ts';

const meanings = {
  transient: 'runs.meaning_transient',
  permanent: 'runs.meaning_permanent',
  cancelled: 'runs.meaning_cancelled',
  'timed out': 'runs.meaning_timed_out',
  login: 'runs.meaning_login',
  unreachable: 'runs.meaning_unreachable',
  'lock lost': 'runs.meaning_lock_lost',
  interrupted: 'runs.meaning_interrupted',
} as const;

const states = {
  succeeded: 'state.succeeded',
  failed: 'state.failed',
  cancelled: 'state.cancelled',
  interrupted: 'state.interrupted',
} as const;

/** What an error means. */
export const meaningText = (meaning: string): string => known(meanings, meaning);

/** @param text of the app's; one of a server's, or of somebody's, stays as it is */
export function told(text: string): string {
  const found = saidIn(text);
  if (found === undefined) return text;
  const values = Object.entries(found.values).map(([name, value]) => [
    name,
    valueText(name, value),
  ]);
  // Those that the text has are those of its form.
  return say<'said.mustText'>(`said.${found.name}` as 'said.mustText', Object.fromEntries(values));
}

function valueText(name: string, value: string): string {
  if (name === 'state') return known(states, value);
  if (name === 'meaning') return meaningText(value);
  if (name === 'at') return moment(value);
  if (name === 'user') return isolated(value);
  return name === 'why' || name === 'error' || name === 'text' ? told(value) : value;
}

function known<Word extends string>(words: Readonly<Record<Word, TextName>>, word: string): string {
  const name = Object.hasOwn(words, word) ? words[word as Word] : undefined;
  return name === undefined ? word : say<'said.needed'>(name as 'said.needed');
}
