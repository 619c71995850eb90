import type { Place } from '../../shell/router.ts';
import { say } from '../../text/say.ts';
import { BoardMatrix } from './matrix/board-matrix.tsx';

/** The board as the operators have it in their heads, and the saved ones. */
export default function Board(_: { place: Place }) {
  return (
    <div class="view">
      <h1>{say('shell.board')}</h1>
      <BoardMatrix title={say('board.title')} />
    </div>
  );
}
