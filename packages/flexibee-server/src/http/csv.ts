/** Tables as CSV: a line of names, then one for each record; every value in quotes. */

import { Refusal } from 'stand-in-kit';

type Fields = Readonly<Record<string, unknown>>;

/** @param names the columns, in their order */
export function csvOf(names: readonly string[], records: readonly Fields[]): string {
  const line = (values: readonly unknown[]) => values.map(quoted).join(',');
  return [names, ...records.map((record) => names.map((name) => record[name]))]
    .map((values) => `${line(values)}\r\n`)
    .join('');
}

const quoted = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`;

const encodings = ['utf-8', 'iso-8859-2', 'windows-1250'] as const;

/**
 * What an encoding does not have becomes a question mark.
 * @param encoding default UTF-8
 * @throws Refusal 400 for one that is unknown
 */
export function encoded(text: string, encoding = 'utf-8'): Buffer {
  const known = encodings.find((one) => one === encoding.toLowerCase());
  if (known === undefined) throw new Refusal(400, `Neznámé kódování '${encoding}'`);
  if (known === 'utf-8') return Buffer.from(text, 'utf8');
  const decoder = new TextDecoder(known);
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const letters = new Map([...decoder.decode(bytes)].map((letter, byte) => [letter, byte]));
  return Buffer.from([...text].map((letter) => letters.get(letter) ?? 0x3f));
}
