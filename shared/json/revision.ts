import { createHash } from 'node:crypto';

/** Tells contents apart: twelve hexadecimal digits of the JSON of a value. */
export function revisionOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}
