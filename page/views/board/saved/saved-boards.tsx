import { useComputed, useSignal } from '@preact/signals';
import { api } from '../../../api/client.ts';
import type { ListedBoard } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { overview } from '../../../live/overview.ts';
import { useLive } from '../../../live/use-live.ts';
import { may } from '../../../session/session.ts';
import { hrefOf } from '../../../shell/router.ts';
import { near } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { chosen } from '../matrix/selection.ts';
import { ImportBoard } from './import-board.tsx';
import { NewBoardDialog } from './new-board.tsx';
import { SavedBoard } from './saved-board.tsx';

/** All saved boards, and the one that is looked at. */
export function SavedBoards({ name }: { name: string | undefined }) {
  const live = useLive('boards', (how) => api.GET('/boards', how));
  const isNew = useSignal(false);
  const isImported = useSignal(false);
  const count = useComputed(() => chosen.value.size).value;
  const boards = live.value.data?.boards;
  const shown =
    name ?? boards?.find(({ faulty, newer }) => faulty === undefined && newer === undefined)?.name;
  return (
    <section class="saved board-part" aria-labelledby="saved-title">
      <div class="heading">
        <h2 id="saved-title">{say('board.saved')}</h2>
        <small>{say('board.savedAbout')}</small>
        <span class="grow" />
        {may('run') && (
          <>
            <Button
              isBusy={count === 0}
              onClick={() => {
                isNew.value = true;
              }}
            >
              {say('board.saveChosen')}
            </Button>
            <Button
              onClick={() => {
                isImported.value = true;
              }}
            >
              {say('board.import')}
            </Button>
          </>
        )}
      </div>
      {live.value.refusal !== undefined && <p class="refusal">{live.value.refusal.message}</p>}
      <div class="saved-parts">
        <ul class="saved-list sheet" aria-busy={boards === undefined}>
          {boards?.map((board) => (
            <li key={board.name}>
              <ListedLine board={board} isShown={board.name === shown} />
            </li>
          ))}
        </ul>
        {shown !== undefined && <SavedBoard key={shown} name={shown} />}
      </div>
      {isNew.value && (
        <NewBoardDialog
          close={() => {
            isNew.value = false;
          }}
        />
      )}
      {isImported.value && (
        <ImportBoard
          close={() => {
            isImported.value = false;
          }}
        />
      )}
    </section>
  );
}

function ListedLine({ board, isShown }: { board: ListedBoard; isShown: boolean }) {
  const { name, description, calls, on, faulty, newer } = board;
  const next = overview.value?.schedules
    .filter((one) => one.board === name)
    .flatMap((one) => one.next ?? [])
    .toSorted()[0];
  const fault = faulty ?? newer;
  return (
    <a href={hrefOf('board', [name])} {...(isShown && { 'aria-current': 'true' })}>
      <b>{name}</b>
      {on !== undefined && calls !== undefined && (
        <span class="quiet">{say('board.onOf', { on, count: calls })}</span>
      )}
      {description !== undefined && <small>{description}</small>}
      {next !== undefined && (
        <small>{say('board.nextTime', { time: near(next, now.value) })}</small>
      )}
      {fault !== undefined && <span class="refusal">{fault}</span>}
    </a>
  );
}
