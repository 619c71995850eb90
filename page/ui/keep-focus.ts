/**
 * What has the focus may go: a line that was mended, a button that has done its work. A browser then
 * gives the focus to nobody, and whoever goes by keyboard or listens begins anew at the top. Here it
 * goes to what has come in its place, to the next line, or to the part of the page that it was in.
 */

const controls = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
const lines = 'li, tr';
const parts = `${lines}, fieldset, form, section, dialog, main`;

let focused: Element | undefined;

/** Watches all that is drawn in `root`, for as long as the page is there. */
export function keepFocus(root: Element): void {
  document.addEventListener('focusin', ({ target }) => {
    focused = target instanceof Element ? target : undefined;
  });
  document.addEventListener('focusout', () => {
    const left = focused;
    setTimeout(() => {
      // Somebody has left it, and it is still there.
      if (focused === left && left?.isConnected && isNowhere()) focused = undefined;
    });
  });
  new MutationObserver(look).observe(root, { childList: true, subtree: true });
}

const isNowhere = () => document.activeElement === null || document.activeElement === document.body;

function look(records: readonly MutationRecord[]): void {
  const gone = focused;
  if (gone === undefined || gone.isConnected || !isNowhere()) return;
  const record = records.find(({ removedNodes }) =>
    [...removedNodes].some((node) => node.contains(gone)),
  );
  if (record === undefined) return;
  const come = records
    .filter(({ target }) => target === record.target)
    .flatMap(({ addedNodes }) => [...addedNodes]);
  // Whoever takes it away may have a place for it, and puts it there first.
  setTimeout(() => {
    if (isNowhere()) giveOn(record, come);
  });
}

/** @param come what was put where the focus was */
function giveOn({ target, nextSibling, previousSibling }: MutationRecord, come: readonly Node[]) {
  const [other] = come.flatMap((node) => {
    if (!(node instanceof Element) || !node.isConnected) return [];
    return node.matches(controls) ? node : (node.querySelector(controls) ?? []);
  });
  if (other instanceof HTMLElement) {
    other.focus({ preventScroll: true });
    return;
  }
  const line = [nextSibling, previousSibling].find(
    (node): node is HTMLElement => node instanceof HTMLElement && node.matches(lines),
  );
  const part = target instanceof Element ? target.closest<HTMLElement>(parts) : null;
  focusPart(line?.isConnected ? line : part);
}

/** What is no control is none again once the focus has left it. */
function focusPart(part: HTMLElement | null): void {
  if (part === null) return;
  const isLent = !part.hasAttribute('tabindex');
  if (isLent) part.tabIndex = -1;
  part.focus({ preventScroll: true });
  if (isLent) {
    part.addEventListener('blur', () => part.removeAttribute('tabindex'), { once: true });
  }
}
