import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { answered, api } from '../../../api/client.ts';
import type { AskedBoardCall, Board, BoardRevision as Revision } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { useLive } from '../../../live/use-live.ts';
import { asker } from '../../../session/session.ts';
import { near, wholeMoment } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmButton } from '../../../ui/confirm-button.tsx';
import { BoardRevision } from './board-revision.tsx';
import { authorOf, changedSince, type Shared } from './document.ts';

interface BoardChangesProps extends Pick<Shared<Board>, 'data' | 'change'> {
  /** As it is shown. */
  board: Board;
  isMine: boolean;
}

/** Who changed a board, when and what, the newest first; asked for by whoever opens it. */
export function BoardChanges(props: BoardChangesProps) {
  const isOpen = useSignal(false);
  return (
    <details
      class="board-changes"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{say('board.changes')}</summary>
      {isOpen.value && <Changes {...props} />}
    </details>
  );
}

function Changes({ isMine, ...shared }: BoardChangesProps) {
  const { name, revision: current } = shared.board;
  const live = useLive(`changes of ${name}`, (how) =>
    api.GET('/boards/{board}/history', { params: { path: { board: name } }, ...how }),
  );
  const { data, refusal } = live.value;
  const back = (revision: number, label: string) =>
    isMine && revision !== current ? (
      <BackButton {...shared} revision={revision} label={label} />
    ) : undefined;
  return (
    <>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      <ol aria-label={say('board.changes')} aria-busy={data === undefined}>
        {data?.revisions.map((one, index) => (
          <ChangeLine
            key={one.revision}
            board={name}
            change={one}
            before={beforeOf(one, data.revisions[index + 1], data.isShipped)}
            back={one.removed ? undefined : back(one.revision, wholeMoment(one.changedAt))}
          />
        ))}
        {data?.isShipped && (
          <li>
            <span class="quiet">{say('board.shippedOne')}</span>
            {back(0, say('board.shippedOne'))}
          </li>
        )}
      </ol>
    </>
  );
}

const timeOf = ({ changedAt }: Revision) => near(changedAt, now.value);

/** The revision before it; undefined: there was no board; null: it is not kept. */
function beforeOf(
  { revision }: Revision,
  before: Revision | undefined,
  isShipped: boolean,
): number | undefined | null {
  if (revision === 1) return isShipped ? 0 : undefined;
  if (before?.revision !== revision - 1) return null;
  return before.removed ? undefined : before.revision;
}

interface ChangeLineProps {
  board: string;
  change: Revision;
  before: number | undefined | null;
  /** The button that makes it the current one again. */
  back: ComponentChildren;
}

function ChangeLine({ board, change, before, back }: ChangeLineProps) {
  const isOpen = useSignal(false);
  const { revision, changedAt, removed, on = 0, calls = 0 } = change;
  return (
    <li>
      <time dateTime={changedAt} title={wholeMoment(changedAt)}>
        {timeOf(change)}
      </time>
      <span>{authorOf(change)}</span>
      <span class="quiet">
        {removed ? say('board.wasRemoved') : say('board.linesOn', { on, count: calls })}
      </span>
      {!removed && (
        <Button
          kind="quiet"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {say('board.whatChanged')}
          <span class="unseen"> {wholeMoment(changedAt)}</span>
        </Button>
      )}
      {back}
      {isOpen.value && (
        <div class="changed">
          <BoardRevision {...{ board, revision, before }} />
        </div>
      )}
    </li>
  );
}

interface BackButtonProps extends Omit<BoardChangesProps, 'isMine'> {
  revision: number;
  /** Which one it is, in words. */
  label: string;
}

/** Makes an earlier one the current one again: as another change, of what was seen. */
function BackButton({ board, data, change, revision, label }: BackButtonProps) {
  const path = { board: board.name };
  const act = async () => {
    const query = { revision: String(revision) };
    const was = await answered(api.GET('/boards/{board}', { params: { path, query } }));
    const { description = null, calls } = was;
    // What is given may come back as it is.
    const body = { user: asker(), description, calls: calls as AskedBoardCall[] };
    await change((header) => api.PUT('/boards/{board}', { params: { path, header }, body }));
  };
  return (
    <ConfirmButton
      kind="quiet"
      act={act}
      done={() => say('board.isBack', { name: board.name })}
      question={say('board.bringBack', { name: board.name, which: label })}
      yes={say('board.bringBackYes')}
      over={() => changedSince(board, data)}
      label={`${say('board.back')} ${label}`}
    >
      {say('board.back')}
    </ConfirmButton>
  );
}
