import { api } from '../../api/client.ts';
import type { RunPage, RunSummary } from '../../api/schema.d.ts';
import { now } from '../../live/clock.ts';
import { overview } from '../../live/overview.ts';
import { useAll } from '../../live/use-all.ts';
import { hrefOf } from '../../shell/router.ts';
import { clock, dayKey, duration, monthName, weekdayShort } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { type Night, nightsOf } from './night.ts';

/** Of a month; who has more runs by boards sees the newest ones. */
const mostRuns = 1_000;

/** What the nights of a month looked like: when each ended, which failed, which were late. */
export function Nights({ query }: { query: URLSearchParams }) {
  const boards = [...new Set(overview.value?.schedules.map(({ board }) => board))];
  const month = monthOf(query.get('month')) ?? dayKey(now.peek()).slice(0, 7);
  if (overview.value !== undefined && boards.length === 0) {
    return (
      <section>
        <h2 class="heading">{say('history.nights')}</h2>
        <p class="quiet">{say('history.noSchedules')}</p>
      </section>
    );
  }
  return boards.length === 0 ? (
    <section class="nights" aria-busy="true" />
  ) : (
    <Month boards={boards} month={month} />
  );
}

function Month({ boards, month }: { boards: readonly string[]; month: string }) {
  const days = daysOf(month);
  const board = boards.join(',');
  const [first = '', last = ''] = [dayBefore(days[0] ?? ''), days.at(-1)];
  const all = useAll<RunPage, RunSummary>({
    key: `nights ${board} ${month}`,
    ask: (page, how) =>
      api.GET('/runs', {
        ...how,
        params: { query: { board, from: first, to: last, limit: '200', ...page } },
      }),
    itemsOf: ({ runs }) => runs,
    idOf: ({ id }) => id,
    most: mostRuns,
  });
  const { items, refusal } = all.value;
  const nights = nightsOf(items ?? [], { dayOf: dayKey, minuteOf });
  const [year = 0, number = 1] = month.split('-').map(Number);
  const thisMonth = dayKey(now.peek()).slice(0, 7);
  const weeks = weeksOf(days);
  return (
    <section class="nights" aria-busy={items === undefined && refusal === undefined}>
      <div class="heading">
        <h2>{say('history.nights')}</h2>
        <small>{monthName({ month: number, year })}</small>
        <span class="grow" />
        <a class="button quiet" href={hrefOf('history', [], { month: monthAfter(month, -1) })}>
          {say('history.before')}
        </a>
        {month < thisMonth && (
          <a class="button quiet" href={hrefOf('history', [], { month: monthAfter(month, 1) })}>
            {say('history.after')}
          </a>
        )}
      </div>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      <ScrollBox class="sheet" label={say('history.nights')}>
        <table class="figures">
          <thead>
            <tr>
              {weeks[1]?.map((day) => (
                <th key={day} scope="col">
                  {weekdayShort(`${day}T12:00:00Z`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week[0]}>
                {week.map((day) => (
                  <td key={day}>
                    {day.startsWith(month) && <NightCell day={day} night={nights.get(day)} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

function NightCell({ day, night }: { day: string; night: Night | undefined }) {
  const date = <b>{Number(day.slice(8))}</b>;
  if (night === undefined) return <span class="night">{date}</span>;
  const { runs, state, endedAt, lateMs } = night;
  const [only] = runs;
  const isOne = runs.length === 1 && only !== undefined;
  const tone = state === 'succeeded' && lateMs !== undefined ? 'late' : state;
  return (
    <a
      class={`night ${tone}`}
      href={
        isOne
          ? hrefOf('runs', [only.id])
          : hrefOf('runs', [], {
              board: [...new Set(runs.flatMap(({ board = [] }) => board))],
              from: dayBefore(day),
              to: day,
            })
      }
    >
      {date}
      <span>{endedAt === undefined ? say('state.running') : clock(endedAt)}</span>
      {state === 'failed' && <em>{say('state.failed')}</em>}
      {state !== 'failed' && lateMs !== undefined && (
        <em>{say('history.later', { time: duration(lateMs, 'narrow') })}</em>
      )}
    </a>
  );
}

const monthOf = (text: string | null) =>
  text !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : undefined;

const dayMs = 86_400_000;
const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10);
const dayBefore = (day: string) => isoDay(Date.parse(day) - dayMs);

function daysOf(month: string): string[] {
  const first = Date.parse(`${month}-01`);
  const days = Array.from({ length: 31 }, (_, place) => isoDay(first + place * dayMs));
  return days.filter((day) => day.startsWith(month));
}

/** From Monday to Sunday, with the days of other months that fill them. */
function weeksOf(days: readonly string[]): string[][] {
  const first = Date.parse(days[0] ?? '');
  const offset = (new Date(first).getUTCDay() + 6) % 7;
  const count = Math.ceil((offset + days.length) / 7);
  return Array.from({ length: count }, (_, week) =>
    Array.from({ length: 7 }, (__, day) => isoDay(first + (week * 7 + day - offset) * dayMs)),
  );
}

function monthAfter(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return isoDay(Date.UTC(year, number - 1 + by)).slice(0, 7);
}

/** By the catalogue's clock, as it is shown. */
function minuteOf(at: number): number {
  const [hours = 0, minutes = 0] = clock(at).split(':').map(Number);
  return hours * 60 + minutes;
}
