/** A terminal in which the same lines are written again and again. */

import { clean, cutTo, widthOf } from './text.ts';

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** As it is, without a newline. */
  write(text: string): void;
}

/** The terminal of a stream; undefined where it is none, or one that cannot move its cursor. */
export function terminalOf(
  stream: NodeJS.WriteStream,
  { TERM }: NodeJS.ProcessEnv,
): Terminal | undefined {
  if (!stream.isTTY || TERM === 'dumb') return undefined;
  return {
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
    write: (text) => void stream.write(text),
  };
}

export class Painter {
  readonly #terminal: Terminal;
  /** What stands there. */
  #painted: readonly string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** In place of what it has painted before. Lines that do not fit are cut. */
  paint(lines: readonly string[]): void {
    const { columns, rows } = this.#terminal;
    // The cursor stands below, and must not be pushed out of sight.
    const fitting = lines.slice(0, rows - 1).map((line) => cutTo(clean(line), columns));
    const up = this.#heightNow();
    const back = up === 0 ? '' : `\x1b[${up}A`;
    const text = fitting.map((line) => `\r\x1b[K${line}\n`).join('');
    this.#terminal.write(`${back}${text}\x1b[J`);
    this.#painted = fitting;
  }

  /** A terminal that has become narrower wraps what stands there. */
  #heightNow(): number {
    const { columns } = this.#terminal;
    const heights = this.#painted.map((line) => Math.max(1, Math.ceil(widthOf(line) / columns)));
    return heights.reduce((sum, height) => sum + height, 0);
  }
}
