/**
 * One run while it moves: a long poll of how far it is, and all of it whenever a stage has ended.
 * What is the same as before stays the same object, so that only what has moved is drawn anew.
 */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, Refusal } from '../api/client.ts';
import type { Problem, Run, RunProgress, Stage } from '../api/schema.d.ts';
import { token } from '../session/session.ts';
import { connection } from './connection.ts';
import { changes } from './overview.ts';
import { pause } from './pause.ts';

export interface FollowedRun {
  /** As of the end of its latest stage, about; undefined until the first answer. */
  run: Run | undefined;
  /** How far it is, newer than `run`; undefined of one that has ended. */
  progress: RunProgress | undefined;
  refusal: Refusal | undefined;
}

const holdSeconds = '25';
/** Longer than the app holds an answer. */
const deadlineMs = 40_000;
/** All of a run of fifteen sources is a megabyte: it is asked for as often as that is quick. */
const shortestTurnMs = 1_000;
const costShare = 10;
const failedPauseMs = 2_000;

export const hasEnded = ({ state }: Pick<Run, 'state'>) =>
  state !== 'waiting' && state !== 'queued' && state !== 'running';

/** @param id of the run; the view of another one is another */
export function useRun(id: string): ReadonlySignal<FollowedRun> {
  const followed = useSignal<FollowedRun>({
    ...{ run: undefined, progress: undefined, refusal: undefined },
  });
  useEffect(() => {
    const ended = new AbortController();
    void follow(id, followed, ended.signal);
    return () => ended.abort();
  }, [id]);
  return followed;
}

interface Followed {
  value: FollowedRun;
  peek(): FollowedRun;
}

async function follow(id: string, followed: Followed, ended: AbortSignal): Promise<void> {
  const whole = asker<Run>(id, {});
  const brief = asker<RunProgress>(id, { view: 'progress' }, { wait: holdSeconds });
  let nextWhole = 0;
  while (!ended.aborted) {
    await until(ended, () => token.value !== undefined && !document.hidden);
    const seen = changes.peek();
    const signal = AbortSignal.any([ended, AbortSignal.timeout(deadlineMs)]);
    try {
      const { run, progress } = followed.peek();
      if (run === undefined || hasEnded(run) || isBehind(run, progress)) {
        await pause(nextWhole - performance.now(), ended);
        const begun = performance.now();
        const found = await whole(signal);
        const cost = performance.now() - begun;
        nextWhole = performance.now() + Math.max(shortestTurnMs, cost * costShare);
        if (found !== undefined) followed.value = withRun(followed.peek(), found);
        const now = followed.peek().run;
        // It changes no more, but others may make it again.
        if (now !== undefined && hasEnded(now)) {
          await until(ended, () => changes.value !== seen && connection.value !== 'lost');
        }
        continue;
      }
      const found = await brief(signal);
      if (found !== undefined) followed.value = { ...followed.peek(), progress: found };
    } catch (error) {
      if (ended.aborted) return;
      if (error instanceof Refusal) {
        followed.value = { ...followed.peek(), refusal: error };
        await until(ended, () => changes.value !== seen);
      }
      await pause(failedPauseMs, ended);
    }
  }
}

/** Asks with the ETag of the answer before. Resolves with undefined where that is still the answer. */
function asker<T>(id: string, query: { view?: 'progress' }, held: { wait?: string } = {}) {
  let etag: string | undefined;
  return async (signal: AbortSignal): Promise<T | undefined> => {
    const { data, error, response } = await api.GET('/runs/{id}', {
      params: { path: { id }, query: etag === undefined ? { ...query } : { ...query, ...held } },
      headers: etag === undefined ? {} : { 'if-none-match': etag },
      signal,
    });
    if (response.status === 304) return undefined;
    if (!response.ok) throw new Refusal(response.status, (error ?? {}) as Partial<Problem>);
    etag = response.headers.get('etag') ?? undefined;
    return data as T;
  };
}

/** Something has ended of which the run's own document, as it was read, does not know. */
function isBehind(run: Run, progress: RunProgress | undefined): boolean {
  if (progress === undefined) return false;
  return (
    progress.state !== run.state ||
    progress.stagesDone !== run.progress.stagesDone ||
    progress.stagesSkipped !== run.progress.stagesSkipped ||
    progress.place !== run.place
  );
}

function withRun(before: FollowedRun, found: Run): FollowedRun {
  const known = new Map(before.run?.stages.map((stage) => [stage.id, stage]));
  const stages = found.stages.map((stage) => {
    const same = known.get(stage.id);
    return same !== undefined && mark(same) === mark(stage) ? same : stage;
  });
  const progress = hasEnded(found) ? undefined : before.progress;
  return { run: { ...found, stages }, progress, refusal: undefined };
}

/** Whatever happens to a stage changes one of these. */
const mark = ({ state, attempts, messages, waitsFor, rows }: Stage) =>
  JSON.stringify([state, attempts, messages.count, waitsFor, rows?.sum]);

/** Resolves once it is so, or the view has ended. What it reads of signals is watched. */
function until(ended: AbortSignal, isSo: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = new AbortController();
  const look = () => {
    if (isSo() || ended.aborted) resolve();
  };
  const unsubscribe = [token, changes, connection].map((one) =>
    one.subscribe(() => queueMicrotask(look)),
  );
  document.addEventListener('visibilitychange', look, { signal: stop.signal });
  ended.addEventListener('abort', look, { signal: stop.signal });
  look();
  return promise.finally(() => {
    stop.abort();
    for (const end of unsubscribe) end();
  });
}
