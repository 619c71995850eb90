/** What the overview knows of companies: rows beside their documents, two listings for all of them. */

import type { ContainerClient } from '@azure/storage-blob';
import { sideBySide } from '../../async/side-by-side.ts';
import type { KnownCompany } from '../../board/overview/facts.ts';
import { type AfterCalls, afterCallsForm } from '../../flexibee/after-calls.ts';
import { type Cursor, cursorForm } from '../../flexibee/cursor.ts';
import {
  type CallsRow,
  type CursorRow,
  callsRowFrom,
  callsRowOf,
  cursorRowFrom,
  rowOf,
} from '../../flexibee/cursor-row.ts';
import { LeasedDocuments } from '../../lock/leased-document.ts';
import { DocumentNewerError, DocumentStore } from '../../storage/documents.ts';
import type { DocumentForm } from '../../storage/form.ts';

/** Blobs in one answer of a listing (Azure Storage, List Blobs). */
const largestPage = 5_000;
const readsAtOnce = 16;

/** @param codes of the companies that are followed */
export async function lookAtCompanies(
  container: ContainerClient,
  codes: readonly string[],
  { before, now }: { before: Readonly<Record<string, KnownCompany>> | undefined; now: Date },
  signal: AbortSignal,
): Promise<Record<string, KnownCompany>> {
  if (codes.length === 0) return {};
  const followed = new Set(codes);
  const cursors = { prefix: 'flexibee/', form: cursorForm, from: cursorRowFrom, of: rowOf };
  const calls = { prefix: 'after/', form: afterCallsForm, from: callsRowFrom, of: callsRowOf };
  // Nobody knows since when: since somebody saw it.
  const newerRow = (code: string): CursorRow => {
    const what = 'newer version';
    const known = before?.[code]?.trouble;
    const since = known?.what === what ? known.since : now.toISOString();
    return { phase: 'following', trouble: { what, since } };
  };
  const [rows, callRows] = await Promise.all([
    rowsOf<Cursor, CursorRow>(container, { ...cursors, newer: newerRow }, followed, signal),
    rowsOf<AfterCalls, CallsRow>(container, { ...calls, newer: () => ({}) }, followed, signal),
  ]);
  return Object.fromEntries(
    codes.map((code) => {
      const row = rows.get(code) ?? { phase: 'starting' as const };
      return [code, { ...row, ...callRows.get(code) }];
    }),
  );
}

interface Rows<T, R> {
  prefix: string;
  form: Pick<DocumentForm<T>, 'schema' | 'version' | 'maxBytes'>;
  from(metadata: Record<string, string>): R | undefined;
  of(value: T): R;
  /** Of a document that a newer version of the app has written. */
  newer(name: string): R;
}

/** What has no row was written by an earlier version: it is read, until its next change gives it one. */
async function rowsOf<T extends object, R>(
  container: ContainerClient,
  { prefix, form, from: read, of, newer }: Rows<T, R>,
  followed: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, R>> {
  const documents = new DocumentStore<T>(container, prefix, { ...form });
  // Whoever only looks mends nothing: a damaged one begins anew when it is next held.
  const leased = new LeasedDocuments<T>(container, prefix, form, 60);
  const rows = new Map<string, R>();
  const without: string[] = [];
  let from: string | undefined;
  do {
    const options = { limit: largestPage, ...(from !== undefined && { from }) };
    const { names, next } = await documents.list(options, signal);
    for (const { name, metadata } of names) {
      if (!followed.has(name)) continue;
      const row = read(metadata);
      if (row === undefined) without.push(name);
      else rows.set(name, row);
    }
    from = next;
  } while (from !== undefined);
  await sideBySide(
    without,
    readsAtOnce,
    async (name, within) => {
      try {
        const value = await leased.read(name, within);
        if (value !== undefined) rows.set(name, of(value));
      } catch (error) {
        if (!(error instanceof DocumentNewerError)) throw error;
        rows.set(name, newer(name));
      }
    },
    signal,
  );
  return rows;
}
