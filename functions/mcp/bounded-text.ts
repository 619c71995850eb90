/** The text of an answer, read as far as it is wanted. */

import type { InvocationContext } from '@azure/functions';
import { errorReport } from '../../shared/http/error-report.ts';
import { FirstItems } from './first-items.ts';
import { ToolError } from './tool-error.ts';

export interface Reading {
  bytes: number;
  /** `all`: more than so many bytes are refused; `end`: the last of them, of however many there are. */
  take: 'all' | 'end';
  /** With `all`, of an object with a list of objects: so many of them, whatever comes after these. */
  items?: number;
}

/** @throws ToolError for an answer that is too long, or breaks off */
export async function boundedText(
  body: ReadableStream<Uint8Array> | null,
  { bytes, take, items }: Reading,
  context: Pick<InvocationContext, 'error'>,
): Promise<string> {
  if (body === null) return '';
  const kept: Uint8Array[] = [];
  const first = items === undefined ? undefined : new FirstItems(items);
  let length = 0;
  try {
    // Leaving early cancels the body, and with it whatever makes it.
    for await (const piece of body) {
      const enough = first?.end(piece);
      if (enough !== undefined) {
        return `${Buffer.concat([...kept, piece.subarray(0, enough)]).toString()}]}`;
      }
      kept.push(piece);
      length += piece.byteLength;
      if (take === 'all' && length > bytes) throw tooLong(bytes);
      while (take === 'end' && kept[0] !== undefined && length - kept[0].byteLength >= bytes) {
        length -= kept.shift()?.byteLength ?? 0;
      }
    }
  } catch (error) {
    if (error instanceof ToolError) throw error;
    context.error(`An answer broke off: ${errorReport(error)}`);
    throw new ToolError('The answer broke off: ask again, or for less at once.');
  }
  const all = Buffer.concat(kept);
  return take === 'all' ? all.toString() : lastLines(all.subarray(-bytes), all.length > bytes);
}

/** @param isCut in the middle of a line, perhaps of a letter */
function lastLines(bytes: Buffer, isCut: boolean): string {
  const text = bytes.toString();
  return isCut ? text.slice(text.indexOf('\n') + 1) : text;
}

function tooLong(bytes: number): ToolError {
  const text = `The answer is longer than ${Math.round(bytes / 1024)} KiB: ask for fewer rows, fields or levels.`;
  return new ToolError(text);
}
