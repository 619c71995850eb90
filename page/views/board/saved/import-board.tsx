import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { answered, api, Refusal } from '../../../api/client.ts';
import type { Board } from '../../../api/schema.d.ts';
import { reasonOf, useAction } from '../../../live/act.ts';
import { asker } from '../../../session/session.ts';
import { go, hrefOf } from '../../../shell/router.ts';
import { say } from '../../../text/say.ts';
import { FormDialog } from './dialog.tsx';

/** How long after the last letter it is asked what it would be. */
const settleMs = 300;

/** A `board.py` becomes a board: first it is said what it would be. */
export function ImportBoard({ close }: { close(): void }) {
  const name = useSignal('');
  const source = useSignal<string | undefined>(undefined);
  const found = useSignal<Board | undefined>(undefined);
  const fault = useSignal<string | undefined>(undefined);
  /** Of what is there, once somebody has been told of it: saving the same once more replaces it. */
  const there = useSignal<string | undefined>(undefined);
  interface Sending {
    query?: { dry: 'true' };
    header?: Record<string, string>;
    signal?: AbortSignal;
  }
  const sent = (board: string, { query, header, signal }: Sending) =>
    api.POST('/boards/{board}/import', {
      params: { ...(header && { header }), path: { board }, query: { user: asker(), ...query } },
      body: source.value,
      bodySerializer: String,
      headers: { 'content-type': 'text/plain' },
      ...(signal && { signal }),
    });
  useEffect(() => {
    found.value = undefined;
    fault.value = undefined;
    there.value = undefined;
    const board = name.value.trim();
    if (source.value === undefined || board === '') return;
    const ended = new AbortController();
    const { signal } = ended;
    const preview = async () => {
      try {
        const would = await answered(sent(board, { query: { dry: 'true' }, signal }));
        if (!signal.aborted) found.value = would;
      } catch (error) {
        if (!signal.aborted) fault.value = reasonOf(error);
      }
    };
    const timer = setTimeout(() => void preview(), settleMs);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [name.value, source.value]);
  const action = useAction(
    async () => {
      const board = name.value.trim();
      const header: Record<string, string> =
        there.value === undefined ? { 'If-None-Match': '*' } : { 'If-Match': there.value };
      const asked = await sent(board, { header });
      if (asked.response.status === 412) {
        there.value = asked.response.headers.get('etag') ?? '*';
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
