/** What people are told of an event, in their language. */

import { wallText, withWallTexts } from '../../time/wall-text.ts';
import type { Event } from '../event.ts';
import cs from './cs.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import ru from './ru.json' with { type: 'json' };

export const languages = ['en', 'cs', 'ru'] as const;
export type Language = (typeof languages)[number];

/** Each has the texts of the first. */
const catalogues: Readonly<Record<Language, typeof en>> = { en, cs, ru };

export interface Message {
  /** One line. */
  title: string;
  facts: readonly { label: string; value: string }[];
  /** Where to look: an address, or, where nobody said what ours is, a path of the API. */
  look: { label: string; value: string; isLink: boolean };
}

export interface Reader {
  language: Language;
  timeZone: string;
  /** `https://syncboard.example`; absent: nobody said. */
  publicUrl?: string | undefined;
}

/** Names in a list; of more is told how many. */
const named = 8;

export function messageOf(event: Event, { language, timeZone, publicUrl }: Reader): Message {
  const texts = catalogues[language];
  const path = pathOf(event);
  const isLink = publicUrl !== undefined;
  return {
    title: filled(texts.titles[event.kind], {
      run: event.run ?? '',
      codes: listed(event.codes, texts.more) || texts.everything,
      entities: listed(event.entities, texts.more) || texts.everything,
      place: event.server ?? (listed(event.codes, texts.more) || texts.everything),
      queue: event.queue ?? '',
    }),
    facts: factsOf(event, texts, timeZone),
    look: { label: texts.look, value: isLink ? `${publicUrl}${path}` : `GET ${path}`, isLink },
  };
}

/** As lines, for whoever takes no more than text. */
export function textOf({ title, facts, look }: Message): string {
  const lines = [...facts, look].map(({ label, value }) => `${label}: ${value}`);
  return [title, '', ...lines, ''].join('\n');
}

function factsOf(event: Event, texts: typeof en, timeZone: string): Message['facts'] {
  const time = (at: string | undefined) => at && timeText(at, timeZone);
  const worded = (text: string | undefined) => text && withWallTexts(text, timeZone);
  const length = (ms: number | undefined) => (ms === undefined ? undefined : lengthText(ms));
  const { labels } = texts;
  const values: Record<keyof typeof labels, string | undefined> = {
    severity: texts.severities[event.severity],
    run: event.run,
    retryOf: event.retryOf,
    state: event.state && (texts.states as Record<string, string>)[event.state],
    board: event.board,
    codes: listed(event.codes, texts.more),
    entities: listed(event.entities, texts.more),
    server: event.server,
    queue: event.queue,
    message: event.message,
    error: worded(event.error),
    reason: worded(event.reason),
    cure: event.cure,
    differences: event.differences?.map((one) => filled(texts.difference, { ...one })).join('; '),
    expected: length(event.expectedMs),
    took: length(event.tookMs),
    since: time(event.since),
    until: time(event.until),
    user: event.user,
    at: time(event.at),
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value ? [{ label: labels[name as keyof typeof labels], value }] : [],
  );
}

function pathOf({ kind, run, codes = [] }: Event): string {
  if (run !== undefined) return `/runs/${run}`;
  const [code = ''] = codes;
  if (/^(company|reconciliation)\./.test(kind)) return `/flexibee/${code}`;
  if (kind === 'closure.begins') return '/closures';
  return kind === 'queue.poison' ? '/health' : '/events';
}

function listed(names: readonly string[] | undefined, more: string): string {
  const some = (names ?? []).slice(0, named).join(', ');
  const left = (names?.length ?? 0) - named;
  return left > 0 ? `${some} ${filled(more, { count: left })}` : some;
}

/** `2026-11-30 02:15 (Europe/Prague)`. */
function timeText(at: string, timeZone: string): string {
  return `${wallText(at, timeZone)} (${timeZone})`;
}

/** `1:02:03`: hours, minutes, seconds. */
function lengthText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `{name}` is replaced by its value; what is no name stays. */
function filled(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
