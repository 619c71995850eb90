import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Action } from '../../../live/act.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';

interface FormDialogProps {
  title: string;
  /** What its button says. */
  verb: string;
  action: Action;
  /** Not yet, for what is entered. */
  isIncomplete?: boolean;
  close(): void;
  children: ComponentChildren;
}

/** A few fields, and a button that does something with them. */
export function FormDialog({
  title,
  verb,
  action,
  isIncomplete = false,
  close,
  children,
}: FormDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="plan" aria-labelledby={id} onClose={close}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isIncomplete) action.run();
        }}
      >
        <h2 id={id}>{title}</h2>
        {children}
        <div class="plan-actions">
          {action.refusal !== undefined && <p class="refusal">{action.refusal}</p>}
          <Button onClick={close}>{say('shell.cancel')}</Button>
          <Button kind="main" type="submit" isBusy={action.isBusy || isIncomplete}>
            {verb}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
