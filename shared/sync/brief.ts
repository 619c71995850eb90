/**
 * What procedures say, cut to what a run's document has room for: 400 bytes a stage on average.
 * Whole it is in the run's log.
 */

import { hasEnded, type Run, type Stage } from './run.ts';

/** Bytes a stage; what ended stages have left over, a later error may use. */
const stageRoom = 400;

/** An attempt that was made again, the newest message of a stage: enough to tell which it was. */
export const briefBytes = 48;

/** More than that of one error nobody reads in a document. */
const longestError = 1_024;

/** The newest message of a stage: a line of progress. */
const messageBytes = 150;

/** How long an error of this stage may be in the document, in bytes. */
export function errorRoom(run: Run, stage: Stage): number {
  let used = saidBytes(stage);
  for (const other of run.stages) {
    if (other !== stage) used += hasEnded(other) ? saidBytes(other) : stageRoom;
  }
  const left = run.stages.length * stageRoom - used;
  return Math.min(longestError, Math.max(briefBytes, left));
}

/** How long the newest message of a stage may be beside what else it has, in bytes. */
export function messageRoom(stage: Stage): number {
  const left = stageRoom - saidBytes({ ...stage, messages: { count: 0 } });
  return Math.max(briefBytes, Math.min(messageBytes, left));
}

/** What a stage has of its room: texts, and the counts of rows. */
export function saidBytes(stage: Stage): number {
  const { rows, outputs, checked, messages, attempts, warnings = [], error } = stage;
  let bytes = 0;
  for (const found of [rows, outputs, checked]) if (found !== undefined) bytes += jsonBytes(found);
  for (const text of [messages.last?.text, error?.message, error?.procedure, ...warnings]) {
    if (text !== undefined) bytes += jsonBytes(text);
  }
  for (const attempt of attempts) {
    if (attempt.error !== undefined) bytes += jsonBytes(attempt.error.message);
  }
  return bytes;
}

/** The beginning of a text that takes `bytes` in JSON at most; `…` at its end says that it is cut. */
export function cut(text: string, bytes: number): string {
  // No letter takes less than a byte: what is longer need not be looked at.
  let kept = text.slice(0, bytes);
  if (kept === text && jsonBytes(text) <= bytes) return text;
  while (kept !== '' && jsonBytes(`${kept}…`) > bytes) {
    const excess = jsonBytes(`${kept}…`) - bytes;
    // A letter takes 12 bytes at most: as an escaped surrogate pair.
    kept = kept.slice(0, -Math.max(1, Math.floor(excess / 12)));
  }
  return `${kept.replace(/[\ud800-\udbff]$/, '')}…`;
}

/** As UTF-8, with the quotation marks of a text. */
function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
