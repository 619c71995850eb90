import { useSignal } from '@preact/signals';
import { answered, api, Refusal } from '../../../api/client.ts';
import type { ListedSchedule, Overview } from '../../../api/schema.d.ts';
import { useAction } from '../../../live/act.ts';
import { now } from '../../../live/clock.ts';
import { overview } from '../../../live/overview.ts';
import { useLive } from '../../../live/use-live.ts';
import { asker } from '../../../session/session.ts';
import { hrefOf } from '../../../shell/router.ts';
import { near, wholeMoment } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmButton } from '../../../ui/confirm-button.tsx';
import { StateWord } from '../../../ui/state-word.tsx';
import { changedMeanwhile } from './document.ts';
import { bodyOf, ScheduleForm } from './schedule-form.tsx';

/** When a board is started by itself: what is next, what came of the last time, and changing it. */
export function Schedules({ board, isMine }: { board: string; isMine: boolean }) {
  const live = useLive('schedules', (how) => api.GET('/schedules', how));
  const edited = useSignal<string | undefined>(undefined);
  const own = live.value.data?.schedules.filter((one) => one.board === board) ?? [];
  return (
    <section class="schedules" aria-label={say('board.schedules')}>
      <div class="heading">
        <h3>{say('board.schedules')}</h3>
        <span class="grow" />
        {isMine && edited.value === undefined && (
          <Button
            kind="quiet"
            onClick={() => {
              edited.value = '';
            }}
          >
            {say('board.newSchedule')}
          </Button>
        )}
      </div>
      {live.value.refusal !== undefined && <p class="refusal">{live.value.refusal.message}</p>}
      {live.value.data !== undefined && own.length === 0 && edited.value === undefined && (
        <p class="quiet">{say('board.noSchedule')}</p>
      )}
      <ul>
        {own.map((schedule) => (
          <li key={schedule.name}>
            <ScheduleLine
              schedule={schedule}
              isMine={isMine}
              edit={() => {
                edited.value = schedule.name;
              }}
            />
            {edited.value === schedule.name && (
              <ScheduleForm
                board={board}
                schedule={schedule}
                close={() => {
                  edited.value = undefined;
                }}
              />
            )}
          </li>
        ))}
      </ul>
      {edited.value === '' && (
        <ScheduleForm
          board={board}
          close={() => {
            edited.value = undefined;
          }}
        />
      )}
    </section>
  );
}

interface ScheduleLineProps {
  schedule: ListedSchedule;
  isMine: boolean;
  edit(): void;
}

function ScheduleLine({ schedule, isMine, edit }: ScheduleLineProps) {
  const { name, cron, timeZone, enabled = false, next, newer } = schedule;
  const flip = useAction(
    () => flipped(schedule),
    () => say(enabled ? 'board.switchedOff' : 'board.switchedOn', { line: name }),
  );
  const known = overview.value?.schedules.find((one) => one.name === name);
  return (
    <div class="schedule-line">
      <input
        type="checkbox"
        role="switch"
        aria-label={say('board.scheduleSwitch', { name })}
        checked={enabled}
        aria-checked={enabled}
        aria-disabled={!isMine || flip.isBusy}
        onClick={(event) => {
          event.preventDefault();
          if (isMine) flip.run();
        }}
      />
      <b>{name}</b>
      <span>
        <code>{cron}</code> <small>{timeZone}</small>
      </span>
      <span title={next === undefined ? '' : wholeMoment(next)}>
        {next === undefined
          ? say('board.isOff')
          : say('board.nextTime', { time: near(next, now.value) })}
      </span>
      <Last last={known?.last} />
      {isMine && (
        <span class="schedule-buttons">
          <Button kind="quiet" onClick={edit}>
            {say('board.change')}
            <span class="unseen"> {name}</span>
          </Button>
          <ConfirmButton
            kind="quiet"
            act={() => removed(schedule)}
            done={() => say('board.removed', { name })}
            question={say('board.removeSchedule', { name })}
            yes={say('board.removeYes')}
            label={`${say('board.remove')} ${name}`}
          >
            {say('board.remove')}
          </ConfirmButton>
        </span>
      )}
      {newer !== undefined && <p class="refusal">{newer}</p>}
      {flip.refusal !== undefined && <p class="refusal">{flip.refusal}</p>}
    </div>
  );
}

type LastDue = Overview['schedules'][number]['last'];

function Last({ last }: { last: LastDue }) {
  if (last === undefined) return <span class="quiet">{say('board.neverDue')}</span>;
  const { at, state, run, why } = last;
  const time = near(at, now.value);
  return (
    <span class="schedule-last">
      {run === undefined ? time : <a href={hrefOf('runs', [run])}>{time}</a>}{' '}
      {state === 'reserved' || state === 'started' ? (
        <StateWord state="queued" />
      ) : (
        <StateWord state={state} />
      )}
      {why !== undefined && <small>{why}</small>}
    </span>
  );
}

/** As it was seen: where somebody has changed it since it stays as it is. @throws Refusal */
async function asSeen(seen: ListedSchedule) {
  const path = { schedule: seen.name };
  const asked = await api.GET('/schedules/{schedule}', { params: { path } });
  const now = await answered(Promise.resolve(asked));
  if (now.revision !== seen.revision) throw new Refusal(412, { detail: changedMeanwhile(now) });
  const header = { 'If-Match': asked.response.headers.get('etag') ?? '' };
  return { now, params: { path, header } };
}

async function flipped(seen: ListedSchedule): Promise<void> {
  const { now, params } = await asSeen(seen);
  const body = { ...bodyOf(now), enabled: !now.enabled, user: asker() };
  await answered(api.PUT('/schedules/{schedule}', { params, body }));
}

async function removed(seen: ListedSchedule): Promise<void> {
  const { params } = await asSeen(seen);
  await answered(api.DELETE('/schedules/{schedule}', { params }));
}
