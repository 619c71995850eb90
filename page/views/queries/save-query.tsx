import { useSignal } from '@preact/signals';
import { announce } from '../../shell/announce.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { isTaken, save } from './saved.ts';

interface SaveQueryProps {
  connection: string;
  definition: string;
  title: string;
  body: object;
}

/** Keeps the query under a name, in this browser. */
export function SaveQuery(query: SaveQueryProps) {
  const isOpen = useSignal(false);
  return (
    <>
      <Button
        kind="quiet"
        aria-haspopup="dialog"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        {say('queries.save')}
      </Button>
      {isOpen.value && (
        <Dialog
          title={say('queries.save')}
          onClosed={() => {
            isOpen.value = false;
          }}
        >
          {(close) => <NameForm query={query} close={close} />}
        </Dialog>
      )}
    </>
  );
}

function NameForm({ query, close }: { query: SaveQueryProps; close: () => void }) {
  const name = useSignal('');
  /** Whose place it would take, once somebody has been asked. */
  const taken = useSignal('');
  const keep = () => {
    const own = { ...query, name: name.value.trim() };
    if (own.name === '') return;
    if (taken.value !== own.name && isTaken(own)) {
      taken.value = own.name;
      return;
    }
    save(own);
    announce(say('queries.savedDone'));
    close();
  };
  const isReplaced = taken.value !== '' && taken.value === name.value.trim();
  return (
    <>
      <label class="name">
        <span>{say('queries.name')}</span>
        <input
          maxLength={100}
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            // It stands inside the form of the query, which this is not for.
            if (event.key !== 'Enter') return;
            event.preventDefault();
            keep();
          }}
        />
      </label>
      <p class="quiet">{say('queries.savedMore')}</p>
      <div role="status">
        {isReplaced && <p class="refusal">{say('queries.nameTaken', { name: taken.value })}</p>}
      </div>
      <div class="buttons">
        <Button onClick={close}>{say('shell.cancel')}</Button>
        <Button kind="main" onClick={keep}>
          {say(isReplaced ? 'queries.replace' : 'queries.save')}
        </Button>
      </div>
    </>
  );
}
