import { useEffect, useRef } from 'preact/hooks';
import { api } from '../../../api/client.ts';
import type { RunSummary } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { useLive } from '../../../live/use-live.ts';
import { may } from '../../../session/session.ts';
import { hrefOf } from '../../../shell/router.ts';
import { duration, monthName, near, number, wholeMoment } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { told } from '../../../text/told.ts';
import { Button } from '../../../ui/button.tsx';
import { StateWord } from '../../../ui/state-word.tsx';
import type { Condition } from './condition.ts';
import type { Slot } from './layout.ts';

interface CellPanelProps {
  slot: Slot;
  title: string;
  condition: Condition;
  /** Beside it the panel stands. */
  cell: HTMLElement;
  /** Somebody came by the keyboard: the focus is led in, and back. */
  byKeyboard: boolean;
  sync(): void;
  close(): void;
}

const shownRuns = 6;
/** What is kept free around it. */
const marginPx = 8;

/** What is known of a cell: how it is and why, its latest runs, and starting it. */
export function CellPanel(props: CellPanelProps) {
  const { slot, title, condition, cell, byKeyboard, sync, close } = props;
  const panel = useRef<HTMLDivElement>(null);
  const asked = { code: slot.code, name: slot.entity, limit: String(shownRuns) };
  const runs = useLive(`runs of ${slot.key}`, (how) =>
    api.GET('/runs', { params: { query: asked }, ...how }),
  );

  useEffect(() => {
    const { current } = panel;
    if (current === null) return;
    place(current, cell);
    if (byKeyboard) current.querySelector<HTMLElement>('button, a')?.focus();
    const gone = new AbortController();
    const leave = (event: PointerEvent) => {
      const { target } = event;
      if (target instanceof Node && !current.contains(target) && !cell.contains(target)) close();
    };
    document.addEventListener('pointerdown', leave, { signal: gone.signal });
    window.addEventListener('resize', close, { signal: gone.signal });
    return () => gone.abort();
  }, [cell]);
  // It grows when its runs come.
  useEffect(() => {
    if (panel.current !== null) place(panel.current, cell);
  }, [runs.value.data]);

  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    close();
    cell.focus();
  };
  return (
    <div
      ref={panel}
      class="cell-panel"
      role="dialog"
      aria-label={`${title}, ${slot.code}`}
      onKeyDown={keys}
    >
      <h3>
        {title} <small>{slot.code}</small>
      </h3>
      <State condition={condition} />
      <ol class="cell-runs" aria-label={say('board.latestRuns')}>
        {runs.value.data?.runs.map((run) => (
          <li key={run.id}>
            <RunLine run={run} />
          </li>
        ))}
      </ol>
      {runs.value.data?.runs.length === 0 && <p class="quiet">{say('board.noRuns')}</p>}
      {runs.value.refusal !== undefined && <p class="refusal">{runs.value.refusal.message}</p>}
      <div class="cell-actions">
        {may('run', [slot.code]) && (
          <Button kind="main" onClick={sync}>
            {say('board.syncThis')}
          </Button>
        )}
        <a class="button quiet" href={hrefOf('runs', [], { code: slot.code, name: slot.entity })}>
          {say('board.allRuns')}
        </a>
        <Button
          kind="quiet"
          onClick={() => {
            close();
            cell.focus();
          }}
        >
          {say('shell.close')}
        </Button>
      </div>
    </div>
  );
}

function State({ condition: { kind, cell, active, behindMs } }: { condition: Condition }) {
  const { success, error, check } = cell ?? {};
  const at = now.value;
  return (
    <>
      {kind === 'failed' && cell && (
        <p class="refusal">
          {say('board.failedAt', { time: near(cell.at, at) })} {error && told(error.message)}
        </p>
      )}
      {check?.state === 'differs' && <p class="differs-text">{check.what}</p>}
      {active !== undefined && (
        <p>
          {say(kind === 'running' ? 'board.runningIn' : 'board.waitsIn')}{' '}
          <a href={hrefOf('runs', [active.run])}>{active.run}</a>
        </p>
      )}
      {behindMs !== undefined && <p>{say('board.followedMore', { time: duration(behindMs) })}</p>}
      {success === undefined ? (
        behindMs === undefined && <p class="quiet">{say('board.never')}</p>
      ) : (
        <p title={wholeMoment(success.at)}>
          {say('board.syncedAt', {
            time: near(success.at, at),
            age: duration(at - Date.parse(success.at)),
            took: duration(success.tookMs),
          })}
          {success.period && ` ${say('board.ofMonth', { month: monthName(success.period) })}`}
          {rowsText(success.rows)}
        </p>
      )}
    </>
  );
}

function rowsText(rows: Readonly<Record<string, number>>): string {
  const counts = Object.entries(rows).map(([stage, count]) => `${stage} ${number(count)}`);
  return counts.length === 0 ? '' : ` ${say('board.rows', { rows: counts.join(', ') })}`;
}

function RunLine({ run }: { run: RunSummary }) {
  const { id, state, createdAt, startedAt, endedAt, user } = run;
  const took =
    startedAt && endedAt ? duration(Date.parse(endedAt) - Date.parse(startedAt), 'narrow') : '';
  return (
    <>
      <a href={hrefOf('runs', [id])} title={wholeMoment(createdAt)}>
        {near(createdAt, now.value)}
      </a>
      <StateWord state={state} />
      <span class="number">{took}</span>
      <span class="who" title={user}>
        {user}
      </span>
    </>
  );
}

/** Below the cell, or above where there is no room; on a narrow screen its style puts it at the bottom. */
function place(panel: HTMLElement, cell: HTMLElement): void {
  const around = cell.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = around.bottom + 4;
  const fits = below + height + marginPx <= window.innerHeight;
  const top = fits ? below : Math.max(marginPx, around.top - height - 4);
  const left = Math.min(around.left, window.innerWidth - width - marginPx);
  panel.style.setProperty('--top', `${top}px`);
  panel.style.setProperty('--left', `${Math.max(marginPx, left)}px`);
}
