/** Settings in the form of a connection string: `Keyword=value;Other Keyword="with; semicolon"`. */

const pair = /([^=;]+)=\s*("(?:[^"]|"")*"|'(?:[^']|'')*'|[^;]*)/g;

/**
 * Keywords in lower case; a value in quotes may hold semicolons, and its own quotes doubled. The
 * last of several counts. What is no pair is left out.
 */
export function keywordsOf(connectionString: string): Map<string, string> {
  return new Map(
    Array.from(connectionString.matchAll(pair), ([, keyword = '', value = '']) => [
      keyword.trim().toLowerCase(),
      unquoted(value.trim()),
    ]),
  );
}

/** Whether there is anything beside pairs, or a quote that is not closed. */
export function isMalformed(connectionString: string): boolean {
  const rest = connectionString.replace(pair, '').replaceAll(';', '').trim();
  const values = Array.from(connectionString.matchAll(pair), ([, , value = '']) => value.trim());
  return rest !== '' || values.some((value) => /^["']/.test(value) && unquoted(value) === value);
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

function unquoted(value: string): string {
  const [, quote, inner = ''] = /^(["'])(.*)\1$/s.exec(value) ?? [];
  return quote === undefined ? value : inner.replaceAll(quote + quote, quote);
}
