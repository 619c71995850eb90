import { useSignal } from '@preact/signals';
import { api } from '../../../api/client.ts';
import { now } from '../../../live/clock.ts';
import { useLive } from '../../../live/use-live.ts';
import { near, wholeMoment } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { authorOf } from './document.ts';

/** Who changed a board and when, the newest first; asked for by whoever opens it. */
export function BoardChanges({ board }: { board: string }) {
  const isOpen = useSignal(false);
  return (
    <details
      class="board-changes"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{say('board.changes')}</summary>
      {isOpen.value && <Changes board={board} />}
    </details>
  );
}

function Changes({ board }: { board: string }) {
  const live = useLive(`changes of ${board}`, (how) =>
    api.GET('/boards/{board}/history', { params: { path: { board } }, ...how }),
  );
  const { data, refusal } = live.value;
  return (
    <>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      {data?.revisions.length === 0 && <p class="quiet">{say('board.asShipped')}</p>}
      <ol aria-label={say('board.changes')} aria-busy={data === undefined}>
        {data?.revisions.map((one) => (
          <li key={one.revision}>
            <time dateTime={one.changedAt} title={wholeMoment(one.changedAt)}>
              {near(one.changedAt, now.value)}
            </time>
            <span>{authorOf(one)}</span>
            <span class="quiet">
              {one.removed
                ? say('board.wasRemoved')
                : say('board.linesOn', { on: one.on ?? 0, count: one.calls ?? 0 })}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
