import { memo } from 'preact/compat';
import type { RunSummary } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { hrefOf } from '../../../shell/router.ts';
import { duration, monthNumbers, near, wholeMoment } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { told } from '../../../text/told.ts';
import { StateWord } from '../../../ui/state-word.tsx';
import { runTitle } from '../words.ts';

interface RunLineProps {
  run: RunSummary;
  /** From 1. */
  place: number;
  count: number;
}

/** One run in a line: how it is, what it is about, who asked, when, how long. */
export const RunLine = memo(function RunLine({ run, place, count }: RunLineProps) {
  return (
    <li class="run-line" aria-posinset={place} aria-setsize={count}>
      <span class="how">
        <StateWord state={run.state} />
        {run.place !== undefined && (
          <small>
            {run.place === 0 ? say('runs.next') : say('runs.before', { count: run.place })}
          </small>
        )}
      </span>
      <span class="what">
        <a href={hrefOf('runs', [run.id])}>
          <bdi>{runTitle(run)}</bdi>
        </a>
        {run.period !== undefined && <span class="period">{monthNumbers(run.period)}</span>}
      </span>
      <Told run={run} />
      <span class="who">
        <bdi>{run.user}</bdi>
        {run.board !== undefined && (
          <small>
            <bdi>{run.board}</bdi>
          </small>
        )}
      </span>
      <time class="when" dateTime={run.createdAt} title={wholeMoment(run.createdAt)}>
        {near(run.createdAt, now.peek())}
      </time>
      <span class="took number">
        <Took run={run} />
      </span>
      <span class="stages number">
        {say('runs.stagesOf', { done: run.stagesDone + run.stagesSkipped, total: run.stagesTotal })}
      </span>
    </li>
  );
});

/** Why it failed, or what somebody should look at although it has not. */
function Told({ run: { error, checks, warnings } }: { run: RunSummary }) {
  if (error !== undefined) {
    const { number: code, message } = error;
    const text = told(message);
    return (
      <span class="told failed" title={text}>
        <bdi>{code === undefined ? text : `${code} ${text}`}</bdi>
      </span>
    );
  }
  if (checks !== undefined && checks.differs > 0) {
    return <span class="told differs">{say('runs.checksDiffer', { count: checks.differs })}</span>;
  }
  if (warnings > 0)
    return <span class="told old">{say('runs.warnings', { count: warnings })}</span>;
  return <span class="told" />;
}

function Took({ run: { startedAt, endedAt, state } }: { run: RunSummary }) {
  if (startedAt === undefined) return null;
  if (endedAt !== undefined) {
    return <>{duration(Date.parse(endedAt) - Date.parse(startedAt), 'narrow')}</>;
  }
  return state === 'running' ? <Since at={startedAt} /> : null;
}

/** Moves with the clock, alone. */
function Since({ at }: { at: string }) {
  return <>{duration(now.value - Date.parse(at), 'narrow')}</>;
}
