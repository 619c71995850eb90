import { answered, api } from '../../api/client.ts';
import type { Overview } from '../../api/schema.d.ts';
import { now } from '../../live/clock.ts';
import { overview } from '../../live/overview.ts';
import { may } from '../../session/session.ts';
import { hrefOf } from '../../shell/router.ts';
import { duration, near } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import type { LaneStage } from './servers.tsx';
import { stageTitle } from './words.ts';

type Server = Overview['servers'][number];
type RunOf = LaneStage['run'];

interface LaneProps {
  server: Server;
  /** What runs there now; several where it allows them. */
  stages: readonly LaneStage[];
  /** Whose it is, where that may be seen. */
  run: RunOf | undefined;
}

export function Lane({ server, stages, run }: LaneProps) {
  const { isFree, waiting, waits = [], closedUntil } = server;
  const [first] = stages;
  const owner = run ?? first?.run;
  return (
    <li class={first ? 'server-lane busy' : 'server-lane'}>
      <b class="clamped" title={server.server}>
        <bdi>{server.server}</bdi>
      </b>
      <div class="what">
        {first ? (
          stages.map(({ running }) => (
            <span key={running.stage} class="clamped" title={running.stage}>
              <bdi>{stageTitle(running.stage)}</bdi>
            </span>
          ))
        ) : (
          <Rest words={restOf(server, run)} />
        )}
        {owner && <Whose run={owner} />}
        {closedUntil !== undefined && (
          <small class="closed">
            {say('now.closedUntil', { at: near(closedUntil, now.value) })}
          </small>
        )}
      </div>
      {first ? <Bar stage={first.running} /> : <span class="no-bar" />}
      <span class="message" title={first?.running.message}>
        <bdi>{first ? first.running.message : !isFree && elsewhere(run)}</bdi>
      </span>
      <span class="waits">
        {waiting > 0 &&
          (waits[0] === undefined ? (
            say('now.wait', { count: waiting })
          ) : (
            <a href={hrefOf('runs', [waits[0]])}>{say('now.wait', { count: waiting })}</a>
          ))}
      </span>
      <span class="buttons">
        {owner && isGoingOn(owner) && may('run', server.codes ?? []) && (
          <Cancel run={owner} server={server.server} />
        )}
      </span>
    </li>
  );
}

function Rest({ words }: { words: string | undefined }) {
  return words === undefined ? null : <span>{words}</span>;
}

const isGoingOn = ({ state }: RunOf) => ['queued', 'running', 'waiting'].includes(state);

/** What a server without a stage does. */
function restOf({ isFree, closedUntil }: Server, run: RunOf | undefined): string | undefined {
  if (isFree) return closedUntil === undefined ? say('now.free') : undefined;
  return run && !isGoingOn(run) ? say('now.ending') : say('now.held');
}

/** Of a server that a run has for itself, while it works at others. */
function elsewhere(run: RunOf | undefined): string {
  const [first] = run?.running ?? [];
  if (first !== undefined) {
    return say('now.elsewhere', { stage: stageTitle(first.stage), server: first.server });
  }
  const [waiting] = run?.waiting ?? [];
  if (waiting?.opens !== undefined) {
    return say('now.windowOpens', { at: near(waiting.opens, now.value) });
  }
  return '';
}

function Whose({ run }: { run: RunOf }) {
  const { id, board, user, stagesDone, stagesTotal } = run;
  return (
    <small class="whose">
      <a href={hrefOf('runs', [id])} title={user}>
        <bdi>{board ?? say('now.byUser', { user })}</bdi>
      </a>
      <span>{say('now.stages', { done: stagesDone, total: stagesTotal })}</span>
    </small>
  );
}

/** How much of the usual time has gone, and how much is left of it. */
function Bar({ stage: { stage, since, endsAt } }: { stage: LaneStage['running'] }) {
  const gone = Math.max(0, now.value - Date.parse(since));
  if (endsAt === undefined) {
    return (
      <>
        <div class="progress unknown" aria-hidden="true" />
        <span class="left">{duration(gone)}</span>
      </>
    );
  }
  const whole = Math.max(1, Date.parse(endsAt) - Date.parse(since));
  const share = Math.min(1, gone / whole);
  const left = whole - gone;
  const words =
    left > 0
      ? say('now.left', { time: duration(calm(left)) })
      : say('now.over', { time: duration(-left) });
  return (
    <>
      <div
        class="progress"
        role="progressbar"
        aria-label={stageTitle(stage)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={words}
      >
        <span style={{ transform: `scaleX(${share.toFixed(4)})` }} />
      </div>
      <span class={left > 0 ? 'left' : 'left late'}>{words}</span>
    </>
  );
}

/** Whole minutes where there are several: nobody needs to see the seconds of them go. */
function calm(left: number): number {
  return left < 120_000 ? left : Math.ceil(left / 60_000) * 60_000;
}

/** Whether a run still has a server; those that have are all that the overview tells. */
function hasServer(id: string): boolean {
  return overview.value?.runs?.some((run) => run.id === id && isGoingOn(run)) ?? true;
}

function Cancel({ run: { id, board, user }, server }: { run: RunOf; server: string }) {
  const whose = board ?? user;
  return (
    <ConfirmButton
      kind="quiet"
      act={() => answered(api.POST('/runs/{id}/cancel', { params: { path: { id } } }))}
      done={() => say('now.cancelRequested')}
      question={say('now.cancelQuestion', { whose, id })}
      over={() => (hasServer(id) ? undefined : say('now.runIsOver', { id }))}
      yes={say('now.cancelRun')}
      label={`${say('now.cancel')}: ${server}`}
    >
      {say('now.cancel')}
    </ConfirmButton>
  );
}

/** The companies that are followed, as one lane. */
export function CompaniesLane({ companies }: { companies: Overview['companies'] }) {
  const { total, following, loading, starting, inTrouble } = companies;
  const more = [
    ...(loading > 0 ? [say('now.loading', { count: loading })] : []),
    ...(starting > 0 ? [say('now.starting', { count: starting })] : []),
    ...(inTrouble > 0 ? [say('now.inTrouble', { count: inTrouble })] : []),
  ];
  return (
    <li class="server-lane">
      <b>{say('shell.companies')}</b>
      <div class="what">
        <a href={hrefOf('companies')}>{say('now.following', { following, total })}</a>
      </div>
      <span class="no-bar" />
      <span class="message">{more.join(' · ')}</span>
      <span class="waits" />
      <span class="buttons" />
    </li>
  );
}
