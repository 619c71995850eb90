import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useAction } from '../live/act.ts';
import { say } from '../text/say.ts';
import { Button, type ButtonProps } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface Question {
  /** Does it, once somebody has said so. @throws Refusal */
  act(): Promise<unknown>;
  /** What is told to a screen reader when it is done. */
  done?: () => string;
  /** What is asked: a whole sentence that says what will happen. */
  question: string;
  /** Of the button that does it. */
  yes: string;
}

interface ConfirmButtonProps extends Question {
  /** Where two buttons have the same words: which one this is. */
  label?: string;
  kind?: ButtonProps['kind'];
  children: ComponentChildren;
}

/** A button for what cannot be undone: it asks first, in words, and Escape is no. */
export function ConfirmButton({ label, kind = 'plain', children, ...asked }: ConfirmButtonProps) {
  const isOpen = useSignal(false);
  return (
    <>
      <Button
        kind={kind}
        onClick={() => {
          isOpen.value = true;
        }}
        aria-haspopup="dialog"
        {...(label && { 'aria-label': label })}
      >
        {children}
      </Button>
      {isOpen.value && (
        <Dialog
          title={asked.question}
          onClosed={() => {
            isOpen.value = false;
          }}
        >
          {(close) => <Answers {...asked} close={close} />}
        </Dialog>
      )}
    </>
  );
}

function Answers({ act, done, yes, close }: Question & { close: () => void }) {
  const { isBusy, refusal, run } = useAction(async () => {
    await act();
    close();
  }, done);
  return (
    <>
      {refusal !== undefined && <p class="refusal">{refusal}</p>}
      <div class="buttons">
        <Button onClick={close}>{say('shell.close')}</Button>
        <Button kind="main" isBusy={isBusy} onClick={run}>
          {yes}
        </Button>
      </div>
    </>
  );
}
