/**
 * Lines of a run's log: `<time> <stage> | <text>` for what a procedure said, `*` in place of `|`
 * for what we tell of the stage. Further lines of one text begin with a tab, so that every text can
 * be read back as it was: whatever follows a mark or a leading tab is its own.
 */

export type LogMark = '|' | '*';

/** @param at ISO 8601 */
export function logLine(at: string, stage: string, mark: LogMark, text: string): string {
  return `${at} ${stage} ${mark} ${text.replaceAll('\n', '\n\t')}\n`;
}

/** Letters of an ISO 8601 time in UTC with milliseconds: `2019-07-31T10:00:02.000Z`. */
const timeLetters = 24;
const newline = 0x0a;
const tab = 0x09;

/** Keeps the lines of one stage, of pieces that may end anywhere. */
export class StageLines {
  readonly #name: Buffer;
  #rest = Buffer.alloc(0);
  #isKept = false;

  constructor(stage: string) {
    this.#name = Buffer.from(` ${stage} `);
  }

  /** What of the piece, and of the line it completes, is the stage's. */
  push(piece: Uint8Array): Buffer {
    const all = Buffer.concat([this.#rest, piece]);
    const kept: Buffer[] = [];
    let begin = 0;
    for (;;) {
      const end = all.indexOf(newline, begin);
      if (end < 0) break;
      const line = all.subarray(begin, end + 1);
      // A text of several lines is kept or left as a whole.
      if (line[0] !== tab) this.#isKept = this.#isOurs(line);
      if (this.#isKept) kept.push(line);
      begin = end + 1;
    }
    this.#rest = all.subarray(begin);
    return Buffer.concat(kept);
  }

  #isOurs(line: Buffer): boolean {
    const end = timeLetters + this.#name.length;
    return line.subarray(timeLetters, end).equals(this.#name);
  }
}
