import type { ComponentChildren } from 'preact';
import type { Action } from '../../../live/act.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';

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
  return (
    <Dialog title={title} kind="plan" onClosed={close}>
      {(leave) => (
        <form
          class="dialog-form"
          onInput={action.forget}
          onSubmit={(event) => {
            event.preventDefault();
            if (!isIncomplete) action.run();
          }}
        >
          {children}
          <div class="plan-actions">
            {action.refusal !== undefined && <p class="refusal">{action.refusal}</p>}
            <Button onClick={leave}>{say('shell.cancel')}</Button>
            <Button kind="main" type="submit" isBusy={action.isBusy || isIncomplete}>
              {verb}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
