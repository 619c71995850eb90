import type { Database } from '../database.ts';
import { CompanyError } from '../errors.ts';
import type { Evidence } from '../evidence/index.ts';
import { extIds, parts, resolveIdent } from '../idents.ts';
import { notFound, Refusal } from './refusal.ts';

/** A record as a body gives it. */
export type JsonObject = Record<string, unknown>;

/** `id` may be one identifier, several, or several in brackets. */
export function identsOf({ id }: JsonObject): string[] {
  if (id === undefined || id === null || id === '') return [];
  return [id].flat().flatMap((ident) => parts(String(ident)));
}

/**
 * The record that all its identifiers mean; those that do not exist yet are to be attached.
 * @throws Refusal when they mean several, or a number does not exist
 */
export function findRecord(
  db: Database,
  evidence: Evidence,
  idents: readonly string[],
): number | undefined {
  const found = new Set<number>();
  for (const ident of idents) {
    const id = resolve(db, evidence, ident);
    if (id !== undefined) found.add(id);
    else if (/^-?\d+$/.test(ident)) throw notFound(evidence.path, ident);
  }
  if (found.size > 1) {
    throw new Refusal({ message: `Identifikátory ${idents.join(', ')} patří různým záznamům.` });
  }
  const [id] = found;
  return id;
}

function resolve(db: Database, { path }: Evidence, ident: string): number | undefined {
  try {
    return resolveIdent(db, path, ident);
  } catch (error) {
    if (!(error instanceof CompanyError)) throw error;
    throw new Refusal({ message: error.message, for: 'id', value: ident, code: 'PROP' });
  }
}

/** Makes the `ext:…` among the identifiers the record's. */
export function attach(
  db: Database,
  { path }: Evidence,
  id: number,
  idents: readonly string[],
): void {
  for (const ident of idents) {
    if (!ident.startsWith('ext:')) continue;
    db.run('INSERT OR REPLACE INTO external_id VALUES (?, ?, ?)', path, ident, id);
  }
}

/** Removes the external ids that begin like this; `ext:` may be left out. */
export function detach(db: Database, { path }: Evidence, id: number, prefix: string): void {
  const from = prefix.startsWith('ext:') ? prefix : `ext:${prefix}`;
  for (const ident of extIds(db, path, id)) {
    if (!ident.startsWith(from)) continue;
    db.run('DELETE FROM external_id WHERE evidence = ? AND value = ?', path, ident);
  }
}
