import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { api } from '../../../api/client.ts';
import type { Board, BoardCall } from '../../../api/schema.d.ts';
import { useAction } from '../../../live/act.ts';
import { asker } from '../../../session/session.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { codesOf, entityWords, monthWords } from './call-words.ts';
import type { Shared } from './document.ts';

interface BoardLineProps {
  board: Board;
  call: BoardCall;
  change: Shared<Board>['change'];
  isMine: boolean;
}

/** Data sources that are named; the others are counted. */
const namedCodes = 8;

/** A call of a board: its switch, what it is of, and what somebody noted. */
export function BoardLine({ board, call, change, isMine }: BoardLineProps) {
  const patch = (changes: { run?: boolean; note?: string | null }) =>
    change((header) =>
      api.PATCH('/boards/{board}/calls/{call}', {
        params: { path: { board: board.name, call: call.id }, header },
        body: { user: asker(), ...changes },
      }),
    );
  const codes = codesOf(call);
  const shownCodes =
    codes.length <= namedCodes
      ? codes.join(', ')
      : say('board.andMore', {
          list: codes.slice(0, namedCodes).join(', '),
          count: codes.length - namedCodes,
        });
  const months = monthWords(call);
  const what = say('board.lineOf', { names: entityWords(call), codes: shownCodes });
  const label = [what, months].filter(Boolean).join(', ');
  const flip = useAction(
    () => patch({ run: !call.run }),
    () => say(call.run ? 'board.switchedOff' : 'board.switchedOn', { line: label }),
  );
  return (
    <li class={call.run ? '' : 'off'}>
      <input
        type="checkbox"
        role="switch"
        aria-label={label}
        checked={call.run}
        aria-checked={call.run}
        aria-disabled={!isMine || flip.isBusy}
        onClick={(event) => {
          // It moves when the app has done so.
          event.preventDefault();
          if (isMine) flip.run();
        }}
      />
      <span class="line-what">
        {entityWords(call)} <small title={codes.join(', ')}>{shownCodes}</small>
      </span>
      <span class="line-months">{months}</span>
      <Note call={call} label={label} isMine={isMine} save={(note) => patch({ note })} />
      {flip.refusal !== undefined && <p class="refusal">{flip.refusal}</p>}
    </li>
  );
}

interface NoteProps {
  call: BoardCall;
  label: string;
  isMine: boolean;
  save(note: string | null): Promise<void>;
}

function Note({ call, label, isMine, save }: NoteProps) {
  const isEdited = useSignal(false);
  const text = useSignal('');
  const input = useRef<HTMLInputElement>(null);
  const action = useAction(
    async () => {
      await save(text.value.trim() || null);
      isEdited.value = false;
    },
    () => say('board.noteSaved'),
  );
  useEffect(() => {
    if (isEdited.value) input.current?.focus();
  }, [isEdited.value]);
  if (!isEdited.value) {
    return (
      <span class="line-note">
        {call.note !== undefined && <span>{call.note}</span>}
        {isMine && (
          <Button
            kind="quiet"
            onClick={() => {
              text.value = call.note ?? '';
              isEdited.value = true;
            }}
          >
            {call.note === undefined ? say('board.addNote') : say('board.changeNote')}
            <span class="unseen"> {label}</span>
          </Button>
        )}
      </span>
    );
  }
  return (
    <form
      class="line-note"
      onSubmit={(event) => {
        event.preventDefault();
        action.run();
      }}
    >
      <input
        ref={input}
        type="text"
        maxLength={400}
        aria-label={say('board.noteOf', { line: label })}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') isEdited.value = false;
        }}
      />
      <Button type="submit" isBusy={action.isBusy}>
        {say('board.save')}
      </Button>
      {action.refusal !== undefined && <span class="refusal">{action.refusal}</span>}
    </form>
  );
}
