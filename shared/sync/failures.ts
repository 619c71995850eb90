/**
 * Entities of data sources that have failed, and not succeeded since: `state/failures.json`, written
 * at the end of each run that changes it.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { instantSchema } from '../storage/instant.ts';
import { ListDocument } from '../storage/list-document.ts';
import type { Tell } from '../storage/tell.ts';
import { checkText, failing } from './checks/outcome.ts';
import { isFailure } from './outcome.ts';
import type { Run, Stage } from './run.ts';

const failureSchema = z.object({
  code: z.string(),
  entity: z.string(),
  /** When the first run ended in which it failed. */
  since: instantSchema,
  /** The latest one. */
  run: z.string(),
  /** When that one ended; absent where an earlier version of the app has written it. */
  at: instantSchema.exactOptional(),
  /** In how many runs it has failed since; absent as above. */
  times: z.int().exactOptional(),
  /** Its first error, in brief. */
  message: z.string(),
  /** Somebody was told, and is to be told when it is over. */
  told: z.literal(true).exactOptional(),
});
export type Failure = z.infer<typeof failureSchema>;

/** The latest: the document has a megabyte. */
const mostFailures = 2_000;
const longestMessage = 200;

const form = {
  name: 'failures',
  schema: failureSchema,
  version: 1,
  meaning: 'none are known, the next runs tell',
};

export class FailureStore {
  readonly #document: ListDocument<Failure>;

  constructor(container: ContainerClient, tell?: Tell) {
    this.#document = new ListDocument(container, form, tell);
  }

  /** @throws DocumentNewerError, or storage's error */
  read(signal: AbortSignal): Promise<readonly Failure[]> {
    return this.#document.read(signal);
  }

  /**
   * Adds what has failed in a run that has ended, and removes what has succeeded.
   *
   * @param told entities of whose failure somebody was told
   * @throws DocumentNewerError, or storage's error
   */
  async note(run: Run, told: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    await this.#document.update((known) => noted(known, run, told), signal);
  }
}

/** The same array where the run changes nothing. */
export function noted(
  known: readonly Failure[],
  run: Run,
  told: ReadonlySet<string> = new Set(),
): readonly Failure[] {
  let failures = known;
  for (const { code, entity } of run.freshness) {
    const stages = stagesOf(run, { code, entity });
    const isSame = (one: Failure) => one.code === code && one.entity === entity;
    const before = failures.find(isSame);
    const wrong = failing(run).find((check) => check.entity === entity && check.code === code);
    const error = errorIn(stages) ?? (wrong && `Check ${checkText(wrong)}`) ?? leftBy(run, stages);
    if (error !== undefined) {
      const at = run.endedAt ?? run.createdAt;
      const since = before?.since ?? at;
      // A run may be noted twice: whoever has done so may not have come to say it.
      const times =
        (before?.times ?? Number(before !== undefined)) + Number(before?.run !== run.id);
      const message = error.slice(0, longestMessage);
      const isTold = before?.told || told.has(entity);
      const failure = {
        ...{ code, entity, since, run: run.id, at, times, message },
        ...(isTold && { told: true as const }),
      };
      failures = [...failures.filter((one) => !isSame(one)), failure].slice(-mostFailures);
    } else if (before !== undefined && hasSucceeded(stages)) {
      failures = failures.filter((one) => !isSame(one));
    }
  }
  return failures;
}

/**
 * Whether a run that has ended is over with: it has succeeded, or all that it has left is known as
 * failed, entity by entity.
 */
export function isAccountedFor(run: Run): boolean {
  if (!isFailure(run)) return run.state === 'succeeded';
  const failed = noted([], run);
  const isKnown = ({ entity, code }: Pick<Failure, 'code' | 'entity'>) =>
    failed.some((one) => one.entity === entity && one.code === code);
  const known = new Set(run.freshness.map(({ entity }) => entity));
  return (
    run.freshness.every((one) => isKnown(one) || hasSucceeded(stagesOf(run, one))) &&
    run.stages.every(({ entity, state }) => known.has(entity) || state === 'succeeded')
  );
}

/** Failures that somebody was told of, and that are over with this run. */
export function recoveredIn(known: readonly Failure[], run: Run): Failure[] {
  return known.filter((failure) => {
    const isOfRun = run.freshness.some(
      ({ code, entity }) => code === failure.code && entity === failure.entity,
    );
    return failure.told === true && isOfRun && hasSucceeded(stagesOf(run, failure));
  });
}

function stagesOf(run: Run, { code, entity }: Pick<Failure, 'code' | 'entity'>): Stage[] {
  return run.stages.filter(
    (stage) => stage.entity === entity && (stage.code === undefined || stage.code === code),
  );
}

function hasSucceeded(stages: readonly Stage[]): boolean {
  return stages.every(({ state }) => state === 'succeeded');
}

/** What a run has left that could not be executed, or no further: of that its reason tells. */
function leftBy(run: Run, stages: readonly Stage[]): string | undefined {
  return isFailure(run) && !hasSucceeded(stages) ? run.reason : undefined;
}

/** What was skipped or cancelled is no news of the entity. */
function errorIn(stages: readonly Stage[]): string | undefined {
  const failed = stages.find(({ state }) => state === 'failed' || state === 'interrupted');
  return failed && (failed.error?.message ?? failed.state);
}
