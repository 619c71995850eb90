/** FlexiBee's JSON, checked where it comes in; what it says in strings becomes numbers here. */

import { z } from 'zod';
import { isBelow } from './record-ids.ts';
import type { Change, ChangesPage, FlexibeeRecord, RecordsPage } from './types.ts';

/** A version: on the wire a string of digits. */
export const version = z
  .union([z.string().regex(/^\d+$/, { error: 'must be digits' }), z.number()])
  .transform(Number)
  .pipe(z.int().nonnegative());

/** A record's number, kept in decimal: no arithmetic is done with it. */
const id = z
  .union([z.string(), z.int().transform(String)])
  .pipe(z.string().regex(/^-?\d+$/, { error: 'must be a number' }));

/** Made of one answer: one that is wrong may be wrong a hundred thousand times. */
const mostFaults = 10;

/** FlexiBee writes one of a kind as an object or as an array of one; none may be left out. */
function several<Item extends z.ZodType>(item: Item) {
  return z
    .unknown()
    .optional()
    .transform((given, context) => {
      const items: unknown[] = Array.isArray(given) ? given : given == null ? [] : [given];
      const parsed: z.output<Item>[] = [];
      let faults = 0;
      for (const [index, one] of items.entries()) {
        const { success, data, error } = item.safeParse(one);
        if (success) parsed.push(data);
        for (const { path, message } of error?.issues ?? []) {
          context.addIssue({ code: 'custom', path: [index, ...path], message });
          faults += 1;
        }
        if (faults >= mostFaults) break;
      }
      return parsed;
    });
}

const externalIds = several(z.string());

export const operations = ['create', 'update', 'delete'] as const;

export const change = z
  .object({
    '@evidence': z.string().min(1),
    '@in-version': version,
    '@operation': z.enum(operations),
    '@timestamp': z.string().nullish(),
    id,
    'external-ids': externalIds,
  })
  .transform((wire) => ({
    version: wire['@in-version'],
    evidence: wire['@evidence'],
    id: wire.id,
    operation: wire['@operation'],
    ...(wire['@timestamp'] && { at: wire['@timestamp'] }),
    externalIds: wire['external-ids'],
  }));

const oddChange = z.object({ '@evidence': z.string().min(1), '@in-version': version });

/** A line that is wrong but for its version and evidence is told, and holds up no other evidence. */
const changeOrOdd = z.unknown().transform((line, context): Change => {
  const { data, error } = change.safeParse(line);
  if (data !== undefined) return data;
  const known = oddChange.safeParse(line).data;
  const told = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  if (known !== undefined) {
    const { '@in-version': version, '@evidence': evidence } = known;
    const odd = `version ${version}: ${told.join('; ')}`;
    return { version, evidence, id: '', operation: 'update', externalIds: [], odd };
  }
  for (const { path, message } of error.issues) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
  return z.NEVER;
});

/** Where the listing goes on. */
export const nextVersion = z.union([z.literal('none'), version]);

/** The changes listing. */
export const changesPage: z.ZodType<ChangesPage> = z
  .object({
    winstrom: z.object({
      '@globalVersion': version,
      changes: several(changeOrOdd),
      next: nextVersion,
    }),
  })
  .transform(({ winstrom: { '@globalVersion': globalVersion, changes, next } }) => ({
    globalVersion,
    changes: changes.sort((a, b) => a.version - b.version),
    ...(next !== 'none' && { next }),
  }));

/** Only what is read of a record; the record itself goes on as it came, uncopied. */
const identity = z.object({ id, kod: z.string().nullish(), 'external-ids': externalIds });

const payload = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  { error: 'must be an object' },
);

/** The answer of `get.json`. */
export function recordsAnswer(evidence: string): z.ZodType<FlexibeeRecord[]> {
  return z
    .object({ winstrom: payload })
    .transform(({ winstrom }, context) => recordsIn(winstrom, evidence, context));
}

/**
 * A listing above a number, asked for with `order=id`, `add-global-version` and `add-row-count`. One
 * that is in another order, or empty where the server counts records, is none: whoever took it for
 * the end would delete what it did not list.
 */
export function recordsPage(evidence: string, afterId?: string): z.ZodType<RecordsPage> {
  return z
    .object({
      winstrom: z.looseObject({ '@globalVersion': version, '@rowCount': version.nullish() }),
    })
    .transform(({ winstrom }, context) => {
      const records = recordsIn(winstrom, evidence, context);
      const count = winstrom['@rowCount'];
      const complain = (message: string) =>
        context.addIssue({ code: 'custom', path: ['winstrom', evidence], message });
      let last = afterId;
      const isInOrder = records.every(({ id }) => {
        const before = last;
        last = id;
        return before === undefined || isBelow(before, id);
      });
      if (!isInOrder) complain(`must be in the order of ids${afterId ? `, above ${afterId}` : ''}`);
      if (records.length === 0 && count) complain(`is empty, and @rowCount is ${count}`);
      return {
        globalVersion: winstrom['@globalVersion'],
        records,
        ...(count != null && { count }),
      };
    });
}

function recordsIn(
  winstrom: Record<string, unknown>,
  evidence: string,
  context: z.core.$RefinementCtx,
): FlexibeeRecord[] {
  const path = ['winstrom', evidence];
  const complain = (within: readonly PropertyKey[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path, ...within], message });
  const listed = winstrom[evidence];
  if (listed === undefined) {
    // Whoever takes an answer to something else for an empty list deletes a whole evidence.
    const others = Object.keys(winstrom).some((key) => !key.startsWith('@'));
    if (others) complain([], 'is missing');
    return [];
  }
  const payloads = several(payload).safeParse(listed);
  if (!payloads.success) {
    for (const { path, message } of payloads.error.issues) complain(path, message);
    return [];
  }
  const records: FlexibeeRecord[] = [];
  let faults = 0;
  for (const [index, record] of payloads.data.entries()) {
    const known = identity.safeParse(record);
    if (known.success) {
      const { id, kod, 'external-ids': externalIds } = known.data;
      records.push({ id, ...(kod && { code: kod }), externalIds, payload: record });
      continue;
    }
    for (const { path, message } of known.error.issues) complain([index, ...path], message);
    faults += 1;
    if (faults === mostFaults) break;
  }
  return records;
}

const success = z
  .union([z.boolean(), z.enum(['true', 'false', 'ok'])])
  .transform((said) => said === true || said === 'true' || said === 'ok');

/** Whether the changelog is on. */
export const changelogStatus: z.ZodType<boolean> = z
  .object({ winstrom: z.object({ success }) })
  .transform(({ winstrom }) => winstrom.success);

/** A web hook as the server lists it. */
export interface Hook {
  id: string;
  url: string;
  /** Grows with every failed delivery; the server waits the longer. Absent: not told. */
  penalty?: number;
}

const hook = z
  .object({ id, url: z.string(), penalty: version.nullish() })
  .transform(({ id, url, penalty }): Hook => ({ id, url, ...(penalty != null && { penalty }) }));

export const hooksAnswer: z.ZodType<Hook[]> = z
  .object({ winstrom: z.object({ hooks: several(hook) }) })
  .transform(({ winstrom }) => winstrom.hooks);

const message = z.string().optional().catch(undefined);
const told = z.object({
  success: success.optional().catch(undefined),
  message,
  results: several(z.object({ errors: several(z.object({ message })).catch([]) })).catch([]),
});
/** Login and some refusals come without the wrapper. */
const verdict = z.union([z.object({ winstrom: told }).transform((body) => body.winstrom), told]);

/**
 * What the server says of a request that it refused: its own words, which may be none. Undefined:
 * this is no refusal.
 */
export function refusalIn(body: unknown): string | undefined {
  const said = verdict.safeParse(body);
  if (said.data?.success !== false) return undefined;
  const { message, results } = said.data;
  const reasons = [message, ...results.flatMap(({ errors }) => errors.map((one) => one.message))];
  return [...new Set(reasons.filter(Boolean))].join('; ');
}

/** An order was carried out: without a word, or with one that is no refusal. */
export const done: z.ZodType<unknown> = z
  .unknown()
  .refine((body) => refusalIn(body) === undefined, { error: 'is a refusal' });
