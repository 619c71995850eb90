import { useSignal } from '@preact/signals';
import { answered, api } from '../../api/client.ts';
import { useAction } from '../../live/act.ts';
import { timeNow } from '../../live/clock.ts';
import { asker, may } from '../../session/session.ts';
import { say } from '../../text/say.ts';
import { ActionButton } from '../../ui/action-button.tsx';
import { Button } from '../../ui/button.tsx';
import { Over } from '../../ui/confirm-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { openDialog } from '../../ui/open-dialog.tsx';
import { isThere, type Line } from './words.ts';

const hourMs = 3_600_000;
/** For how long somebody may know of it. */
const spans = [
  { name: 'now.forHour', ms: hourMs },
  { name: 'now.forDay', ms: 24 * hourMs },
  { name: 'now.forWeek', ms: 7 * 24 * hourMs },
] as const;

/** Somebody knows of it: until when, and what is being done. */
export function Acknowledge({ line, title }: { line: Line; title: string }) {
  if (!may('run')) return null;
  return (
    <Button
      kind="quiet"
      aria-haspopup="dialog"
      aria-label={`${say('now.acknowledge')}: ${title}`}
      onClick={({ currentTarget }) =>
        openDialog(currentTarget, (closed) => (
          <Dialog title={title} onClosed={closed}>
            {(close) => <Note line={line} close={close} />}
          </Dialog>
        ))
      }
    >
      {say('now.acknowledge')}
    </Button>
  );
}

function Note({ line, close }: { line: Line; close: () => void }) {
  const note = useSignal('');
  const span = useSignal<number>(spans[1].ms);
  const act = async () => {
    const until = new Date(timeNow() + span.value).toISOString();
    const user = asker();
    for (const { kind, subject } of line.troubles ?? []) {
      const body = { kind, subject, until, note: note.value.trim(), user };
      await answered(api.POST('/acknowledgements', { body }));
    }
    close();
  };
  const { isBusy, refusal, run, forget } = useAction(act, () => say('now.acknowledged'));
  return (
    <form
      class="acknowledge"
      onInput={forget}
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <p class="quiet">{say('now.acknowledgeHelp')}</p>
      <label>
        <span>{say('now.note')}</span>
        <input
          required
          maxLength={400}
          value={note.value}
          onInput={(event) => {
            note.value = event.currentTarget.value;
          }}
        />
      </label>
      <label>
        <span>{say('now.forHowLong')}</span>
        <select
          value={String(span.value)}
          onChange={(event) => {
            span.value = Number(event.currentTarget.value);
          }}
        >
          {spans.map(({ name, ms }) => (
            <option key={ms} value={String(ms)}>
              {say(name)}
            </option>
          ))}
        </select>
      </label>
      <Over end={isBusy || isThere(line) ? undefined : say('now.lineGone')} />
      {refusal !== undefined && <p class="refusal">{refusal}</p>}
      <div class="buttons">
        <Button onClick={close}>{say('shell.cancel')}</Button>
        <Button kind="main" type="submit" isBusy={isBusy}>
          {say('now.acknowledge')}
        </Button>
      </div>
    </form>
  );
}

export function EndAcknowledgement({ line, title }: { line: Line; title: string }) {
  if (!may('run')) return null;
  const act = async () => {
    const { acknowledgements } = await answered(api.GET('/acknowledgements'));
    const isOwn = (one: { kind: string; subject: string }) =>
      line.troubles?.some(({ kind, subject }) => kind === one.kind && subject === one.subject);
    for (const { id } of acknowledgements.filter(isOwn)) {
      await answered(api.DELETE('/acknowledgements/{id}', { params: { path: { id } } }));
    }
  };
  return (
    <ActionButton kind="quiet" act={act} label={`${say('now.unacknowledge')}: ${title}`}>
      {say('now.unacknowledge')}
    </ActionButton>
  );
}
