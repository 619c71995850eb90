/** How long each stage took in its latest runs: one small document, written at the end of a run. */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import {
  DocumentConflictError,
  DocumentDamagedError,
  DocumentStore,
} from '../storage/documents.ts';
import type { DocumentForm } from '../storage/form.ts';
import type { Tell } from '../storage/tell.ts';
import type { Run, Stage } from './run.ts';

/** `measuredAs` of a stage to its latest durations in milliseconds, oldest first. */
export type Durations = Readonly<Record<string, readonly number[]>>;

/** Older versions wrote negative ones, too, where clocks did not agree. */
const measuredSchema = z
  .array(z.number())
  .transform((durations) => durations.filter((ms) => ms >= 0));

const durationsForm: DocumentForm<Record<string, number[]>> = {
  schema: z.record(z.string(), measuredSchema),
  version: 1,
  maxBytes: 16 * 1024 * 1024,
};

const none = { value: {}, metadata: {}, meaning: 'durations are measured anew' };

/** How long a sync that is asked for waits for what earlier ones have measured. */
const estimateMs = 2_000;

/** Enough for a median that one bad night does not move. */
const kept = 9;

const name = 'durations';

export class DurationStore {
  readonly #documents: DocumentStore<Record<string, number[]>>;

  constructor(container: ContainerClient, tell?: Tell) {
    this.#documents = new DocumentStore(container, 'state/', durationsForm, tell);
  }

  /** @throws DocumentNewerError, or storage's error */
  async read(signal: AbortSignal): Promise<Durations> {
    return (await this.#documents.readMended(name, () => none, signal))?.value ?? {};
  }

  /** The same, and nothing is mended: none where they are damaged. */
  async look(signal: AbortSignal): Promise<Durations> {
    const found = await this.#documents.read(name, signal).catch((error: unknown) => {
      if (error instanceof DocumentDamagedError) return undefined;
      throw error;
    });
    return found?.value ?? {};
  }

  /**
   * Adds what a finished run measured; runs that end at the same moment take turns.
   *
   * @throws DocumentNewerError, or storage's error
   */
  async add(run: Run, signal: AbortSignal): Promise<void> {
    const measured = measure(run);
    if (Object.keys(measured).length === 0) return;
    for (;;) {
      const stored = await this.#documents.readMended(name, () => none, signal);
      const merged = merge(stored?.value ?? {}, measured);
      try {
        if (stored === undefined) await this.#documents.create(name, merged, {}, signal);
        else await this.#documents.replace(name, merged, {}, stored.etag, signal);
        return;
      } catch (error) {
        if (!(error instanceof DocumentConflictError)) throw error;
      }
    }
  }
}

/** An estimate is no reason to refuse a sync, nor to use up the time that a claim has. */
export async function knownDurations(
  durations: Pick<DurationStore, 'read'>,
  signal: AbortSignal,
): Promise<Durations> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(estimateMs)]);
  return durations.read(limit).catch(() => ({}));
}

/** The stages with what each of them may take, as far as earlier runs have measured it. */
export function withExpected(stages: readonly Stage[], known: Durations): Stage[] {
  return stages.map((stage) => {
    const expectedMs = median(known[measuredAs(stage)] ?? []);
    return expectedMs === undefined ? stage : { ...stage, expectedMs };
  });
}

/** The middle value, or the mean of the two middle ones; undefined for none. */
function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/** One name for all months: what one of them took, another one will take. */
function measuredAs({ stage, entity, code }: Stage): string {
  return code === undefined ? `${stage}:${entity}` : `${stage}:${entity}:${code}`;
}

/** Milliseconds of the last attempt of every stage that succeeded, in the order of the plan. */
function measure(run: Run): Record<string, number[]> {
  const measured: Record<string, number[]> = {};
  for (const stage of run.stages) {
    const last = stage.attempts.at(-1);
    if (stage.state !== 'succeeded' || last?.endedAt === undefined) continue;
    const tookMs = Date.parse(last.endedAt) - Date.parse(last.startedAt);
    // Written by two workers whose clocks did not agree.
    if (tookMs < 0) continue;
    const name = measuredAs(stage);
    measured[name] = [...(measured[name] ?? []), tookMs];
  }
  return measured;
}

function merge(
  known: Readonly<Record<string, readonly number[]>>,
  measured: Readonly<Record<string, readonly number[]>>,
): Record<string, number[]> {
  const merged: Record<string, number[]> = {};
  for (const [name, durations] of Object.entries(known)) merged[name] = [...durations];
  for (const [name, durations] of Object.entries(measured)) {
    merged[name] = [...(merged[name] ?? []), ...durations].slice(-kept);
  }
  return merged;
}
