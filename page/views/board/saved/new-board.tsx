import { useSignal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { answered, api } from '../../../api/client.ts';
import type { AskedBoardCall } from '../../../api/schema.d.ts';
import { useAction } from '../../../live/act.ts';
import { asker } from '../../../session/session.ts';
import { go, hrefOf } from '../../../shell/router.ts';
import { say } from '../../../text/say.ts';
import { callsOf } from '../matrix/calls.ts';
import { blocks } from '../matrix/data.ts';
import { month, months } from '../matrix/months.ts';
import { chosen, chosenSlots } from '../matrix/selection.ts';
import { FormDialog } from './dialog.tsx';
import { nameTaken } from './document.ts';

/** What is chosen in the matrix, kept as a board. */
export function NewBoardDialog({ close }: { close(): void }) {
  const name = useSignal('');
  const description = useSignal('');
  const [calls] = useState(chosenCalls);
  const action = useAction(
    async () => {
      const board = name.value.trim();
      const body = { user: asker(), description: description.value.trim() || null, calls };
      const params = { path: { board }, header: { 'If-None-Match': '*' } };
      const asked = await api.PUT('/boards/{board}', { params, body });
      if (asked.response.status === 412) throw nameTaken(board);
      await answered(Promise.resolve(asked));
      close();
      go(hrefOf('board', [board]));
    },
    () => say('board.boardSaved', { name: name.value }),
  );
  return (
    <FormDialog
      title={say('board.saveTitle', { count: calls.length })}
      verb={say('board.save')}
      action={action}
      isIncomplete={name.value.trim() === ''}
      close={close}
    >
      <label>
        {say('board.boardName')}
        <input
          type="text"
          required
          spellcheck={false}
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <small>{say('board.nameHelp')}</small>
      </label>
      <label>
        {say('board.description')}
        <input
          type="text"
          value={description.value}
          onInput={(event) => {
            description.value = event.currentTarget.value;
          }}
        />
      </label>
    </FormDialog>
  );
}

/** The last two months go by when the board is started; an earlier one stays what it is. */
function chosenCalls(): AskedBoardCall[] {
  const all = blocks.value ?? [];
  const back = months.value.indexOf(month.value ?? '');
  const isRelative = back === 0 || back === 1;
  return callsOf(all, chosenSlots(all, chosen.value), month.value).map((call) => {
    if (call.month === undefined || !isRelative) return { ...call, run: true };
    const { year: _, ...undated } = call;
    return { ...undated, month: 0 - back, run: true };
  });
}
