import { useSignal } from '@preact/signals';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { answered, api, Refusal } from '../../../api/client.ts';
import type {
  ListedSchedule,
  NewSchedule,
  Schedule,
  WrittenSchedule,
} from '../../../api/schema.d.ts';
import { reasonOf, useAction } from '../../../live/act.ts';
import { catalog } from '../../../live/catalog.ts';
import { asker } from '../../../session/session.ts';
import { clock, timeZone as shownZone, weekday } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { useFocusBack } from '../../../ui/focus-back.ts';
import { changedMeanwhile, nameTaken } from './document.ts';

interface ScheduleFormProps {
  board: string;
  /** As it was seen; absent: a new one. */
  schedule?: ListedSchedule;
  close(): void;
}

type Seen = Pick<ListedSchedule, 'revision'>;

/** How long after the last letter its times are asked for. */
const settleMs = 300;

/** Writing a schedule, with the next five times of what stands there. */
export function ScheduleForm({ board, schedule, close }: ScheduleFormProps) {
  useFocusBack();
  const name = useSignal(schedule?.name ?? board);
  const form = useSignal<NewSchedule>({
    board,
    cron: schedule?.cron ?? '30 2 * * *',
    timeZone: schedule?.timeZone ?? catalog.value?.timeZone ?? shownZone.value,
    enabled: schedule?.enabled ?? true,
    missed: schedule?.missed ?? 'last',
    window: schedule?.window ?? null,
    whenBusy: schedule?.whenBusy ?? 'wait',
    endBy: schedule?.endBy ?? null,
  });
  const preview = useSignal<WrittenSchedule | undefined>(undefined);
  const fault = useSignal<string | undefined>(undefined);
  /** What a change is of: as it stood there when this was opened, or was told of since. */
  const seen = useSignal<Seen | undefined>(schedule);
  /** As somebody else has left it meanwhile. */
  const other = useSignal<Schedule | undefined>(undefined);
  const first = useRef<HTMLInputElement>(null);
  const id = useId();
  const asked = JSON.stringify([name.value, form.value]);

  // At once: whoever types on is not to type elsewhere.
  useLayoutEffect(() => first.current?.focus(), []);
  useEffect(() => {
    const ended = new AbortController();
    const timer = setTimeout(async () => {
      const params = { path: { schedule: name.value }, query: { dry: 'true' as const } };
      try {
        const body = { ...form.value, user: asker() };
        preview.value = await answered(
          api.PUT('/schedules/{schedule}', { params, body, signal: ended.signal }),
        );
        fault.value = undefined;
      } catch (error) {
        if (ended.signal.aborted) return;
        fault.value = reasonOf(error);
        preview.value = undefined;
      }
    }, settleMs);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [asked]);

  const save = useAction(
    async () => {
      const there = await written(name.value, form.value, seen.value);
      if (there !== undefined) {
        seen.value = there;
        other.value = there;
        // What cannot be changed here stays as that one wants it.
        set({ enabled: there.enabled, window: there.window });
        throw new Refusal(412, { detail: changedMeanwhile(there) });
      }
      close();
    },
    () => say('board.scheduleSaved', { name: name.value }),
  );
  const set = (changed: Partial<NewSchedule>) => {
    form.value = { ...form.value, ...changed };
  };
  const { cron, timeZone, missed, whenBusy, endBy } = form.value;
  return (
    <form
      class="schedule-form"
      aria-label={say('board.changeSchedule', { name: name.value })}
      onInput={save.forget}
      onSubmit={(event) => {
        event.preventDefault();
        save.run();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      {schedule === undefined && (
        <label>
          {say('board.scheduleName')}
          <input
            type="text"
            required
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
      )}
      <label>
        {say('board.cron')}
        <input
          ref={first}
          type="text"
          required
          spellcheck={false}
          aria-describedby={`${id}-cron`}
          value={cron}
          onInput={(event) => set({ cron: event.currentTarget.value })}
        />
        <small id={`${id}-cron`}>{say('board.cronHelp')}</small>
      </label>
      <label>
        {say('board.timeZone')}
        <input
          type="text"
          spellcheck={false}
          value={timeZone ?? ''}
          onInput={(event) => set({ timeZone: event.currentTarget.value || null })}
        />
      </label>
      <label>
        {say('board.endBy')}
        <input
          type="time"
          value={endBy ?? ''}
          onInput={(event) => set({ endBy: event.currentTarget.value || null })}
        />
      </label>
      <label>
        {say('board.whenBusy')}
        <select
          value={whenBusy ?? 'wait'}
          onChange={(event) => set({ whenBusy: event.currentTarget.value as 'wait' | 'skip' })}
        >
          <option value="wait">{say('board.busyWait')}</option>
          <option value="skip">{say('board.busySkip')}</option>
        </select>
      </label>
      <label>
        {say('board.missed')}
        <select
          value={missed ?? 'last'}
          onChange={(event) =>
            set({ missed: event.currentTarget.value as 'none' | 'last' | 'all' })
          }
        >
          <option value="last">{say('board.missedLast')}</option>
          <option value="all">{say('board.missedAll')}</option>
          <option value="none">{say('board.missedNone')}</option>
        </select>
      </label>
      <NextTimes preview={preview.value} fault={fault.value} />
      {other.value !== undefined && <There schedule={other.value} />}
      <div class="schedule-actions">
        <Button kind="main" type="submit" isBusy={save.isBusy || fault.value !== undefined}>
          {say('board.save')}
        </Button>
        <Button onClick={close}>{say('shell.cancel')}</Button>
        {save.refusal !== undefined && <span class="refusal">{save.refusal}</span>}
      </div>
    </form>
  );
}

/** What somebody else has written: saving once more puts this form in its place. */
function There({ schedule: { cron, timeZone, enabled, endBy } }: { schedule: Schedule }) {
  return (
    <p class="there">
      {say('board.thereNow')} <code>{cron}</code> {timeZone}
      {endBy != null && ` · ${say('board.endBy')} ${endBy}`}
      {enabled === false && ` · ${say('board.isOff')}`}
    </p>
  );
}

interface NextTimesProps {
  preview: WrittenSchedule | undefined;
  fault: string | undefined;
}

function NextTimes({ preview, fault }: NextTimesProps) {
  return (
    <div class="next-times">
      <h4>{say('board.nextTimes')}</h4>
      {fault !== undefined ? (
        <p class="refusal">{fault}</p>
      ) : (
        <ol aria-label={say('board.nextTimes')} aria-live="polite">
          {preview?.next.map((at) => (
            <li key={at}>
              {weekday(at)}, {clock(at)}
            </li>
          ))}
        </ol>
      )}
      <small>{say('board.byClock', { zone: shownZone.value })}</small>
    </div>
  );
}

/** What is written, of what is there. */
export function bodyOf(schedule: Schedule): NewSchedule {
  const { board, cron, timeZone, enabled, missed, window, whenBusy, endBy } = schedule;
  return { board, cron, timeZone, enabled, missed, window, whenBusy, ...(endBy && { endBy }) };
}

/**
 * Writes it in place of what was seen.
 *
 * @returns what there is instead, where somebody has changed it since: nothing was written
 * @throws Refusal
 */
async function written(
  name: string,
  body: NewSchedule,
  seen: Seen | undefined,
): Promise<Schedule | undefined> {
  const path = { schedule: name };
  const asked = { ...body, user: asker() };
  if (seen === undefined) {
    const params = { path, header: { 'If-None-Match': '*' } };
    const put = await api.PUT('/schedules/{schedule}', { params, body: asked });
    if (put.response.status === 412) throw nameTaken(name);
    return void (await answered(Promise.resolve(put)));
  }
  for (;;) {
    const known = await api.GET('/schedules/{schedule}', { params: { path } });
    const there = await answered(Promise.resolve(known));
    if (there.revision !== seen.revision) return there;
    const header = { 'If-Match': known.response.headers.get('etag') ?? '' };
    const put = await api.PUT('/schedules/{schedule}', { params: { path, header }, body: asked });
    // Between the two somebody was quicker: what there is now is another revision.
    if (put.response.status !== 412) return void (await answered(Promise.resolve(put)));
  }
}
