import type { ComponentChildren } from 'preact';

interface ScrollBoxProps {
  /** What is in it. */
  label: string;
  class?: string;
  children: ComponentChildren;
}

/** A box of its own for what is wider than the page: it scrolls by keyboard, too. */
export function ScrollBox({ label, class: named = '', children }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class={`scroll-box ${named}`} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
