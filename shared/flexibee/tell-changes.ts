/** What is written to the log of a company's cursor, each once: when it begins, and when it ends. */

import type { Cursor, Trouble } from './cursor.ts';

export function tellChanges(
  log: (text: string) => void,
  code: string,
  before: Cursor,
  after: Cursor,
): void {
  for (const [procedure, text] of Object.entries(after.warnings)) {
    if (before.warnings[procedure] !== text) log(`FlexiBee ${code}: ${text}`);
  }
  tellTrouble(log, code, before.trouble, after.trouble);
  for (const [evidence, { trouble }] of Object.entries(after.evidences)) {
    tellTrouble(log, `${code}, ${evidence}`, before.evidences[evidence]?.trouble, trouble);
  }
}

function tellTrouble(
  log: (text: string) => void,
  whose: string,
  before: Trouble | undefined,
  after: Trouble | undefined,
): void {
  if (before?.kind === after?.kind) return;
  if (after !== undefined) log(`${after.message} (${after.kind}). ${after.cure}`);
  else log(`FlexiBee ${whose}: no more trouble (${before?.kind})`);
}
