/**
 * Events of troubles that last, and of their ends. What was told is in the cursor, and a trouble's
 * time is, too: whoever dies after the event tells the same one again.
 */

import type { NewEvent } from '../events/event.ts';
import type { FollowContext } from './context.ts';
import type { Cursor, Trouble } from './cursor.ts';

/** A server that is restarted is back by then, and nobody need hear of it. */
export const lastingMs = 5 * 60_000;

type Told = Cursor['told'][string];

/** The turn at a company whose cursor it is. */
interface Turn {
  readonly cursor: Cursor;
  readonly signal: AbortSignal;
  amend(change: (cursor: Cursor) => Cursor): Promise<void>;
}

/** @throws storage's error: then the next poll tells it */
export async function tellTroubles(
  { company: { code }, now, tell }: Pick<FollowContext, 'company' | 'now' | 'tell'>,
  turn: Turn,
): Promise<void> {
  if (tell === undefined) return;
  const troubles = troublesIn(turn.cursor);
  for (const [whose, told] of Object.entries(turn.cursor.told)) {
    if (told.endedAt === undefined && troubles.has(whose)) continue;
    // Its time is written down before it is told: it is the same for whoever tells it.
    const endedAt = told.endedAt ?? now().toISOString();
    if (told.endedAt === undefined) {
      await turn.amend((cursor) => withTold(cursor, whose, { ...told, endedAt }));
    }
    await tell(overEvent(code, whose, { ...told, endedAt }), turn.signal);
    await turn.amend((cursor) => withoutTold(cursor, whose));
  }
  for (const [whose, trouble] of troubles) {
    const told = turn.cursor.told[whose];
    const isLasting = now().getTime() - Date.parse(trouble.since) >= lastingMs;
    if (!isLasting || (told?.kind === trouble.kind && told.since === trouble.since)) continue;
    await tell(troubleEvent(code, whose, trouble), turn.signal);
    const { kind, since } = trouble;
    await turn.amend((cursor) => withTold(cursor, whose, { kind, since }));
  }
}

function troublesIn({ trouble, evidences }: Cursor): Map<string, Trouble> {
  const own = trouble === undefined ? [] : [['', trouble] as const];
  const others = Object.entries(evidences).flatMap(([evidence, counts]) =>
    counts.trouble === undefined ? [] : [[evidence, counts.trouble] as const],
  );
  return new Map([...own, ...others]);
}

function troubleEvent(code: string, whose: string, trouble: Trouble): NewEvent {
  const { kind, since, message, cure } = trouble;
  return {
    ...{ kind: 'company.trouble', cause: `${code} ${whose} ${kind}`, causedAt: new Date(since) },
    ...{ codes: [code], error: message, reason: kind, cure, since },
    ...(whose !== '' && { entities: [whose] }),
  };
}

function overEvent(code: string, whose: string, told: Told & { endedAt: string }): NewEvent {
  const { kind, since, endedAt } = told;
  return {
    ...{
      kind: 'company.recovered',
      cause: `${code} ${whose} ${since}`,
      causedAt: new Date(endedAt),
    },
    ...{ codes: [code], reason: kind, since, until: endedAt },
    ...(whose !== '' && { entities: [whose] }),
  };
}

function withTold(cursor: Cursor, whose: string, told: Told): Cursor {
  return { ...cursor, told: { ...cursor.told, [whose]: told } };
}

function withoutTold(cursor: Cursor, whose: string): Cursor {
  const { [whose]: _, ...told } = cursor.told;
  return { ...cursor, told };
}
