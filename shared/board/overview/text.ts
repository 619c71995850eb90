/** The overview as lines for a terminal or a mail, in somebody's language. */

import { wallText, withWallTexts } from '../../time/wall-text.ts';
import { curlOf } from './mend.ts';
import cs from './messages/cs.json' with { type: 'json' };
import en from './messages/en.json' with { type: 'json' };
import ru from './messages/ru.json' with { type: 'json' };
import type { Overview } from './overview.ts';
import type { Wrong } from './wrong-line.ts';

export const languages = ['en', 'cs', 'ru'] as const;
export type Language = (typeof languages)[number];

/** Each has the texts of the first. */
const catalogues: Readonly<Record<Language, typeof en>> = { en, cs, ru };

/** By what somebody mends: a request, or a command of ours. */
export const tools = ['curl', 'cli'] as const;
export type Tool = (typeof tools)[number];

export interface Reader {
  language: Language;
  timeZone: string;
  tool: Tool;
}

/** Letters of a line; what is longer goes on below. */
const width = 80;

export function overviewText(overview: Overview, { language, timeZone, tool }: Reader): string {
  const texts = catalogues[language];
  const view = new View(texts, timeZone, tool);
  const { well, wrong, more, schedules, servers, companies } = overview;
  const worries = wrong.filter(({ kind, acknowledged }) => kind !== 'closed' && !acknowledged);
  const heading = filled(texts.wrong, { count: worries.length + (more ?? 0) });
  const calm = wrong.length === 0 ? texts.well : texts.known;
  return [
    ...(well || worries.length === 0 ? [calm] : [heading]),
    ...view.notes(overview),
    ...wrong.flatMap((one) => view.wrong(one)),
    ...(more === undefined ? [] : [filled(texts.more, { count: more })]),
    ...section(
      texts.schedules,
      schedules.flatMap((one) => view.schedule(one)),
    ),
    ...section(
      texts.servers,
      servers.flatMap((one) => view.server(one)),
    ),
    ...section(texts.companies, companies.total === 0 ? [] : view.companies(companies)),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

class View {
  readonly #texts: typeof en;
  readonly #timeZone: string;
  readonly #tool: Tool;

  constructor(texts: typeof en, timeZone: string, tool: Tool) {
    this.#texts = texts;
    this.#timeZone = timeZone;
    this.#tool = tool;
  }

  notes({ rebuilding, unread, staleSince }: Overview): string[] {
    const texts = this.#texts;
    const parts = unread?.map((part) => texts.parts[part]).join(', ');
    return [
      ...(staleSince === undefined ? [] : [this.#timed(texts.stale, staleSince)]),
      ...(parts === undefined ? [] : [filled(texts.unread, { parts })]),
      ...(rebuilding ? [texts.rebuilding] : []),
    ];
  }

  wrong(one: Wrong) {
    const { kind, subject, what, names = [], count, since, until, see, again, acknowledged } = one;
    const texts = this.#texts;
    const time = [
      this.#timed(texts.since, since),
      ...(again ? [this.#timed(texts.again, again.at, { times: again.times })] : []),
      ...(until ? [this.#timed(texts.until, until)] : []),
    ];
    const all = count === undefined ? [] : [filled(texts.count, { count })];
    return [
      '',
      ...broken(`${texts.kinds[kind]}: ${subject}, ${time.join(', ')}`, ''),
      ...(kind === 'system' ? indented(this.#part(subject)) : []),
      ...indented((texts.whats as Record<string, string>)[what] ?? this.#worded(what)),
      ...(names.length === 0 ? [] : indented([names.join(', '), ...all].join('; '))),
      ...(acknowledged
        ? indented(this.#timed(texts.acknowledged, acknowledged.until, { note: acknowledged.note }))
        : []),
      ...indented(filled(texts.see, { path: see })),
      ...this.#mend(one),
    ];
  }

  /** What it means that a part of the health is not as it should be; its reason is the app's own. */
  #part(name: string): string {
    const [kind = ''] = name.split(' ');
    return (this.#texts.system as Record<string, string>)[kind] ?? '';
  }

  /** As it is typed: broken where a shell goes on with the next line. */
  #mend({ mend, cli }: Wrong): string[] {
    if (mend === undefined) return [];
    if (this.#tool === 'cli') return indented(filled(this.#texts.mend, { request: cli ?? mend }));
    const [request = '', ...options] = curlOf(mend);
    const lines = [
      indented(filled(this.#texts.mend, { request })),
      ...options.map((option) => broken(option, '    ')),
    ];
    // The last one may be a body, which goes on by itself.
    return lines.flatMap((own, index) =>
      index === lines.length - 1 ? own : own.map((line) => `${line} \\`),
    );
  }

  schedule({ name, board, enabled, next, last }: Overview['schedules'][number]): string[] {
    const texts = this.#texts;
    const ended = last && `${this.#time(last.at)} ${texts.states[last.state]}`;
    const comes = next === undefined ? [] : [this.#timed(texts.next, next)];
    const facts = [ended ?? texts.never, ...(enabled ? comes : [texts.off])];
    return indented(`${name} (${board}): ${facts.join('; ')}`);
  }

  server({ server, isFree, run, endsAt, waiting, closedUntil }: Overview['servers'][number]) {
    const texts = this.#texts;
    const end = endsAt ? this.#timed(texts.ends, endsAt) : texts.unknownEnd;
    const whose = run === undefined ? texts.taken : filled(texts.run, { run });
    const facts = [
      isFree ? texts.free : `${whose}, ${end}`,
      ...(waiting > 0 ? [filled(texts.waiting, { count: waiting })] : []),
      ...(closedUntil === undefined ? [] : [this.#timed(texts.closedUntil, closedUntil)]),
    ];
    return indented(`${server}: ${facts.join('; ')}`);
  }

  companies({ worst, ...counts }: Overview['companies']): string[] {
    const texts = this.#texts;
    return [
      ...indented(filled(texts.companyCounts, counts)),
      ...worst.flatMap(({ code, what, since }) =>
        indented(`${code}: ${what}, ${this.#timed(texts.since, since)}`),
      ),
    ];
  }

  #timed(text: string, at: string, values: Record<string, string | number> = {}): string {
    return filled(text, { ...values, at: this.#time(at) });
  }

  #time(at: string): string {
    return wallText(at, this.#timeZone);
  }

  #worded(text: string): string {
    return withWallTexts(text, this.#timeZone);
  }
}

function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

const indented = (text: string) => broken(text, '  ');

/** Broken between words; a word that is too long stands by itself. */
function broken(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const longer = line === '' ? `${indent}${word}` : `${line} ${word}`;
    if (line !== '' && longer.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}
