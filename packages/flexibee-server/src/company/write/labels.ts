import type { JsonObject } from './identity.ts';
import type { Records } from './records.ts';
import { notFound } from './refusal.ts';

/**
 * What `stitky` of a record becomes: codes of labels, added to those it has, or with
 * `stitky@removeAll` in their place. Of a group that allows one only the last stays.
 * @param present `A, B`, or nothing
 * @throws Refusal for a label that there is not
 */
export function labelsOf(records: Records, present: unknown, json: JsonObject): string | null {
  const before = String(json['stitky@removeAll']) === 'true' ? [] : codesIn(present);
  const labels = new Map(before.map((code) => [code, groupOf(records, code)]));
  for (const given of codesIn(json['stitky'])) {
    const code = given.replace(/^code:/, '').toUpperCase();
    if (records.resolve('stitek', `code:${code}`) === undefined) {
      throw notFound('stitek', `code:${code}`, 'stitky');
    }
    const group = groupOf(records, code);
    for (const [other, its] of labels)
      if (group !== undefined && its === group) labels.delete(other);
    labels.set(code, group);
  }
  return labels.size === 0 ? null : [...labels.keys()].join(', ');
}

/** Clients send `A,B`, a list, or (one PHP library) an object whose values are the codes. */
function codesIn(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  const parts = typeof value === 'object' ? Object.values(value) : [value];
  return parts
    .flatMap((part) => String(part).split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The label's group, if a record may have only one of it. */
function groupOf({ db }: Records, code: string): number | undefined {
  return db.number(
    `SELECT g.id FROM stitek s JOIN "skupina-stitku" g ON g.id = s."skupVybKlic"
     WHERE s.kod = ? AND g."pouzeJeden" = 1`,
    code,
  );
}
