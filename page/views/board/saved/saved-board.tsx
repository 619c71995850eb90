import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { answered, api } from '../../../api/client.ts';
import type { Accepted, Board, PlannedRun } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { asker, may } from '../../../session/session.ts';
import { go, hrefOf } from '../../../shell/router.ts';
import { near } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmButton } from '../../../ui/confirm-button.tsx';
import { PlanDialog } from '../plan/plan-dialog.tsx';
import { StartedNote } from '../plan/started-note.tsx';
import { BoardChanges } from './board-changes.tsx';
import { BoardLine } from './board-line.tsx';
import { codesOf } from './call-words.ts';
import { authorOf, changedSince, useShared } from './document.ts';
import { Schedules } from './schedules.tsx';

/** One board: its lines with their switches and notes, its schedules, and starting it. */
export function SavedBoard({ name }: { name: string }) {
  const { data, refusal, change } = useShared<Board>(`board ${name}`, (how) =>
    api.GET('/boards/{board}', { params: { path: { board: name } }, ...how }),
  );
  const isPlanned = useSignal(false);
  const isOnAlone = useSignal(false);
  const accepted = useSignal<Accepted | undefined>(undefined);
  const board = data.value;
  if (board === undefined) {
    return (
      <div class="saved-board sheet" aria-busy={refusal.value === undefined}>
        {refusal.value !== undefined && <p class="refusal">{refusal.value.message}</p>}
      </div>
    );
  }
  const isMine = may('run', board.calls.flatMap(codesOf));
  const shown = isOnAlone.value ? board.calls.filter(({ run }) => run) : board.calls;
  return (
    <div class="saved-board sheet">
      <div class="heading">
        <h3>{board.name}</h3>
        <small>{board.description}</small>
        <span class="grow" />
        {isMine && (
          <Button
            kind="main"
            isBusy={board.on === 0}
            onClick={() => {
              isPlanned.value = true;
            }}
          >
            {say('board.runNow')}
          </Button>
        )}
        <a class="button quiet" href={hrefOf('runs', [], { board: board.name })}>
          {say('board.allRuns')}
        </a>
      </div>
      {accepted.value !== undefined && <StartedNote accepted={accepted.value} />}
      <p class="quiet">
        {say('board.linesOn', { on: board.on, count: board.calls.length })}{' '}
        {board.changedAt === undefined
          ? say('board.asShipped')
          : say('board.changedBy', {
              who: authorOf(board),
              time: near(board.changedAt, now.value),
            })}
      </p>
      {board.errors.map(({ field, message }) => (
        <p key={field} class="refusal">
          {message}
        </p>
      ))}
      <label class="only-on">
        <input
          type="checkbox"
          checked={isOnAlone.value}
          onChange={(event) => {
            isOnAlone.value = event.currentTarget.checked;
          }}
        />
        {say('board.onAlone')}
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="lines-box" tabIndex={0} aria-label={say('board.lines')}>
        <ul class="lines">
          {shown.map((call) => (
            <BoardLine key={call.id} board={board} call={call} change={change} isMine={isMine} />
          ))}
        </ul>
      </section>
      <Schedules board={board.name} isMine={isMine} />
      <BoardChanges {...{ board, data, change, isMine }} />
      {isMine && (
        <span>
          <ConfirmButton
            kind="quiet"
            act={() =>
              change((header) =>
                api.DELETE('/boards/{board}', { params: { path: { board: name }, header } }),
              ).then(() => go(hrefOf('board')))
            }
            done={() => say('board.removed', { name })}
            question={say('board.removeBoard', { name })}
            yes={say('board.removeYes')}
            over={() => changedSince(board, data)}
            label={`${say('board.remove')} ${name}`}
          >
            {say('board.remove')}
          </ConfirmButton>
        </span>
      )}
      {isPlanned.value && (
        <BoardPlan
          name={name}
          close={(started) => {
            isPlanned.value = false;
            if (started !== undefined) accepted.value = started;
          }}
        />
      )}
    </div>
  );
}

interface BoardPlanProps {
  name: string;
  close(accepted?: Accepted): void;
}

/**
 * What is started is what the plan said: of a board that was changed meanwhile nothing is, and its
 * months are those of the plan, though the next one may have begun.
 */
function BoardPlan({ name, close }: BoardPlanProps) {
  /** What the plan was of. */
  const planned = useRef({ etag: '', asOf: '' });
  const path = { board: name };
  const plan = async (signal: AbortSignal): Promise<PlannedRun> => {
    const params = { path, query: { dry: 'true' as const } };
    const asked = await api.POST('/boards/{board}/run', {
      params,
      body: { user: asker() },
      signal,
    });
    const answer = (await answered(Promise.resolve(asked))) as PlannedRun;
    planned.current = { etag: asked.response.headers.get('etag') ?? '', asOf: answer.asOf ?? '' };
    return answer;
  };
  const start = async (whenBusy: 'refuse' | 'wait', key: string): Promise<Accepted> => {
    const { etag, asOf } = planned.current;
    const header = { 'Idempotency-Key': key, 'If-Match': etag };
    const body = { user: asker(), whenBusy, ...(asOf !== '' && { asOf }) };
    const asked = api.POST('/boards/{board}/run', { params: { path, header }, body });
    return (await answered(asked)) as Accepted;
  };
  return (
    <PlanDialog title={say('board.runBoard', { name })} plan={plan} start={start} close={close} />
  );
}
