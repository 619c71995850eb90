/** The blocks of a document that somebody may type, and what it says they print. */

export interface Block {
  /** Of its first line, from 1. */
  line: number;
  text: string;
  /** Why nobody can type it here: `<!-- not run: … -->` in front of it. */
  notRun?: string;
  /** It ends with another code than 0: `<!-- ends with 1: … -->`. */
  endsWith: number;
  /** The block right behind it. */
  shows?: { language: string; text: string };
}

const fence = /(?:<!-- (not run|ends with (\d+)): ([^>]+?) -->\n+)?^```(\w*)\n([\s\S]*?)^```$/gm;

export function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let before: Block | undefined;
  let end = 0;
  for (const match of document.matchAll(fence)) {
    const isNext = document.slice(end, match.index).trim() === '';
    end = match.index + match[0].length;
    const [, mark, code = '0', why = '', language = '', text = ''] = match;
    if (language === 'sh') {
      const line = document.slice(0, match.index).split('\n').length;
      before = { line, text, endsWith: Number(code) };
      if (mark === 'not run') before.notRun = why;
      blocks.push(before);
    } else if (before && isNext && before.shows === undefined) {
      before.shows = { language, text };
    }
  }
  return blocks;
}

/** JSON as documents show it: `…` stands for what is left out. */
export function elided(text: string): unknown {
  return JSON.parse(
    text
      .replace(/: …/g, ': null')
      .replace(/,\s*…/g, '')
      .replace(/…,?/g, (found, at: number) => (isInString(text, at) ? found : '')),
  );
}

const isInString = (text: string, at: number): boolean =>
  (text.slice(0, at).match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;

/** Where an answer has not the members, or the kinds of values, that a document shows. */
export function shapeFaults(shown: unknown, answered: unknown, place = 'it'): string[] {
  if (shown === null || answered === null) return [];
  const kind = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value);
  if (kind(shown) !== kind(answered)) {
    return [`${place} is ${kind(answered)}, and not ${kind(shown)}`];
  }
  if (Array.isArray(shown)) {
    const [first] = answered as unknown[];
    return first === undefined ? [] : shapeFaults(shown[0] ?? null, first, `${place}[0]`);
  }
  if (typeof shown !== 'object') return [];
  return Object.entries(shown as object).flatMap(([key, value]) =>
    Object.hasOwn(answered as object, key)
      ? shapeFaults(value, (answered as Record<string, unknown>)[key], `${place}.${key}`)
      : [`${place} has no ${key}`],
  );
}

/**
 * The lines of what is shown as `text` that were not printed. Whatever numbers, times and ids of
 * runs they have, and however far columns are apart; `…` is anything.
 */
export function linesFaults(shown: string, printed: string): string[] {
  const lines = printed.split('\n').map((line) => line.trim());
  return shown
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !lines.some((one) => likeness(line).test(one)));
}

function likeness(line: string): RegExp {
  const anyway = line
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\bz[a-z0-9]{8}-[a-z0-9]{6}\b/g, '\\S+')
    .replace(/\s+/g, '\\s+')
    .replace(/\d+/g, '\\d+')
    .replaceAll('…', '.*');
  return new RegExp(`^${anyway}$`);
}
