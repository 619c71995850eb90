/**
 * Changes page by page: the journal is written with each page, and the cursor moves behind it. The
 * records are fetched in bulk when enough of them have changed, see stale.ts; so a worker that
 * dies costs one page, or one request for records.
 */

import { type Counts, type Cursor, newLoad, withPending } from './cursor.ts';
import {
  withEvidenceTrouble,
  withoutEvidenceTrouble,
  withoutIdleTroubles,
} from './evidence-trouble.ts';
import { type EvidencePart, fold } from './fold.ts';
import { bounded, type Gap, missingIn, pageSize } from './gaps.ts';
import { identityOf } from './history.ts';
import type { Beginning } from './late.ts';
import type { StoredStale } from './stale.ts';
import { batchOf, mostStale, staleSteps, waitingIn } from './stale-steps.ts';
import type { Step, StepContext } from './step.ts';
import { oddChange } from './trouble.ts';
import type { Change } from './types.ts';

/** Steps from the beginning until the changelog has no more. */
export async function* pageSteps(
  context: StepContext,
  beginning: Beginning,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const waiting = waitingIn(context);
  const { stale, hidden, blocked, fetched } = waiting;
  for await (const page of pages(context, beginning, signal)) {
    const parts = new Map(page.parts.map((part) => [part.evidence, part]));
    for (const { evidence, records } of page.parts) {
      for (const { id, version, deleted, deleteSeen } of records) {
        if (!deleted) {
          stale.add(evidence, id, version, deleteSeen);
          continue;
        }
        stale.remove(evidence, id);
        hidden.remove(evidence, id);
      }
    }
    const gathered = yield* staleSteps(context, waiting, parts, page.more, signal);
    const reloads = new Set(page.parts.filter(({ odd }) => odd !== undefined).map(nameOf));
    for (const evidence of blocked) {
      if (stale.sizeOf(evidence) <= mostStale) continue;
      reloads.add(evidence);
      stale.drop(evidence);
    }
    const deleting: string[] = [];
    for (const [evidence, part] of parts) {
      if (part.changes.length === 0) continue;
      const batch = await batchOf(
        context,
        waiting,
        { evidence, part, versions: new Map() },
        signal,
      );
      if (batch.records.length > 0) deleting.push(evidence);
      gathered.add(batch);
    }
    const waits = { stale: stale.toStored(), hidden: hidden.toStored() };
    const behind = { ...waits, fetched: [...fetched], deleting, reloads };
    const moved = moveBehind(context.company, page, behind, context.now());
    yield { page: gathered.page, moved };
    fetched.clear();
  }
}

const nameOf = ({ evidence }: { evidence: string }) => evidence;

interface Page {
  /** Late changes, too. */
  parts: EvidencePart[];
  /** The newest change in it, perhaps a late one. */
  newest?: Change;
  /** The cursor behind it. */
  next: number;
  gaps: Gap[];
  globalVersion: number;
  /** The changelog goes on. */
  more: boolean;
}

async function* pages(
  { cursor, source, evidences, now }: StepContext,
  beginning: Beginning,
  signal: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  const followed = new Set(evidences);
  let { page } = beginning;
  let { next } = cursor;
  let gaps = [...beginning.gaps];
  let late = beginning.late;
  let asked = 0;
  for (;;) {
    const fresh = page.changes.filter(({ version }) => version >= next);
    gaps = bounded([...gaps, ...missingIn(next, fresh, now())]);
    const last = fresh.at(-1);
    next = last === undefined ? next : last.version + 1;
    // A page without changes may point beyond what its server has forgotten or hides; one that
    // points to where we are, or back, is an end, whatever it says.
    const start = last === undefined ? (page.next ?? 0) : next;
    const more = page.next !== undefined && (last !== undefined || start > Math.max(next, asked));
    const parts = fold([...late, ...fresh], followed, cursor.next - 1);
    const newest = last ?? late.at(-1);
    const { globalVersion } = page;
    yield { parts, next, gaps, globalVersion, more, ...(newest && { newest }) };
    if (!more) return;
    late = [];
    asked = start;
    page = await source.changes({ start, limit: pageSize }, signal);
  }
}

/** What a page has left behind. */
interface Behind {
  stale: StoredStale;
  hidden: StoredStale;
  /** Evidences of which records were fetched. */
  fetched: readonly string[];
  /** Evidences of which records were deleted without asking. */
  deleting: readonly string[];
  /** Evidences that must be loaded anew. */
  reloads: ReadonlySet<string>;
}

/** Moves the cursor behind a page that is applied, but for the records that are stale now. */
function moveBehind(
  code: string,
  page: Page,
  { stale, hidden, fetched, deleting, reloads }: Behind,
  now: Date,
): (cursor: Cursor) => Cursor {
  const { parts, next, gaps, globalVersion, more, newest } = page;
  const appliedAt = now.toISOString();
  return ({ behindSince = appliedAt, ...before }) => {
    const cursor = parts.reduce(
      (last, { evidence, odd }) =>
        odd ? withEvidenceTrouble(last, evidence, oddChange(code, evidence, odd), now) : last,
      fetched.reduce(withoutEvidenceTrouble, before),
    );
    return withoutIdleTroubles({
      ...cursor,
      next,
      gaps,
      globalVersion,
      ...(newest && newest.version > (cursor.last?.version ?? 0) && { last: identityOf(newest) }),
      stale,
      hidden,
      loads: [
        ...cursor.loads.filter(({ evidence }) => !reloads.has(evidence)),
        ...[...reloads].map(newLoad),
      ],
      evidences: { ...cursor.evidences, ...counted(cursor.evidences, parts) },
      pending: withPending(cursor, [...fetched, ...deleting]),
      appliedAt,
      ...(more && { behindSince }),
    });
  };
}

function counted(
  counts: Readonly<Record<string, Counts>>,
  parts: readonly EvidencePart[],
): Record<string, Counts> {
  return Object.fromEntries(
    parts.flatMap(({ evidence, changes }) => {
      const before = counts[evidence];
      if (before === undefined) return [];
      return [[evidence, { ...before, changes: before.changes + changes.length }]];
    }),
  );
}
