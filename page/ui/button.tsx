import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';

export interface ButtonProps extends Omit<ButtonHTMLAttributes, 'class' | 'icon'> {
  /** `main`: what the view is there for; `quiet`: one of many in a list. */
  kind?: 'plain' | 'main' | 'quiet';
  /** It is being done: it stays where it is, with the focus, and does nothing more. */
  isBusy?: boolean;
  children: ComponentChildren;
}

export function Button({
  kind = 'plain',
  isBusy = false,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${kind}`}
      aria-disabled={isBusy}
      {...rest}
      {...(!isBusy && onClick !== undefined && { onClick })}
    >
      {children}
    </button>
  );
}
