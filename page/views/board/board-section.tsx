import { BoardMatrix } from './matrix/board-matrix.tsx';

/** The matrix as it stands below the servers of the view `now`. */
export default function BoardSection() {
  return <BoardMatrix />;
}
