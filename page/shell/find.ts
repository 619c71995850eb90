/** What the search field finds: among what is known of the catalogue, and what looks like a run's id. */

import { catalog } from '../live/catalog.ts';
import { say } from '../text/say.ts';
import { hrefOf } from './router.ts';

export interface Found {
  href: string;
  title: string;
  /** What kind of thing it is, or its code. */
  more: string;
}

const most = 8;
const runId = /^[0-9a-z]{9}-[0-9a-z]{6}$/;

export function found(text: string): readonly Found[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const fits = (...texts: readonly string[]) =>
    texts.some((one) => one.toLowerCase().includes(wanted));
  const { codes = [], entities = [] } = catalog.value ?? {};
  const runs = runId.test(wanted)
    ? [{ href: hrefOf('runs', [wanted]), title: wanted, more: say('shell.runs') }]
    : [];
  const sources = codes
    .filter(({ code, description }) => fits(code, description))
    .map(({ code, description }) => ({
      ...{ href: hrefOf('runs', [], { code }), title: description, more: code },
    }));
  const named = entities
    .filter(({ name, description }) => fits(name, description))
    .map(({ name, description }) => ({
      ...{ href: hrefOf('history', [name]), title: description, more: name },
    }));
  return [...runs, ...sources, ...named].slice(0, most);
}
