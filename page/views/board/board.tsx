import type { Place } from '../../shell/router.ts';
import { say } from '../../text/say.ts';
import { BoardMatrix } from './matrix/board-matrix.tsx';
import { SavedBoards } from './saved/saved-boards.tsx';

/** The board as the operators have it in their heads, and the saved ones. */
export default function Board({ place }: { place: Place }) {
  return (
    <div class="view">
      <h1>{say('shell.board')}</h1>
      <BoardMatrix title={say('board.title')} />
      <SavedBoards name={place.path[0]} />
    </div>
  );
}
