import type { ComponentChildren } from 'preact';
import { useAction } from '../live/act.ts';
import { useOnce } from '../live/use-once.ts';
import { say } from '../text/say.ts';
import { Button, type ButtonProps } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { openDialog } from './open-dialog.tsx';

interface Asked {
  /**
   * Does it, once somebody has said so. @throws Refusal
   *
   * @param key of this question: sent again it is known as the same
   */
  act(key: string): Promise<unknown>;
  /** What is told to a screen reader when it is done. */
  done?: () => string;
  /** What is asked: a whole sentence that says what will happen, and to what. */
  question: string;
  /** Of the button that does it. */
  yes: string;
  /** Why there is nothing to be asked any more; undefined while there is. */
  over?: () => string | undefined;
}

interface ConfirmButtonProps extends Asked {
  /** Where two buttons have the same words: which one this is. */
  label?: string;
  kind?: ButtonProps['kind'];
  children: ComponentChildren;
}

/**
 * A button for what cannot be undone: it asks first, in words, and Escape is no. What is asked is
 * what was there as it was pressed, whatever comes to stand in its place.
 */
export function ConfirmButton({ label, kind = 'plain', children, ...asked }: ConfirmButtonProps) {
  return (
    <Button
      kind={kind}
      onClick={({ currentTarget }) =>
        openDialog(currentTarget, (closed) => (
          <Dialog title={asked.question} onClosed={closed}>
            {(close) => <Answers {...asked} close={close} />}
          </Dialog>
        ))
      }
      aria-haspopup="dialog"
      {...(label && { 'aria-label': label })}
    >
      {children}
    </Button>
  );
}

function Answers({ act, done, yes, over, close }: Asked & { close: () => void }) {
  const once = useOnce();
  const { isBusy, refusal, run } = useAction(async () => {
    await once(act);
    close();
  }, done);
  const end = over?.();
  return (
    <>
      {/* Told once, where that it is over is why it was not done. */}
      <Over end={isBusy || end === refusal ? undefined : end} />
      {refusal !== undefined && <p class="refusal">{refusal}</p>}
      <div class="buttons">
        <Button onClick={close}>{say('shell.close')}</Button>
        {(end === undefined || isBusy) && (
          <Button kind="main" isBusy={isBusy} onClick={run}>
            {yes}
          </Button>
        )}
      </div>
    </>
  );
}

/** That there is nothing to be asked any more, and why. */
export function Over({ end }: { end: string | undefined }) {
  return <div role="status">{end !== undefined && <p class="refusal">{end}</p>}</div>;
}
