import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Refusal } from '../../../api/client.ts';
import type { Accepted, PlannedRun } from '../../../api/schema.d.ts';
import { reasonOf, useAction } from '../../../live/act.ts';
import { now } from '../../../live/clock.ts';
import { useOnce } from '../../../live/use-once.ts';
import { hrefOf } from '../../../shell/router.ts';
import { clock, duration, near } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { PlanLanes } from './plan-lanes.tsx';

export interface PlanDialogProps {
  /** What it is of: `Payments of 0c10 and stek`. */
  title: string;
  /** What would be started, as it stands now; nothing is. */
  plan(signal: AbortSignal): Promise<PlannedRun>;
  /**
   * Starts what the plan said. @throws Refusal 412 where that is another by now
   *
   * @param key by which the app knows the same start that is sent again
   */
  start(whenBusy: 'refuse' | 'wait', key: string): Promise<Accepted>;
  /** With the run that was started; absent: none was. */
  close(accepted?: Accepted): void;
}

/** What a start would do, before it is done: its stages by server, how long, and who is before it. */
export function PlanDialog({ title, plan, start, close }: PlanDialogProps) {
  const planned = useSignal<PlannedRun | undefined>(undefined);
  const refusal = useSignal<string | undefined>(undefined);
  /** Somebody else was quicker than what the plan says. */
  const isTaken = useSignal(false);
  /** Counts the plans: what is planned may have changed before it was started. */
  const round = useSignal(0);
  const buttons = useRef<HTMLDivElement>(null);
  const once = useOnce();
  const about = useId();

  useEffect(() => {
    const ended = new AbortController();
    planned.value = undefined;
    refusal.value = undefined;
    // What most came for: Enter starts, or plans again, Escape leaves.
    const focusMain = () =>
      requestAnimationFrame(() => buttons.current?.querySelector<HTMLElement>('.main')?.focus());
    plan(ended.signal).then(
      (answer) => {
        planned.value = answer;
        focusMain();
      },
      (error) => {
        if (ended.signal.aborted) return;
        refusal.value = reasonOf(error);
        focusMain();
      },
    );
    return () => ended.abort();
  }, [round.value]);

  const whenBusy = useRef<'refuse' | 'wait'>('refuse');
  const action = useAction(
    async () => {
      try {
        close(await once((key) => start(whenBusy.current, key)));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (/:(busy|closed)$/.test(error.problem.type ?? '')) isTaken.value = true;
        if (error.status !== 412) throw error;
        round.value += 1;
        throw new Refusal(412, { detail: say('board.planChanged') });
      }
    },
    () => say('board.startedSaid', { title }),
  );
  const startBy = (how: 'refuse' | 'wait') => () => {
    whenBusy.current = how;
    action.run();
  };

  const known = planned.value;
  const held = known?.servers.filter(({ isFree }) => !isFree) ?? [];
  const mustWait = isTaken.value || held.length > 0 || known?.closed !== undefined;
  const isComing = known === undefined && refusal.value === undefined;
  return (
    <Dialog title={title} kind="plan" isComing={isComing} onClosed={() => close()}>
      {(leave) => (
        <>
          {refusal.value !== undefined && <p class="refusal">{refusal.value}</p>}
          {known === undefined ? (
            <div class="plan-coming" />
          ) : (
            <div class="plan-about" id={about}>
              <p>{summaryOf(known)}</p>
              {known.closed !== undefined && (
                <p class="plan-note">
                  {say('board.closedUntil', {
                    time: near(known.closed.until, now.value),
                    reason: known.closed.reason,
                  })}
                </p>
              )}
              {held.map(({ server, run }) => (
                <p key={server} class="plan-note">
                  {say('board.heldBy', { server })}{' '}
                  {run === undefined ? (
                    say('board.heldByUnknown')
                  ) : (
                    <a href={hrefOf('runs', [run])} onClick={leave}>
                      {run}
                    </a>
                  )}
                </p>
              ))}
            </div>
          )}
          {known !== undefined && <PlanLanes plan={known} />}
          <div class="plan-actions" ref={buttons}>
            {action.refusal !== undefined && <p class="refusal">{action.refusal}</p>}
            <Button onClick={leave}>{say('shell.cancel')}</Button>
            {known === undefined && !isComing ? (
              <Button
                kind="main"
                onClick={() => {
                  round.value += 1;
                }}
              >
                {say('shell.planAgain')}
              </Button>
            ) : (
              <Button
                kind="main"
                isBusy={action.isBusy || known === undefined}
                // It is given the focus: whoever listens is told what it would start.
                aria-describedby={about}
                onClick={startBy(mustWait ? 'wait' : 'refuse')}
              >
                {say(mustWait ? 'board.startWaiting' : 'board.start')}
              </Button>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}

function summaryOf({ stages, expectedMs, unknownStages }: PlannedRun): string {
  const count = stages.length;
  const servers = new Set(stages.map(({ server }) => server)).size;
  const what = say('board.stagesOn', {
    stages: say('board.stages', { count }),
    servers: say('board.onServers', { count: servers }),
  });
  if (expectedMs === null) return `${what} ${say('board.neverMeasured')}`;
  const time = duration(expectedMs);
  const when = say('board.expected', { time, end: clock(now.value + expectedMs) });
  const rest = unknownStages === 0 ? '' : ` ${say('board.unmeasured', { count: unknownStages })}`;
  return `${what} ${when}${rest}`;
}
