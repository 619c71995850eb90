import type { ComponentChildren } from 'preact';

interface ScrollBoxProps {
  class: string;
  /** What is in it, for whoever does not see it. */
  label: string;
  children: ComponentChildren;
}

/** What scrolls by itself: reached by Tab, so that arrow keys scroll it. */
export function ScrollBox({ class: name, label, children }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: axe asks for it of what scrolls
    <section class={name} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
