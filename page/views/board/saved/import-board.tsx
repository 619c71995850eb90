import { useSignal } from '@preact/signals';
import { answered, api, Refusal } from '../../../api/client.ts';
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
  /** Of this name, once somebody has been told of it: saving once more replaces it. */
  const there = useSignal({ board: '', etag: '' });
  const sent = (board: string, how: { query?: { dry: 'true' }; header?: Record<string, string> }) =>
    api.POST('/boards/{board}/import', {
      params: { ...how, path: { board }, query: { user: asker(), ...how.query } },
      body: source.value,
      bodySerializer: String,
      headers: { 'content-type': 'text/plain' },
    });
  const preview = async () => {
    found.value = undefined;
    fault.value = undefined;
    if (source.value === undefined || name.value.trim() === '') return;
    try {
      found.value = await answered(sent(name.value.trim(), { query: { dry: 'true' } }));
    } catch (error) {
      fault.value = reasonOf(error);
    }
  };
  const action = useAction(
    async () => {
      const board = name.value.trim();
      const header: Record<string, string> =
        there.value.board === board ? { 'If-Match': there.value.etag } : { 'If-None-Match': '*' };
      const asked = await sent(board, { header });
      if (asked.response.status === 412) {
        there.value = { board, etag: asked.response.headers.get('etag') ?? '*' };
        throw new Refusal(412, { detail: say('board.importThere', { name: board }) });
      }
      await answered(Promise.resolve(asked));
      close();
      go(hrefOf('board', [board]));
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
