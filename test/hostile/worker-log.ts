/** What the worker's log must not have after hostile requests. */

import { canaries } from './canaries.ts';

/** A line of the worker; the others are of `npm start`, whose greeting names the demo's token. */
const ofWorker = /^\d{4}-\d\d-\d\dT\S+Z /;

const troubles = /unhandled|uncaught|internal error|ended \(|premature|out of memory|MaxListeners/i;

/**
 * Of a call that a client has named itself and hidden that from us, too: it got its 400, and the
 * call ends with an error of its own, as nobody can tell the two belong together.
 */
const unpaired = /Error: The request of this call has not come/;

/** Each kind of line once: ids and numbers make no kind. */
export function faultsOf(lines: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const line of lines) {
    if (!ofWorker.test(line) && !troubles.test(line)) continue;
    const secret = ofWorker.test(line) ? canaries.find((word) => line.includes(word)) : undefined;
    const why = secret !== undefined ? `"${secret}" is in the log` : trouble(line);
    if (why === undefined) continue;
    const kind = `${why}: ${line.replaceAll(/[0-9a-f-]{8,}|\d+/g, '#').slice(0, 200)}`;
    if (!found.has(kind)) found.set(kind, `${why}: ${line.slice(0, 2000)}`);
  }
  return [...found.values()];
}

function trouble(line: string): string | undefined {
  if (unpaired.test(line)) return undefined;
  if (troubles.test(line)) return 'trouble';
  return /^\S+ (ERROR|FATAL) /.test(line) ? 'an error' : undefined;
}

/** Ids of the calls that have begun and not ended. */
export function openCalls(lines: readonly string[]): string[] {
  const open = new Map<string, string>();
  for (const line of lines) {
    const [, word, id] = /\] (Executing|Executed) '\w+' \(.*?\bId=([0-9a-f-]{36})/.exec(line) ?? [];
    if (word === 'Executing' && id !== undefined) open.set(id, line);
    else if (id !== undefined) open.delete(id);
  }
  return [...open.values()];
}
