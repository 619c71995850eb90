/**
 * Holding an evidence against its mirror, page by page: numbers and the time of the last change of
 * each record, some 28,000 in one request; of evidences whose records have no such time everything,
 * by digest. What looks different is noted only: it may have changed just then.
 */

import { createHash } from 'node:crypto';
import { FlexibeeError } from '../errors.ts';
import { ownTroubleOf } from '../evidence-trouble.ts';
import { RequestSizes } from '../request-sizes.ts';
import type { FlexibeeRecord, RecordsPage, Source } from '../types.ts';
import { candidatesIn, type Stamp } from './compare.ts';
import { noneFound, type Walk } from './document.ts';
import type { MirrorRows } from './mirror-rows.ts';

/** A million records are thirty-six requests, and an answer has two to four megabytes. */
const stampsPerRequest = 28_000;
/** As in a load. */
const recordsPerRequest = 1_000;

/** More than so many of one evidence are not corrected one by one: it is loaded anew. */
export const mostCandidates = 20_000;

export interface WalkPlace {
  source: Source;
  rows: MirrorRows;
  /** The most full records in one request, where fewer than usual. */
  pageSize?: number | undefined;
}

/** Holds one page of the current evidence against the mirror. @throws what is not the evidence's own */
export async function walkOn(
  walk: Walk,
  { source, rows, pageSize = recordsPerRequest }: WalkPlace,
  signal: AbortSignal,
): Promise<Walk> {
  const [evidence = ''] = walk.evidences;
  const { afterId, by } = walk;
  const sizes = new RequestSizes(walk.sizes);
  const most = by === 'content' ? Math.min(recordsPerRequest, pageSize) : stampsPerRequest;
  const detail = by === 'content' ? 'full' : 'custom:id,lastUpdate';
  const what = `${evidence} ${by}`;
  const limit = sizes.of(what, most);
  let page: { stamps: Stamp[]; isLast: boolean };
  try {
    page = stampsIn(await source.list(evidence, { afterId, limit, detail }, signal), by);
  } catch (error) {
    const isTooMuch = error instanceof FlexibeeError && error.isTooMuch;
    if (isTooMuch && sizes.tooMuch(what, limit)) return { ...walk, sizes: sizes.toStored() };
    const report = ownTroubleOf(error);
    if (report === undefined) throw error;
    return skipped(walk, evidence, report.message);
  }
  sizes.answered(what, limit, most);
  const { stamps, isLast } = page;
  if (by === 'lastUpdate' && stamps.some(({ content }) => content === undefined)) {
    return { ...walk, by: 'content' };
  }
  const last = stamps.at(-1)?.id ?? afterId;
  const range = { afterId, by, throughId: isLast ? undefined : last };
  const differing = await candidatesIn(stamps, rows.pages(evidence, range, signal));
  const before = walk.candidates[evidence] ?? { ids: [], versions: [] };
  const candidates = {
    ids: [...before.ids, ...differing.map(({ id }) => id)],
    versions: [...before.versions, ...differing.map(({ version }) => version)],
  };
  const found = walk.found[evidence] ?? noneFound;
  const next = {
    ...walk,
    sizes: sizes.toStored(),
    afterId: last,
    found: { ...walk.found, [evidence]: { ...found, compared: found.compared + stamps.length } },
    candidates: {
      ...walk.candidates,
      ...(candidates.ids.length > 0 && { [evidence]: candidates }),
    },
  };
  // So many are known well enough.
  return isLast || candidates.ids.length > mostCandidates ? behind(next) : next;
}

/** The walk at its next evidence. */
function behind(walk: Walk): Walk {
  return { ...walk, evidences: walk.evidences.slice(1), afterId: undefined, by: 'lastUpdate' };
}

function skipped(walk: Walk, evidence: string, why: string): Walk {
  return behind({ ...walk, skipped: { ...walk.skipped, [evidence]: why } });
}

/** All that is held of a page while it is compared. */
function stampsIn({ records, count }: RecordsPage, by: Walk['by']) {
  return {
    stamps: records.map((record) => stampOf(record, by)),
    isLast: count === undefined ? records.length === 0 : records.length >= count,
  };
}

function stampOf({ id, payload }: FlexibeeRecord, by: Walk['by']): Stamp {
  if (by === 'content') return { id, content: digestOf(payload) };
  const at = payload['lastUpdate'];
  return { id, content: typeof at === 'string' && at !== '' ? at : undefined };
}

/** As the mirror's procedure makes it, of the JSON that it was given. */
export function digestOf(payload: Record<string, unknown>): string {
  const text = Buffer.from(JSON.stringify(payload), 'utf16le');
  return createHash('sha256').update(text).digest('hex').toUpperCase();
}
