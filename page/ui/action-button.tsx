import type { ComponentChildren } from 'preact';
import { useAction } from '../live/act.ts';
import { useOnce } from '../live/use-once.ts';
import { Button, type ButtonProps } from './button.tsx';

interface ActionButtonProps {
  /**
   * Does it. @throws Refusal, whose words are shown beside the button
   *
   * @param key of what it starts: the same until that was done
   */
  act(key: string): Promise<unknown>;
  /** What is told to a screen reader when it is done. */
  done?: () => string;
  /** Where two buttons have the same words: which one this is. */
  label?: string;
  kind?: ButtonProps['kind'];
  children: ComponentChildren;
}

/** A button that does something at the app, and says why where that was refused. */
export function ActionButton({ act, done, label, kind = 'plain', children }: ActionButtonProps) {
  const once = useOnce();
  const { isBusy, refusal, run } = useAction(() => once(act), done);
  return (
    <span class="action">
      <Button kind={kind} isBusy={isBusy} onClick={run} {...(label && { 'aria-label': label })}>
        {children}
      </Button>
      {refusal !== undefined && <span class="refusal">{refusal}</span>}
    </span>
  );
}
