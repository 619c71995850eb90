import type { ComponentChildren } from 'preact';
import type { Call, Run, RunProgress } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { useEnding } from '../../../live/use-ending.ts';
import { hasEnded } from '../../../live/use-run.ts';
import { hrefOf } from '../../../shell/router.ts';
import { duration, moment, monthName, near, number, wholeMoment } from '../../../text/format.ts';
import { isolated } from '../../../text/isolated.ts';
import { say } from '../../../text/say.ts';
import { told } from '../../../text/told.ts';
import { isPrinted } from '../../../ui/printed.ts';
import { StateWord } from '../../../ui/state-word.tsx';
import { askedText, entitiesText, periodsText, rowsText, runTitle, sourcesText } from '../words.ts';
import { Actions } from './actions.tsx';

interface HeadProps {
  run: Run;
  progress: RunProgress | undefined;
}

/** What it is, who asked for it, how far it is, and what can be done about it. */
export function Head({ run, progress }: HeadProps) {
  const state = hasEnded(run) ? run.state : (progress?.state ?? run.state);
  useEnding(state);
  return (
    <section class="run-head">
      <div class="title">
        <h1>
          <bdi>{runTitle(run)}</bdi>
          {run.period !== undefined && <> · {monthName(run.period)}</>}
        </h1>
        <StateWord state={state} />
        <span class="grow" />
        <Actions run={run} />
      </div>
      <p class="quiet asked">
        {run.board === undefined
          ? say('runs.askedBy', { user: isolated(run.user) })
          : say('runs.askedByBoard', { user: isolated(run.user), board: isolated(run.board) })}
        {' · '}
        <Begun run={run} />
      </p>
      <Links run={run} />
      <Standing run={run} progress={progress} />
      <Facts run={run} progress={progress} />
      <Asked run={run} />
    </section>
  );
}

function Begun({ run: { createdAt, startedAt, endedAt } }: { run: Run }) {
  const at = startedAt ?? createdAt;
  // Whoever holds the paper has another day.
  const told = isPrinted.value ? wholeMoment : (time: string) => near(time, now.peek());
  return (
    <>
      <time dateTime={at} title={wholeMoment(at)}>
        {startedAt === undefined
          ? say('runs.askedAt', { time: told(at) })
          : say('runs.begunAt', { time: told(at) })}
      </time>
      {endedAt !== undefined && (
        <>
          {' · '}
          <time dateTime={endedAt} title={wholeMoment(endedAt)}>
            {say('runs.endedAt', { time: told(endedAt) })}
          </time>
        </>
      )}
    </>
  );
}

function Links({ run: { retryOf, retryFrom, retriedBy = [] } }: { run: Run }) {
  if (retryOf === undefined && retriedBy.length === 0) return null;
  return (
    <p class="links">
      {retryOf !== undefined && (
        <span>
          {say(retryFrom === 'all' ? 'runs.againAll' : 'runs.againFailed')}{' '}
          <a href={hrefOf('runs', [retryOf])}>{retryOf}</a>
        </span>
      )}
      {retriedBy.length > 0 && (
        <span>
          {say('runs.madeAgain')}{' '}
          {retriedBy.map((id, place) => (
            <>
              {place > 0 && ', '}
              <a key={id} href={hrefOf('runs', [id])}>
                {id}
              </a>
            </>
          ))}
        </span>
      )}
    </p>
  );
}

/** Why it does not run, or why it ended as it did, where no stage says so. */
function Standing({ run, progress }: HeadProps) {
  const own = run.errors.filter(({ stage }) => stage === undefined);
  const place = progress?.place ?? run.place;
  const wakesAt = progress?.wakesAt ?? run.wakesAt;
  const isOpen = !hasEnded(run);
  const time = (at: string) => near(at, now.peek());
  return (
    <>
      {own.map(({ message }) => (
        <p key={message} class="refusal">
          <bdi>{told(message)}</bdi>
        </p>
      ))}
      {run.reason !== undefined && !own.some(({ message }) => message === run.reason) && (
        <p>
          <bdi>{told(run.reason)}</bdi>
        </p>
      )}
      {run.state === 'waiting' && (
        <p class="waits">
          {place === undefined || place === 0
            ? say('runs.nextInLine')
            : say('runs.beforeIt', { count: place })}
          {run.waitsFor?.map(({ server, run: holder }) => (
            <span key={server}>
              {' · '}
              {server}
              {holder !== undefined && (
                <>
                  {': '}
                  <a href={hrefOf('runs', [holder])}>{holder}</a>
                </>
              )}
            </span>
          ))}
          {run.notBefore !== undefined && (
            <> · {say('runs.notBefore', { time: time(run.notBefore) })}</>
          )}
          {run.closed !== undefined && (
            <>
              {' · '}
              {say('runs.closed', {
                time: time(run.closed.until),
                reason: isolated(run.closed.reason),
              })}
            </>
          )}
        </p>
      )}
      {isOpen && wakesAt !== undefined && (
        <p class="waits">{say('runs.wakesAt', { time: time(wakesAt) })}</p>
      )}
      {isOpen &&
        (progress?.waiting ?? run.progress.waiting ?? []).map(
          ({ stage, exclusive, opens, run: by }) => (
            <p key={stage} class="waits">
              <bdi>{stage}</bdi>{' '}
              {opens === undefined
                ? say('runs.waitsForName', { name: exclusive ?? '' })
                : say('runs.waitsForWindow', { time: time(opens) })}
              {by !== undefined && by !== run.id && (
                <>
                  {' '}
                  <a href={hrefOf('runs', [by])}>{by}</a>
                </>
              )}
            </p>
          ),
        )}
    </>
  );
}

function Facts({ run, progress }: HeadProps) {
  const { stagesDone, stagesSkipped, stagesTotal } = progress ?? run.progress;
  const failed = run.stages.filter(({ state }) => state === 'failed' || state === 'interrupted');
  const counts = run.stages.flatMap(({ rows }) => rows ?? []);
  const total = (of: 'sum' | 'statements') => counts.reduce((sum, rows) => sum + rows[of], 0);
  const rows =
    counts.length === 0
      ? number(0)
      : rowsText({ sum: total('sum'), statements: total('statements') });
  const repeated = run.stages.reduce(
    (sum, { attempts }) => sum + Math.max(0, attempts.length - 1),
    0,
  );
  const skipped = run.stages.filter(({ state }) => state === 'skipped').length;
  const differing = run.checks?.filter(({ result }) => result?.state === 'differs').length ?? 0;
  const done = stagesDone + (hasEnded(run) ? 0 : stagesSkipped);
  return (
    <div class="facts sheet">
      <Fact value={say('runs.stagesOf', { done, total: stagesTotal })}>
        {say('runs.factStages')}
      </Fact>
      <TimeFact run={run} progress={progress} />
      <Fact value={rows}>{say('runs.factRows')}</Fact>
      <Fact value={number(failed.length)} tone={failed.length > 0 ? 'failed' : ''}>
        {say('runs.factFailed')}
      </Fact>
      {skipped > 0 && <Fact value={number(skipped)}>{say('runs.factSkipped')}</Fact>}
      {repeated > 0 && <Fact value={number(repeated)}>{say('runs.factRepeated')}</Fact>}
      {run.warnings > 0 && (
        <Fact value={number(run.warnings)} tone="old">
          {say('runs.factWarnings')}
        </Fact>
      )}
      {differing > 0 && (
        <Fact value={number(differing)} tone="differs">
          {say('runs.factDiffer')}
        </Fact>
      )}
    </div>
  );
}

interface FactProps {
  value: string;
  tone?: string;
  children: ComponentChildren;
}

function Fact({ value, tone = '', children }: FactProps) {
  return (
    <div class={`fact ${tone}`}>
      <b>{value}</b>
      <span>{children}</span>
    </div>
  );
}

function TimeFact({ run, progress }: HeadProps) {
  if (run.endedAt !== undefined && run.startedAt !== undefined) {
    const took = Date.parse(run.endedAt) - Date.parse(run.startedAt);
    return <Fact value={duration(took, 'narrow')}>{say('runs.factTook')}</Fact>;
  }
  const endsAt = (progress ?? run.progress).estimate?.endsAt;
  if (endsAt) {
    const left = Date.parse(endsAt) - now.value;
    if (left < 0) {
      return <Fact value={duration(-left, 'narrow')}>{say('runs.factLonger')}</Fact>;
    }
    return (
      <Fact value={duration(left, 'narrow')}>{say('runs.factLeft', { time: moment(endsAt) })}</Fact>
    );
  }
  if (run.startedAt === undefined) return null;
  const since = now.value - Date.parse(run.startedAt);
  return <Fact value={duration(since, 'narrow')}>{say('runs.factSince')}</Fact>;
}

/** What was asked for, call by call, where the title does not say it all. */
function Asked({ run }: { run: Run }) {
  const calls: readonly Call[] = run.calls ?? [];
  const [only] = calls;
  const relative = calls.some((call) => askedText(call) !== undefined);
  if (only === undefined || (calls.length === 1 && !relative && run.codes.length <= 4)) return null;
  return (
    <details class="calls">
      <summary>{say('runs.calls', { count: calls.length })}</summary>
      <ul>
        {calls.map((call, place) => (
          <li key={String(place)}>
            <bdi>
              {call.codes.length > 4
                ? `${sourcesText(call.codes)} (${call.codes.join(', ')})`
                : sourcesText(call.codes)}
            </bdi>
            {' · '}
            {call.whole ? say('runs.wholeSources') : <bdi>{entitiesText(call.names)}</bdi>}
            {call.periods !== undefined && <> · {periodsText(call.periods)}</>}
            {askedText(call) !== undefined && <span class="quiet"> ({askedText(call)})</span>}
            {call.retries !== undefined && (
              <span class="quiet">
                {' · '}
                {say('runs.retriesLeft', { count: call.retries, after: call.after ?? '10m' })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
