/** Settings in the form of a connection string: `Keyword=value;Other Keyword="with; semicolon"`. */

import { nearest } from '../faults/near-name.ts';

const pair = /([^=;]+)=\s*("(?:[^"]|"")*"|'(?:[^']|'')*'|[^;]*)/g;

/**
 * Keywords in lower case, in the order of their last values; a value in quotes may hold semicolons, and its own quotes doubled. The
 * last of several counts. What is no pair is left out.
 */
export function keywordsOf(connectionString: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const [, keyword = '', value = ''] of connectionString.matchAll(pair)) {
    const name = keyword.trim().toLowerCase();
    // Behind its synonyms, of which the last one counts, too.
    values.delete(name);
    values.set(name, unquoted(value.trim()));
  }
  return values;
}

/** Whether there is anything beside pairs, or a quote that is not closed. */
export function isMalformed(connectionString: string): boolean {
  const rest = connectionString.replace(pair, '').replaceAll(';', '').trim();
  const values = Array.from(connectionString.matchAll(pair), ([, , value = '']) => value.trim());
  return rest !== '' || values.some((value) => /^["']/.test(value) && unquoted(value) === value);
}

/**
 * What is said of a keyword that nobody knows. It may be a piece of a password with a semicolon in
 * it, so it is not told itself: where it stands is, and the known one that it is near to.
 *
 * @param place from 1
 */
export function unknownKeyword(keyword: string, place: number, known: readonly string[]): string {
  const near = nearest(keyword, known, (name) => (name.length < 5 ? 1 : 2));
  const cure = near === undefined ? 'a value that holds a semicolon goes in quotes' : undefined;
  return `has a keyword that is unknown (number ${place})${cure ? `: ${cure}` : `: did you mean ${near}?`}`;
}

/** Faults of one setting, each to be read after its name: all are told together. */
export class FaultList {
  readonly #faults: string[] = [];

  add(fault: string): void {
    this.#faults.push(fault);
  }

  /** What `parse` gives; where it throws a RangeError, its message is added. */
  attempt<T>(parse: () => T, fallback: T): T {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.add(error.message);
      return fallback;
    }
  }

  /** @throws RangeError */
  throwIfAny(): void {
    if (this.#faults.length > 0) throw new RangeError(this.#faults.join('; '));
  }
}

/** @throws RangeError to be read after the setting's name */
export function booleanOf(keyword: string, value: string): boolean {
  const isTrue = /^(true|yes|1)$/i.test(value);
  if (isTrue || /^(false|no|0)$/i.test(value)) return isTrue;
  throw new RangeError(`has a ${keyword} that is neither true nor false`);
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

function unquoted(value: string): string {
  const [, quote, inner = ''] = /^(["'])(.*)\1$/s.exec(value) ?? [];
  return quote === undefined ? value : inner.replaceAll(quote + quote, quote);
}
