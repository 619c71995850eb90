/** A run in one line: in the metadata of its blob, so that a list reads no document. */

import { z } from 'zod';
import type { RunSummary } from './index.ts';
import { hasEnded, type Run, runStates, warningsIn } from './run.ts';

const count = z.coerce.number().pipe(z.int().nonnegative());
const instant = z.iso.datetime();

/** Letters of a user that are kept here: more than any request may give. */
const userRoom = 128;

/** Metadata travels in HTTP headers: ASCII only, so free text is percent-encoded. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const decoded = z.string().transform((text, context) => {
  try {
    return decodeURIComponent(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not percent-encoded' });
    return z.NEVER;
  }
});

const metadataSchema = z.object({
  kind: z.enum(['data_source', 'entity']),
  state: z.enum(runStates),
  user: decoded,
  codes: z
    .string()
    .transform((codes) => codes.split(','))
    .pipe(z.array(decoded)),
  morecodes: count.optional(),
  created: instant,
  ended: instant.optional(),
  done: count,
  total: count,
  warnings: count.default(0),
});

export function summaryOf(run: Run): RunSummary {
  return {
    id: run.id,
    kind: run.kind,
    state: run.state,
    user: run.user,
    codes: run.codes,
    createdAt: run.createdAt,
    ...(run.endedAt !== undefined && { endedAt: run.endedAt }),
    stagesDone: run.stages.filter(hasEnded).length,
    stagesTotal: run.stages.length,
    warnings: warningsIn(run),
  };
}

export function metadataOf(run: Run): Record<string, string> {
  const summary = summaryOf(run);
  const metadata = {
    kind: summary.kind,
    state: summary.state,
    user: encoded(summary.user.slice(0, userRoom)),
    ...codesMetadata(summary.codes),
    created: summary.createdAt,
    ...(summary.endedAt !== undefined && { ended: summary.endedAt }),
    done: String(summary.stagesDone),
    total: String(summary.stagesTotal),
    ...(summary.warnings > 0 && { warnings: String(summary.warnings) }),
  };
  // The service takes no empty values.
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== ''));
}

/**
 * Letters of a run's codes in its metadata, which has 8 KB in all (Azure Storage, Setting and
 * retrieving properties and metadata); a user takes 1.5 KB at most, the rest is short.
 */
const codesRoom = 4_000;

function codesMetadata(all: readonly string[]): { codes: string; morecodes?: string } {
  const codes = all.map(encoded);
  let letters = 0;
  const fits = codes.findIndex((code) => {
    letters += code.length + 1;
    return letters > codesRoom;
  });
  if (fits < 0) return { codes: codes.join(',') };
  return { codes: codes.slice(0, fits).join(','), morecodes: String(codes.length - fits) };
}

/** undefined for metadata that no version of ours wrote, or none at all. */
export function summaryFromMetadata(
  id: string,
  metadata: Readonly<Record<string, string>>,
): RunSummary | undefined {
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) return undefined;
  const { kind, state, user, codes, morecodes, created, ended, done, total, warnings } =
    parsed.data;
  return {
    id,
    kind,
    state,
    user,
    codes,
    ...(morecodes !== undefined && { moreCodes: morecodes }),
    createdAt: created,
    ...(ended !== undefined && { endedAt: ended }),
    stagesDone: done,
    stagesTotal: total,
    warnings,
  };
}
