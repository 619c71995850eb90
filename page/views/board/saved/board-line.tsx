import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { api, Refusal } from '../../../api/client.ts';
import type { Board, BoardCall } from '../../../api/schema.d.ts';
import { useAction } from '../../../live/act.ts';
import { asker } from '../../../session/session.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { useFocusBack } from '../../../ui/focus-back.ts';
import { codesOf, codeWords, entityWords, lineWords, monthWords } from './call-words.ts';
import { changedMeanwhile, type Shared } from './document.ts';

interface BoardLineProps {
  board: Board;
  call: BoardCall;
  change: Shared<Board>['change'];
  isMine: boolean;
}

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
  const label = lineWords(call);
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
        {entityWords(call)} <small title={codes.join(', ')}>{codeWords(call)}</small>
      </span>
      <span class="line-months">{monthWords(call)}</span>
      <Note
        board={board}
        call={call}
        label={label}
        isMine={isMine}
        save={(note) => patch({ note })}
      />
      {flip.refusal !== undefined && <p class="refusal">{flip.refusal}</p>}
    </li>
  );
}

interface NoteProps {
  board: Board;
  call: BoardCall;
  label: string;
  isMine: boolean;
  save(note: string | null): Promise<void>;
}

function Note({ board, call, label, isMine, save }: NoteProps) {
  const isEdited = useSignal(false);
  return (
    <span class="line-note">
      {!isEdited.value && call.note !== undefined && <span>{call.note}</span>}
      {isMine && (
        <Button
          kind="quiet"
          hidden={isEdited.value}
          onClick={() => {
            isEdited.value = true;
          }}
        >
          {call.note === undefined ? say('board.addNote') : say('board.changeNote')}
          <span class="unseen"> {label}</span>
        </Button>
      )}
      {isEdited.value && (
        <NoteForm
          {...{ board, label, save, note: call.note }}
          close={() => {
            isEdited.value = false;
          }}
        />
      )}
    </span>
  );
}

interface NoteFormProps extends Pick<NoteProps, 'board' | 'label' | 'save'> {
  /** As it stands there now, whoever wrote it. */
  note: string | undefined;
  close(): void;
}

function NoteForm({ board, label, save, note, close }: NoteFormProps) {
  useFocusBack();
  const text = useSignal(note ?? '');
  /** What is to be replaced: the note of when this was opened, or the one that was told of since. */
  const seen = useSignal(note);
  const there = useRef({ board, note });
  there.current = { board, note };
  const input = useRef<HTMLInputElement>(null);
  // At once: whoever types on is not to type elsewhere.
  useLayoutEffect(() => input.current?.focus(), []);
  const action = useAction(
    async () => {
      const { current } = there;
      if (current.note !== seen.value) {
        seen.value = current.note;
        throw new Refusal(412, { detail: changedMeanwhile(current.board) });
      }
      await save(text.value.trim() || null);
      close();
    },
    () => say('board.noteSaved'),
  );
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
          if (event.key === 'Escape') close();
        }}
      />
      <Button type="submit" isBusy={action.isBusy}>
        {say('board.save')}
      </Button>
      {action.refusal !== undefined && (
        <span class="refusal">
          {action.refusal} {note}
        </span>
      )}
    </form>
  );
}
