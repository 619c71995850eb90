/** What a typed row must be, made of a record's JSON by other means than the base's. */

import type { Property } from '../../../shared/flexibee/typed/properties.ts';

type Row = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Values of a record that fit, by column: numbers, dates and times as the driver gives them. */
export function expectedRow(properties: readonly Property[], payload: Row | null): Row {
  const row: Row = {};
  for (const { name, type, target, decimal = 6 } of properties) {
    if (name === 'id' || target === 'external-ids') continue;
    const value = payload?.[name];
    const given = value !== undefined && value !== null && value !== '';
    switch (type) {
      case 'relation': {
        const id = /\/(-?\d+)\.json$/.exec(text(payload?.[`${name}@ref`]))?.[1];
        row[`${name}_id`] = id ?? null;
        row[`${name}_code`] = text(value).startsWith('code:') ? text(value).slice(5) : null;
        break;
      }
      case 'select':
        row[name] = given ? value : null;
        row[`${name}_showAs`] = payload?.[`${name}@showAs`] || null;
        break;
      case 'numeric': {
        const [whole = '', fraction = ''] = text(value).split('.');
        row[name] = given
          ? `${whole}${decimal > 0 ? '.' : ''}${fraction.padEnd(decimal, '0')}`
          : null;
        break;
      }
      case 'integer':
        row[name] = given ? value : null;
        break;
      case 'logic':
        row[name] = given ? value === 'true' : null;
        break;
      case 'date':
        row[name] = given ? text(value).slice(0, 10) : null;
        break;
      case 'datetime':
        row[name] = given ? Date.parse(text(value)) : null;
        break;
      default:
        row[name] = value ?? null;
    }
  }
  return row;
}
