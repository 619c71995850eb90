import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { announce } from '../shell/announce.ts';
import { say } from '../text/say.ts';
import { Button, type ButtonProps } from './button.tsx';

interface CopyButtonProps {
  /** What is copied, made when it is. */
  text(): string;
  kind?: ButtonProps['kind'];
  /** Where two buttons have the same words: which one this is. */
  label?: string;
  children: ButtonProps['children'];
}

const toldMs = 2_000;

/** Copies a text, and says so; where the browser refuses, the text is shown to be copied by hand. */
export function CopyButton({ text, kind = 'quiet', label, children }: CopyButtonProps) {
  const isCopied = useSignal(false);
  const shown = useSignal<string | undefined>(undefined);
  useEffect(() => {
    if (!isCopied.value) return;
    const timer = setTimeout(() => {
      isCopied.value = false;
    }, toldMs);
    return () => clearTimeout(timer);
  }, [isCopied.value]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      isCopied.value = true;
      announce(say('shell.copied'));
    } catch {
      shown.value = text();
    }
  };
  return (
    <>
      <Button kind={kind} onClick={() => void copy()} {...(label && { 'aria-label': label })}>
        {/* Both words take their room, so that nothing moves. */}
        <span class="either">
          <span class={isCopied.value ? 'gone' : ''}>{children}</span>
          <span class={isCopied.value ? '' : 'gone'} aria-hidden={!isCopied.value}>
            {say('shell.copied')}
          </span>
        </span>
      </Button>
      {shown.value !== undefined && (
        <textarea
          class="by-hand"
          readOnly
          rows={4}
          aria-label={say('shell.copyByHand')}
          value={shown.value}
        />
      )}
    </>
  );
}
