import type { Place } from '../../shell/router.ts';
import { say } from '../../text/say.ts';
import { BoardMatrix } from './matrix/board-matrix.tsx';
import { SavedBoards } from './saved/saved-boards.tsx';

/** All data as the operators have them in their heads, and the saved boards. */
export default function Board({ place }: { place: Place }) {
  return (
    <div class="view">
      <h1>{say('shell.board')}</h1>
      <BoardMatrix />
      <SavedBoards name={place.path[0]} />
    </div>
  );
}
