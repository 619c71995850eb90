import type { Row } from '../database.ts';
import type { Property } from '../evidence/index.ts';
import { dateWithOffset } from '../time.ts';
import type { JsonRecord } from '../types.ts';
import type { Selection } from './detail.ts';

/**
 * A row as FlexiBee's JSON has it. An empty field is an empty string.
 * @param row the columns of the selection; of each relation `<name> kod` and `<name> nazev` too
 */
export function render(company: string, { properties }: Selection, row: Row): JsonRecord {
  const record: JsonRecord = {};
  for (const property of properties) {
    const value = row[property.name] ?? null;
    if (property.target === undefined) {
      record[property.name] = value === null ? '' : written(property, value as string | number);
      const label = property.values?.[String(value)];
      if (label !== undefined) record[`${property.name}@showAs`] = label;
      if (property.type === 'blob') record[`${property.name}@encoding`] = 'base64';
    } else {
      relation(record, company, property, row);
    }
  }
  return record;
}

function written({ type }: Property, value: string | number): string {
  if (type === 'numeric') return Number.isInteger(value) ? `${value}.0` : String(value);
  if (type === 'logic') return value === 1 ? 'true' : 'false';
  if (type === 'date') return dateWithOffset(String(value));
  return String(value);
}

function relation(record: JsonRecord, company: string, { name, target }: Property, row: Row): void {
  const id = row[name] ?? null;
  if (id === null) {
    record[name] = '';
    return;
  }
  const kod = row[`${name} kod`] ?? null;
  const title = row[`${name} nazev`] ?? null;
  record[name] = kod === null ? String(id) : `code:${kod}`;
  record[`${name}@ref`] = `/c/${company}/${target}/${id}.json`;
  record[`${name}@showAs`] = [kod, title].filter((part) => part !== null).join(': ');
}
