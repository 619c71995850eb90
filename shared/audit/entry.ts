/**
 * What somebody changed through the app. An entry is two lines: what is about to be done, written
 * before anything is, and how it ended, written before the answer. A worker that dies in between
 * leaves the first: then nobody knows whether it was done.
 */

import { z } from 'zod';
import { instantSchema } from '../storage/instant.ts';
import { askerMembers } from './asker.ts';

/** Of the lines; what is of a newer one is not understood. */
const version = 1;

const detailsSchema = z.record(z.string(), z.unknown());
/** Members are the change's own; never a secret. */
export type Details = z.infer<typeof detailsSchema>;

const intentMembers = {
  /** Random, and unique. */
  id: z.string(),
  /** By storage's clock. */
  at: instantSchema,
  what: z.string().meta({ description: 'The kind of change: `run.start`' }),
  subject: z.string().meta({ description: 'What was changed: `run zd38m9z2l-b5hscz`' }),
  who: z
    .object({
      ...askerMembers,
      user: z.string().exactOptional().meta({ description: 'The person that was named' }),
    })
    .meta({ id: 'AuditActor' }),
  from: z
    .object({
      address: z.string().exactOptional().meta({
        description: 'Of the client, as the platform saw it; absent where there is no platform',
      }),
      forwarded: z
        .string()
        .exactOptional()
        .meta({ description: 'What the request itself says of its way: anybody may have said it' }),
    })
    .meta({ id: 'AuditOrigin' }),
  codes: z
    .array(z.string())
    .exactOptional()
    .meta({ description: 'Data sources; absent: it concerns more than data sources' }),
  asked: detailsSchema.exactOptional().meta({ description: 'What was asked for' }),
  before: detailsSchema.exactOptional().meta({ description: 'What it was before' }),
};

/** `unknown`: the worker died before it had written how it ended. */
export const outcomes = ['done', 'refused', 'failed', 'unknown'] as const;

const endMembers = {
  outcome: z.enum(outcomes).meta({
    description:
      '`refused`: nothing was changed; `failed`: perhaps something was; `unknown`: the worker died in between, and perhaps it was done',
  }),
  status: z.int().exactOptional().meta({ description: 'Of the answer' }),
  endedAt: instantSchema.exactOptional(),
  after: detailsSchema.exactOptional().meta({ description: 'What it is since' }),
  reason: z.string().exactOptional().meta({ description: 'Why it was refused, or failed' }),
};

export const entrySchema = z
  .object({ ...intentMembers, ...endMembers })
  .meta({ id: 'AuditEntry', description: 'A change that somebody made, or tried to' });
export type AuditEntry = z.infer<typeof entrySchema>;

const intentSchema = z.object({ v: z.literal(version), ...intentMembers });
export type Intent = Omit<z.infer<typeof intentSchema>, 'v'>;

const endSchema = z.object({ v: z.literal(version), of: z.string(), ...endMembers });
export type End = Omit<z.infer<typeof endSchema>, 'v'>;

const lineSchema = z.union([intentSchema, endSchema]);

export function lineOf(line: Intent | End): string {
  return `${JSON.stringify({ v: version, ...line })}\n`;
}

/** Puts the lines of a day together, in whatever pieces they come. */
export class Entries {
  readonly #intents = new Map<string, Intent>();
  readonly #ends = new Map<string, End>();
  /** Lines that are none of ours. */
  damaged = 0;

  /** @param text of whole lines; a line that comes twice is one */
  push(text: string): void {
    for (const line of text.split('\n')) if (line !== '') this.#add(line);
  }

  #add(line: string): void {
    const parsed = lineSchema.safeParse(jsonOf(line));
    if (!parsed.success) {
      this.damaged += 1;
      return;
    }
    const { v: _, ...members } = parsed.data;
    if ('of' in members) this.#ends.set(members.of, members);
    else this.#intents.set(members.id, members);
  }

  /** The newest first. */
  all(): AuditEntry[] {
    const entries = [...this.#intents.values()].map((intent): AuditEntry => {
      const { of: _, ...end } = this.#ends.get(intent.id) ?? { of: '', outcome: 'unknown' };
      return { ...intent, ...end };
    });
    return entries.sort((one, other) => (isBefore(one, other) ? 1 : -1));
  }
}

/** Of two entries of one moment the id decides: their order is the same for everybody. */
export function isBefore(
  one: Pick<AuditEntry, 'at' | 'id'>,
  other: Pick<AuditEntry, 'at' | 'id'>,
): boolean {
  return one.at < other.at || (one.at === other.at && one.id < other.id);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
