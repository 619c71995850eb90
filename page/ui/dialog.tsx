import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useFocusBack } from './focus-back.ts';

interface DialogProps {
  title: string;
  /** Of its style. */
  kind?: 'plan' | 'retry';
  /** What it shows is on its way. */
  isComing?: boolean;
  /** It is there as long as it is open: whoever shows it takes it away then. */
  onClosed(): void;
  /** @param close closes it, and gives the focus back to where it was */
  children(close: () => void): ComponentChildren;
}

/**
 * A question above the rest, which waits; Escape closes it. However it goes, the focus is where it
 * was before.
 */
export function Dialog({ title, kind, isComing = false, onClosed, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useFocusBack();
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // One that is only taken away leaves the focus nowhere.
    return () => current?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      aria-busy={isComing}
      onClose={(event) => {
        if (event.currentTarget.isConnected) onClosed();
      }}
      {...(kind && { class: kind })}
    >
      <h2 id={heading}>{title}</h2>
      {children(() => dialog.current?.close())}
    </dialog>
  );
}
