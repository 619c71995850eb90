import type { SQLInputValue } from 'node:sqlite';
import { CompanyError } from '../errors.ts';
import type { Property } from '../evidence/index.ts';
import { notFound, Refusal } from './refusal.ts';

type Resolve = (target: string, ident: string) => number | undefined;

/**
 * A field's value from JSON, where everything may be a string; empty clears the field.
 * @throws Refusal
 */
export function readValue(property: Property, value: unknown, resolve: Resolve): SQLInputValue {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'object')
    throw wrong(property, JSON.stringify(value), 'není jednoduchá hodnota');
  const text = String(value);
  switch (property.type) {
    case 'integer':
      if (!/^-?\d{1,10}$/.test(text)) throw wrong(property, text, 'není celé číslo');
      return Number(text);
    case 'numeric':
      if (!/^-?\d{1,15}(\.\d+)?$/.test(text)) throw wrong(property, text, 'není číslo');
      return rounded(Number(text), property.decimal ?? 6);
    case 'date':
      return readDate(property, text);
    case 'logic':
      if (text !== 'true' && text !== 'false') throw wrong(property, text, 'není true ani false');
      return text === 'true' ? 1 : 0;
    case 'select':
      if (property.values?.[text] === undefined)
        throw wrong(property, text, 'není povolená hodnota');
      return text;
    case 'relation':
      return readRelation(property, text, resolve);
    default:
      return readText(property, text);
  }
}

/** Half away from zero, as money is rounded. */
export function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return (Math.sign(value) * Math.round(Math.abs(value) * factor + 1e-7)) / factor;
}

function readDate(property: Property, text: string): string {
  const date = /^\d{4}-\d\d-\d\d(?=$|T|[Z+-])/.exec(text)?.[0];
  const time = date === undefined ? Number.NaN : Date.parse(date);
  if (
    date === undefined ||
    Number.isNaN(time) ||
    new Date(time).toISOString().slice(0, 10) !== date
  ) {
    throw wrong(property, text, 'není datum ve tvaru RRRR-MM-DD');
  }
  return date;
}

function readRelation({ name, target = '' }: Property, text: string, resolve: Resolve): number {
  let id: number | undefined;
  try {
    id = resolve(target, text);
  } catch (error) {
    if (!(error instanceof CompanyError)) throw error;
    throw new Refusal({ message: error.message, for: name, value: text, code: 'PROP' });
  }
  if (id === undefined) throw notFound(target, text, name);
  return id;
}

function readText(property: Property, text: string): string {
  const written = property.upperCase === true ? text.toUpperCase() : text;
  const { maxLength } = property;
  if (maxLength !== undefined && written.length > maxLength) {
    throw new Refusal({
      message: `Pole '${property.label}' může mít nejvýše ${maxLength} znaků.`,
      for: property.name,
      value: text,
      code: 'INVALID',
    });
  }
  return written;
}

function wrong(property: Property, value: string, fault: string): Refusal {
  return new Refusal({
    message: `Hodnota '${value}' pole '${property.label}' ${fault}.`,
    for: property.name,
    value,
    code: 'PROP',
  });
}
