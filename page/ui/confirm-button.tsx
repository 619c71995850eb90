import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { useAction } from '../live/act.ts';
import { say } from '../text/say.ts';
import { Button, type ButtonProps } from './button.tsx';

interface ConfirmButtonProps {
  /** Does it, once somebody has said so. @throws Refusal */
  act(): Promise<unknown>;
  done?: () => string;
  /** What is asked: a whole sentence that says what will happen. */
  question: string;
  /** Of the button that does it. */
  yes: string;
  label?: string;
  kind?: ButtonProps['kind'];
  children: ComponentChildren;
}

/** A button for what cannot be undone: it asks first, in words, and Escape is no. */
export function ConfirmButton({
  act,
  done,
  question,
  yes,
  label,
  kind,
  children,
}: ConfirmButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const { isBusy, refusal, run } = useAction(async () => {
    await act();
    dialog.current?.close();
  }, done);
  return (
    <>
      <Button
        kind={kind ?? 'plain'}
        onClick={() => dialog.current?.showModal()}
        aria-haspopup="dialog"
        {...(label && { 'aria-label': label })}
      >
        {children}
      </Button>
      <dialog ref={dialog} aria-labelledby={heading}>
        <h2 id={heading}>{question}</h2>
        {refusal !== undefined && <p class="refusal">{refusal}</p>}
        <div class="buttons">
          <Button onClick={() => dialog.current?.close()}>{say('shell.close')}</Button>
          <Button kind="main" isBusy={isBusy} onClick={run}>
            {yes}
          </Button>
        </div>
      </dialog>
    </>
  );
}
