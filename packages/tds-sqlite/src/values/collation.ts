/** Collations: which letters are the same, and in which order they stand. */

/** Of databases, and of what says no other. */
export const defaultCollation = 'Latin1_General_100_CI_AS_SC_UTF8';

/** Code points count: letters that differ by case are two. */
export const isExact = (collation: string): boolean => /_(?:BIN2?|CS)(?:_|$)/i.test(collation);

const name = /^(?:SQL_)?[A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*_(?:BIN2?|C[IS](?:_A[IS])?)(?:_\w+)?$/i;

export const isCollation = (text: string): boolean => name.test(text);

const locales: readonly [pattern: RegExp, locale: string][] = [
  [/^Czech_/i, 'cs'],
  [/^Slovak_/i, 'sk'],
];

/** The language whose order a collation has. */
export const localeOf = (collation: string): string =>
  locales.find(([pattern]) => pattern.test(collation))?.[1] ?? 'en';

/** Letters that are one in the order of a language. */
const pairs: Readonly<Record<string, readonly string[]>> = { cs: ['ch'], sk: ['ch', 'dz', 'dž'] };

interface Order {
  /** Place of a letter, and of one with this accent among those that share the place. */
  places: ReadonlyMap<string, readonly [base: number, accent: number]>;
  pairs: readonly string[];
}

const orders = new Map<string, Order>();

/** All letters of Latin, Greek and Cyrillic and what stands between, as the language sorts them. */
function orderOf(locale: string): Order {
  const existing = orders.get(locale);
  if (existing) return existing;
  const accents = new Intl.Collator(locale, { sensitivity: 'accent' });
  const bases = new Intl.Collator(locale, { sensitivity: 'base' });
  const own = pairs[locale] ?? [];
  const letters = Array.from({ length: 0x530 - 0x20 }, (_, index) =>
    String.fromCharCode(0x20 + index),
  ).filter((letter) => letter === letter.toLowerCase());
  const places = new Map<string, readonly [number, number]>();
  let [base, accent] = [0x100, 0x100];
  let previous: string | undefined;
  for (const letter of [...letters, ...own].sort(accents.compare)) {
    if (previous === undefined || bases.compare(previous, letter) !== 0) {
      base++;
      accent = 0x100;
    } else if (accents.compare(previous, letter) !== 0) accent++;
    places.set(letter, [base, accent]);
    previous = letter;
  }
  const order = { places, pairs: own };
  orders.set(locale, order);
  return order;
}

/**
 * A text whose order by code points is that of the collation: first letters without their accents,
 * then the accents. Neither case nor blanks at the end count.
 */
export function sortKey(locale: string, text: string): string {
  const { places, pairs: own } = orderOf(locale);
  const folded = text.replace(/ +$/, '').toLowerCase();
  let first = '';
  let second = '';
  for (let at = 0; at < folded.length; at++) {
    const pair = folded.slice(at, at + 2);
    const letter = own.includes(pair) ? pair : folded.charAt(at);
    if (letter === pair) at++;
    const [base, accent] = places.get(letter) ?? [0x2000 + letter.charCodeAt(0) / 8, 0x100];
    first += String.fromCharCode(base) + (places.has(letter) ? '' : letter);
    second += String.fromCharCode(accent);
  }
  return `${first}\u0001${second}`;
}
