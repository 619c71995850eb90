/** A run in one line: in the metadata of its blob, so that a list reads no document. */

import { z } from 'zod';
import { periodSchema } from './call.ts';
import { checkCounts } from './checks/outcome.ts';
import { errorsIn, type RunError, stageCounts } from './outcome.ts';
import { type Run, runKinds, runStates, warningsIn } from './run.ts';
import type { RunSummary, SummaryError } from './syncs.ts';

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

/** JSON, percent-encoded. */
const encodedJson = <T>(schema: z.ZodType<T>) =>
  decoded.transform((text, context) => {
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'is not what was written' });
      return z.NEVER;
    }
  });

/** As `SummaryError`. */
export const summaryErrorSchema = z.object({
  stage: z.string().exactOptional(),
  message: z.string(),
  number: z.int().exactOptional(),
});

const metadataSchema = z.object({
  kind: z.enum(runKinds),
  state: z.enum(runStates),
  user: decoded,
  codes: z
    .string()
    .transform((codes) => codes.split(','))
    .pipe(z.array(decoded)),
  morecodes: count.optional(),
  names: z
    .string()
    .transform((names) => names.split(','))
    .pipe(z.array(decoded))
    .optional(),
  morenames: count.optional(),
  board: decoded.optional(),
  period: encodedJson(periodSchema).optional(),
  created: instant,
  started: instant.optional(),
  ended: instant.optional(),
  error: encodedJson(summaryErrorSchema).optional(),
  done: count,
  skipped: count.default(0),
  total: count,
  warnings: count.default(0),
  untold: z.literal('true').optional(),
  checks: z
    .string()
    .regex(/^\d+,\d+,\d+$/)
    .transform((text) => {
      const [agrees = 0, differs = 0, unknown = 0] = text.split(',').map(Number);
      return { agrees, differs, unknown };
    })
    .optional(),
});

export function summaryOf(run: Run): RunSummary {
  const { done, skipped } = stageCounts(run);
  const [error] = errorsIn(run);
  const checks = checkCounts(run);
  return {
    id: run.id,
    kind: run.kind,
    state: run.state,
    user: run.user,
    codes: run.codes,
    names: run.names,
    ...(run.board !== undefined && { board: run.board }),
    ...(run.period !== undefined && { period: run.period }),
    createdAt: run.createdAt,
    ...(run.startedAt !== undefined && { startedAt: run.startedAt }),
    ...(run.endedAt !== undefined && { endedAt: run.endedAt }),
    ...(error !== undefined && { error: inBrief(error) }),
    stagesDone: done,
    stagesSkipped: skipped,
    stagesTotal: run.stages.length,
    warnings: warningsIn(run),
    ...(run.untold && { untold: true }),
    ...(checks && { checks }),
  };
}

export function metadataOf(run: Run): Record<string, string> {
  const summary = summaryOf(run);
  const { checks } = summary;
  const codes = listMetadata('codes', summary.codes, codesRoom);
  const namesRoom = listsRoom - (codes['codes'] ?? '').length;
  const metadata = {
    kind: summary.kind,
    state: summary.state,
    user: encoded(summary.user.slice(0, userRoom)),
    ...codes,
    ...listMetadata('names', run.names, namesRoom),
    ...(summary.board !== undefined && { board: encoded(summary.board.slice(0, boardRoom)) }),
    ...(summary.period && { period: encoded(JSON.stringify(summary.period)) }),
    created: summary.createdAt,
    ...(summary.startedAt !== undefined && { started: summary.startedAt }),
    ...(summary.endedAt !== undefined && { ended: summary.endedAt }),
    ...(summary.error && { error: encoded(JSON.stringify(summary.error)) }),
    done: String(summary.stagesDone),
    ...(summary.stagesSkipped > 0 && { skipped: String(summary.stagesSkipped) }),
    total: String(summary.stagesTotal),
    ...(summary.warnings > 0 && { warnings: String(summary.warnings) }),
    ...(summary.untold && { untold: 'true' }),
    ...(checks && { checks: [checks.agrees, checks.differs, checks.unknown].join() }),
  };
  // The service takes no empty values.
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== ''));
}

/**
 * Letters of a run's codes, of these and its entities together, and of its error as it is encoded,
 * in its metadata, which has 8 KB in all (Azure Storage, Setting and retrieving properties and
 * metadata); a user takes 1.5 KB at most, the rest is short. The entities of a whole source take 1 KB.
 */
const codesRoom = 3_400;
const listsRoom = 4_600;
const errorRoom = 900;
/** Letters of a board's name before they are encoded. */
const boardRoom = 64;

/** As many of `all` as there is room for, and how many are left out. */
function listMetadata(name: string, all: readonly string[], room: number): Record<string, string> {
  const texts = all.map(encoded);
  let letters = 0;
  const fits = texts.findIndex((text) => {
    letters += text.length + 1;
    return letters > room;
  });
  if (fits < 0) return { [name]: texts.join(',') };
  return { [name]: texts.slice(0, fits).join(','), [`more${name}`]: String(texts.length - fits) };
}

/** Cut so that its encoding has room. */
function inBrief({ stage, message, number }: RunError): SummaryError {
  const withText = (text: string): SummaryError => ({
    ...(stage !== undefined && stage.length <= 100 && { stage }),
    message: text,
    ...(number !== undefined && { number }),
  });
  const fits = (error: SummaryError) =>
    encodeURIComponent(JSON.stringify(error)).length <= errorRoom;
  // Half of a surrogate pair cannot be encoded.
  let text = message.slice(0, 300).toWellFormed();
  if (message.length <= 300 && fits(withText(text))) return withText(text);
  while (text.length > 0 && !fits(withText(`${text}…`))) text = text.slice(0, -20).toWellFormed();
  return withText(`${text}…`);
}

/** undefined for metadata that no version of ours wrote, or none at all. */
export function summaryFromMetadata(
  id: string,
  metadata: Readonly<Record<string, string>>,
): RunSummary | undefined {
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) return undefined;
  const { kind, state, user, codes, morecodes, names, morenames, board, period } = parsed.data;
  const { created, started, ended, error, done, skipped, total, warnings } = parsed.data;
  const { checks, untold } = parsed.data;
  return {
    id,
    kind,
    state,
    user,
    codes,
    ...(morecodes !== undefined && { moreCodes: morecodes }),
    ...(names !== undefined && { names }),
    ...(morenames !== undefined && { moreNames: morenames }),
    ...(board !== undefined && { board }),
    ...(period !== undefined && { period }),
    createdAt: created,
    ...(started !== undefined && { startedAt: started }),
    ...(ended !== undefined && { endedAt: ended }),
    ...(error !== undefined && { error }),
    stagesDone: done,
    stagesSkipped: skipped,
    stagesTotal: total,
    warnings,
    ...(untold && { untold: true }),
    ...(checks !== undefined && { checks }),
  };
}
