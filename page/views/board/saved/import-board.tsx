import { useSignal } from '@preact/signals';
import { answered, api } from '../../../api/client.ts';
import type { Board } from '../../../api/schema.d.ts';
import { reasonOf, useAction } from '../../../live/act.ts';
import { asker } from '../../../session/session.ts';
import { go, hrefOf } from '../../../shell/router.ts';
import { say } from '../../../text/say.ts';
import { FormDialog } from './dialog.tsx';

/** A `board.py` becomes a board: first it is said what it would be. */
export function ImportBoard({ close }: { close(): void }) {
  const name = useSignal('');
  const source = useSignal<string | undefined>(undefined);
  const found = useSignal<Board | undefined>(undefined);
  const fault = useSignal<string | undefined>(undefined);
  const sent = (dry: boolean) =>
    answered(
      api.POST('/boards/{board}/import', {
        params: {
          path: { board: name.value.trim() },
          query: { user: asker(), ...(dry && { dry: 'true' as const }) },
        },
        body: source.value,
        bodySerializer: String,
        headers: { 'content-type': 'text/plain' },
      }),
    );
  const preview = async () => {
    found.value = undefined;
    fault.value = undefined;
    if (source.value === undefined || name.value.trim() === '') return;
    try {
      found.value = await sent(true);
    } catch (error) {
      fault.value = reasonOf(error);
    }
  };
  const action = useAction(
    async () => {
      await sent(false);
      close();
      go(hrefOf('board', [name.value.trim()]));
    },
    () => say('board.boardSaved', { name: name.value }),
  );
  return (
    <FormDialog
      title={say('board.importTitle')}
      verb={say('board.save')}
      action={action}
      isIncomplete={found.value === undefined}
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
          onChange={() => void preview()}
        />
        <small>{say('board.importHelp')}</small>
      </label>
      <label>
        {say('board.file')}
        <input
          type="file"
          accept=".py,text/x-python,text/plain"
          onChange={async (event) => {
            source.value = await event.currentTarget.files?.[0]?.text();
            void preview();
          }}
        />
      </label>
      {found.value !== undefined && (
        <p role="status">
          {say('board.importFound', { count: found.value.calls.length, on: found.value.on })}
        </p>
      )}
      {fault.value !== undefined && <p class="refusal">{fault.value}</p>}
    </FormDialog>
  );
}
