import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Refusal } from '../../../api/client.ts';
import type { Accepted, PlannedRun } from '../../../api/schema.d.ts';
import { reasonOf, useAction } from '../../../live/act.ts';
import { now } from '../../../live/clock.ts';
import { hrefOf } from '../../../shell/router.ts';
import { clock, duration, near } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { PlanLanes } from './plan-lanes.tsx';

export interface PlanDialogProps {
  /** What it is of: `Payments of 0c10 and stek`. */
  title: string;
  /** What would be started, as it stands now; nothing is. */
  plan(signal: AbortSignal): Promise<PlannedRun>;
  /** @param key by which the app knows the same start that is sent again */
  start(whenBusy: 'refuse' | 'wait', key: string): Promise<Accepted>;
  /** With the run that was started; absent: none was. */
  close(accepted?: Accepted): void;
}

/** What a start would do, before it is done: its stages by server, how long, and who is before it. */
export function PlanDialog({ title, plan, start, close }: PlanDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const planned = useSignal<PlannedRun | undefined>(undefined);
  const refusal = useSignal<string | undefined>(undefined);
  /** Somebody else was quicker than what the plan says. */
  const isTaken = useSignal(false);
  const key = useMemo(newKey, []);

  useEffect(() => {
    dialog.current?.showModal();
    const ended = new AbortController();
    plan(ended.signal).then(
      (answer) => {
        planned.value = answer;
        // What most came for: Enter starts, Escape leaves.
        requestAnimationFrame(() => dialog.current?.querySelector<HTMLElement>('.main')?.focus());
      },
      (error) => {
        if (!ended.signal.aborted) refusal.value = reasonOf(error);
      },
    );
    return () => ended.abort();
  }, []);

  const whenBusy = useRef<'refuse' | 'wait'>('refuse');
  const action = useAction(
    async () => {
      try {
        close(await start(whenBusy.current, key));
      } catch (error) {
        const isBusy = error instanceof Refusal && /:(busy|closed)$/.test(error.problem.type ?? '');
        if (isBusy) isTaken.value = true;
        throw error;
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
  return (
    <dialog
      ref={dialog}
      class="plan"
      aria-labelledby="plan-title"
      onClose={() => close()}
      aria-busy={known === undefined && refusal.value === undefined}
    >
      <h2 id="plan-title">{title}</h2>
      {refusal.value !== undefined && <p class="refusal">{refusal.value}</p>}
      {known === undefined ? (
        <div class="plan-coming" />
      ) : (
        <>
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
                <a href={hrefOf('runs', [run])} onClick={() => close()}>
                  {run}
                </a>
              )}
            </p>
          ))}
          <PlanLanes plan={known} />
        </>
      )}
      <div class="plan-actions">
        {action.refusal !== undefined && <p class="refusal">{action.refusal}</p>}
        <Button onClick={() => close()}>{say('shell.cancel')}</Button>
        {mustWait && (
          <Button
            kind="main"
            isBusy={action.isBusy || known === undefined}
            onClick={startBy('wait')}
          >
            {say('board.startWaiting')}
          </Button>
        )}
        {!mustWait && (
          <Button
            kind="main"
            isBusy={action.isBusy || known === undefined}
            onClick={startBy('refuse')}
          >
            {say('board.start')}
          </Button>
        )}
      </div>
    </dialog>
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

/** There is no `randomUUID` where the page comes over plain HTTP. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
