import type { Database } from './database.ts';
import { quoted } from './database.ts';
import { CompanyError } from './errors.ts';
import { isCodeList } from './evidence/code-lists.ts';
import { evidenceOf, propertyOf } from './evidence/index.ts';

/**
 * The number behind an identifier: `1`, `code:X`, `ext:sys:1`, the evidence's own (`in:` for ic),
 * or several in brackets, of which the first that exists counts. Percent-encoded forms too.
 * @param target an evidence or a code list
 * @returns undefined when there is no such record
 * @throws CompanyError 400 when it is no identifier
 */
export function resolveIdent(db: Database, target: string, ident: string): number | undefined {
  for (const part of parts(decoded(ident))) {
    const id = resolveOne(db, target, part);
    if (id !== undefined) return id;
  }
  return undefined;
}

function resolveOne(db: Database, target: string, ident: string): number | undefined {
  const list = isCodeList(target);
  const table = list ? 'code_list' : quoted(evidenceOf(target).path);
  const own = list ? ' AND list = ?' : '';
  const more = list ? [target] : [];
  if (/^-?\d{1,15}$/.test(ident)) {
    return db.number(`SELECT id FROM ${table} WHERE id = ?${own}`, Number(ident), ...more);
  }
  const colon = ident.indexOf(':');
  const prefix = ident.slice(0, colon);
  const value = ident.slice(colon + 1);
  if (prefix === 'code') {
    return (
      byField(value) ??
      // Codes are kept in upper case; whoever writes `code:abc` means ABC.
      byField(value.toUpperCase())
    );
  }
  if (prefix === 'ext') {
    return db.number(
      'SELECT record FROM external_id WHERE evidence = ? AND value = ?',
      target,
      ident,
    );
  }
  const field = list ? undefined : evidenceOf(target).identifiers?.[prefix];
  if (colon > 0 && field !== undefined) {
    return db.number(`SELECT id FROM ${table} WHERE ${quoted(field)} = ? ORDER BY id`, value);
  }
  throw new CompanyError(400, `Je očekáváno číselné ID, ale '${ident}' není číslo`);

  function byField(code: string): number | undefined {
    if (!list && !hasCode(target)) return undefined;
    return db.number(`SELECT id FROM ${table} WHERE kod = ?${own} ORDER BY id`, code, ...more);
  }
}

/** `[123][code:X]` is several identifiers of one record, with `\` before `[`, `]` and `,`. */
export function parts(ident: string): string[] {
  if (!ident.startsWith('[')) return [ident];
  const found = [...ident.matchAll(/\[((?:[^\]\\]|\\.)*)\]/gsu)];
  return found.map((part) => (part[1] ?? '').replace(/\\(.)/gsu, '$1'));
}

function decoded(ident: string): string {
  try {
    return decodeURIComponent(ident);
  } catch {
    return ident; // a lone percent sign is part of a code
  }
}

const hasCode = (evidence: string): boolean =>
  propertyOf(evidenceOf(evidence), 'kod') !== undefined;

/** What the record is called at this moment: `code:…` first, then its external ids. */
export function externalIdsOf(db: Database, evidence: string, id: number): string[] {
  const kod = hasCode(evidence)
    ? db.one(`SELECT kod FROM ${quoted(evidence)} WHERE id = ?`, id)?.['kod']
    : undefined;
  const codes = typeof kod === 'string' && kod !== '' ? [`code:${kod}`] : [];
  return [...codes, ...extIds(db, evidence, id)];
}

/** Only the `ext:…`. */
export function extIds(db: Database, evidence: string, id: number): string[] {
  return db
    .all(
      'SELECT value FROM external_id WHERE evidence = ? AND record = ? ORDER BY value',
      evidence,
      id,
    )
    .map((row) => String(row['value']));
}
