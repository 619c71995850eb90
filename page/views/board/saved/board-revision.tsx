import { useSignal } from '@preact/signals';
import { api } from '../../../api/client.ts';
import type { Board, BoardCall } from '../../../api/schema.d.ts';
import { useAsked } from '../../../live/use-asked.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { lineWords } from './call-words.ts';
import { type ChangedLine, differenceOf } from './difference.ts';

interface RevisionProps {
  board: string;
  revision: number;
  /** The one before it; undefined: there was none; null: it is not kept. */
  before: number | undefined | null;
}

/** Of a change: so many lines are told, the others when somebody asks. */
const mostLines = 20;

/** What a change was, line by line. */
export function BoardRevision({ board, revision, before }: RevisionProps) {
  const after = useRevision(board, revision);
  const was = useRevision(board, before ?? undefined);
  const refusal = after.refusal ?? was.refusal;
  if (refusal !== undefined) return <p class="refusal">{refusal.message}</p>;
  const isComing = after.data === undefined || (before != null && was.data === undefined);
  if (isComing) return <p aria-busy="true" />;
  if (before === null) return <p class="quiet">{say('board.beforeNotKept')}</p>;
  return <Lines before={was.data} after={after.data as Board} />;
}

/** @param revision undefined: nothing is asked */
function useRevision(board: string, revision: number | undefined) {
  const { answer } = useAsked(`board ${board} ${revision}`, async (signal) => {
    if (revision === undefined) return { response: new Response(null, { status: 204 }) };
    const params = { path: { board }, query: { revision: String(revision) } };
    return await api.GET('/boards/{board}', { params, signal });
  });
  return answer.value;
}

function Lines({ before, after }: { before: Board | undefined; after: Board }) {
  const isWhole = useSignal(false);
  const { lines, isReordered, isRenamed } = differenceOf(before, after);
  const shown = isWhole.value ? lines : lines.slice(0, mostLines);
  const isNothing = lines.length === 0 && !isReordered && !isRenamed;
  return (
    <>
      <ul class="changed-lines">
        {isRenamed && <Description text={after.description} />}
        {shown.map((line) => (
          <li key={`${line.kind} ${line.call.id}`}>
            {lineWords(line.call)} <span class="quiet">{kindWords(line)}</span>
          </li>
        ))}
        {isReordered && <li>{say('board.reordered')}</li>}
        {isNothing && <li class="quiet">{say('board.sameAsBefore')}</li>}
      </ul>
      {shown.length < lines.length && (
        <Button
          kind="quiet"
          onClick={() => {
            isWhole.value = true;
          }}
        >
          {say('board.allLines', { count: lines.length })}
        </Button>
      )}
    </>
  );
}

/** Whatever direction it is written in, its quotation marks stand around it. */
function Description({ text }: { text: string | undefined }) {
  if (text === undefined) return <li>{say('board.descriptionGone')}</li>;
  return (
    <li>
      {say('board.description')}:{' '}
      <q>
        <bdi>{text}</bdi>
      </q>
    </li>
  );
}

function kindWords({ call, kind, before }: ChangedLine): string {
  if (kind === 'added') return say(call.run ? 'board.lineAddedOn' : 'board.lineAdded');
  if (kind === 'removed') return say('board.lineRemoved');
  return kind
    .map((part) => {
      switch (part) {
        case 'on':
          return say('board.lineOn');
        case 'off':
          return say('board.lineOff');
        case 'note':
          return noteWords(call);
        default:
          return say('board.lineWas', { line: before === undefined ? '' : lineWords(before) });
      }
    })
    .join(', ');
}

const noteWords = ({ note }: BoardCall): string =>
  note === undefined ? say('board.noteGone') : say('board.noteIs', { note });
