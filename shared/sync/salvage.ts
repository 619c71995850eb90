/** What can be known of a run whose document cannot be understood. */

import type { RawBlob } from '../storage/documents.ts';
import { addLog, endDamaged } from './ending.ts';
import { isFinished, type Run, runSchema } from './run.ts';
import { timeOfRun } from './run-id.ts';
import { summaryFromMetadata } from './summary.ts';

/** The run as far as it is known, ended: `interrupted`, unless its summary says how it had ended. */
export function salvaged(id: string, found: RawBlob, why: string, now: Date): Run {
  const run = known(id, found, now);
  const summary = summaryFromMetadata(id, found.metadata);
  const ended = [summary, run].find((one) => one !== undefined && isFinished(one));
  endDamaged(run, why, ended, now);
  return run;
}

/** A run of a newer version, for looking at: as far as this one understands it. */
export function glimpse(id: string, found: RawBlob, why: string, now: Date): Run {
  const run = known(id, found, now);
  const summary = summaryFromMetadata(id, found.metadata);
  if (summary !== undefined) run.state = summary.state;
  addLog(run, now, `${why}. What is here may not be all of it.`);
  return run;
}

function known(id: string, found: RawBlob, now: Date): Run {
  const kept = membersOf(id, found.text);
  const summary = summaryFromMetadata(id, found.metadata);
  const createdAt = kept.createdAt ?? summary?.createdAt;
  return {
    kind: summary?.kind ?? 'data_source',
    state: summary?.state ?? 'running',
    user: summary?.user ?? 'unknown',
    token: 'unknown',
    codes: summary?.codes ?? [],
    names: [],
    locks: [],
    stages: [],
    freshness: [],
    log: [],
    ...kept,
    id,
    createdAt: createdAt ?? (timeOfRun(id) ?? now).toISOString(),
  };
}

/** Each member that is what it should be by itself; of lists, the elements that are. */
function membersOf(id: string, text: string | undefined): Partial<Run> {
  const json = objectIn(text);
  // The document of another run says nothing about this one.
  if (typeof json['id'] === 'string' && json['id'] !== id) return {};
  const kept: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(runSchema.shape)) {
    if (!Object.hasOwn(json, name)) continue;
    const value = json[name];
    const whole = schema.safeParse(value);
    if (whole.success) kept[name] = whole.data;
    else if (Array.isArray(value)) {
      const sound = value.filter((element) => schema.safeParse([element]).success);
      const some = schema.safeParse(sound);
      // Not where one value is meant.
      if (some.success) kept[name] = some.data;
    }
  }
  return kept as Partial<Run>;
}

function objectIn(text: string | undefined): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text ?? '');
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch {
    // No JSON: nothing is kept.
  }
  return {};
}
