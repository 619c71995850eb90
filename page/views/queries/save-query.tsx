import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { announce } from '../../shell/announce.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { save } from './saved.ts';

interface SaveQueryProps {
  connection: string;
  definition: string;
  title: string;
  body: object;
}

/** Keeps the query under a name, in this browser. */
export function SaveQuery(query: SaveQueryProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useSignal('');
  const keep = () => {
    if (name.value.trim() === '') return;
    save({ ...query, name: name.value.trim() });
    announce(say('queries.savedDone'));
    dialog.current?.close();
  };
  return (
    <>
      <Button kind="quiet" aria-haspopup="dialog" onClick={() => dialog.current?.showModal()}>
        {say('queries.save')}
      </Button>
      <dialog ref={dialog} aria-label={say('queries.save')}>
        <label class="name">
          <span>{say('queries.name')}</span>
          <input
            maxLength={100}
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              keep();
            }}
          />
        </label>
        <p class="quiet">{say('queries.savedMore')}</p>
        <div class="buttons">
          <Button onClick={() => dialog.current?.close()}>{say('shell.cancel')}</Button>
          <Button kind="main" onClick={keep}>
            {say('queries.save')}
          </Button>
        </div>
      </dialog>
    </>
  );
}
