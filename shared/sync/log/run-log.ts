/**
 * What is said while a run goes on, on its way to storage. Whoever says something waits for
 * nothing: lines are gathered and written every two seconds at most, or when a block is full.
 *
 * Storage that is away or slow fails nothing: what is written waits in memory, in order, up to a
 * bound; what comes beyond it is dropped, and the log tells how much of which stage.
 */

import { pause } from '../../async/retry.ts';
import { type LogMark, logLine } from './log-line.ts';
import type { LogTail } from './tail.ts';

export interface RunLogLimits {
  /** Lines wait for others so long, in milliseconds. */
  flushMs: number;
  /** A block that is so large waits no longer, in bytes. */
  blockBytes: number;
  /** What may wait in memory, in bytes. */
  waitingBytes: number;
  /** What one stage may have in the log of one holder, in bytes. */
  stageBytes: number;
}

const mebi = 1024 * 1024;

/** 4 MiB is the largest block of every version of the service. */
const usual: RunLogLimits = {
  flushMs: 2_000,
  blockBytes: 4 * mebi,
  waitingBytes: 8 * mebi,
  stageBytes: 64 * mebi,
};

/** While the log is being closed and storage fails. */
const againMs = 250;

interface Block {
  lines: string[];
  bytes: number;
  /** Storage may have it: it must stay as it is. */
  isSent: boolean;
}

export class RunLog {
  readonly #tail: Pick<LogTail, 'append'>;
  readonly #now: () => Date;
  readonly #limits: RunLogLimits;
  /** Oldest first; the last one is filled. */
  readonly #blocks: Block[] = [];
  #waiting = 0;
  readonly #stages = new Map<string, number>();
  /** Messages that were dropped since the last line, by stage. */
  readonly #dropped = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<boolean> | undefined;
  readonly #closed = new AbortController();

  constructor(tail: Pick<LogTail, 'append'>, now: () => Date, limits: Partial<RunLogLimits> = {}) {
    this.#tail = tail;
    this.#now = now;
    this.#limits = { ...usual, ...limits };
  }

  /** A stage's procedure has said something. */
  message(stage: string, text: string): void {
    const line = this.#line(stage, '|', text);
    const bytes = Buffer.byteLength(line);
    const before = this.#stages.get(stage) ?? 0;
    const { stageBytes, waitingBytes } = this.#limits;
    if (before > stageBytes) return;
    if (before + bytes > stageBytes) {
      this.#stages.set(stage, Number.POSITIVE_INFINITY);
      const full = `The log of the stage is full: ${stageBytes} bytes. What it says now is left out.`;
      this.tell(stage, full);
      return;
    }
    if (this.#waiting + bytes > waitingBytes) {
      this.#dropped.set(stage, (this.#dropped.get(stage) ?? 0) + 1);
      return;
    }
    this.#stages.set(stage, before + bytes);
    this.#tellDropped();
    this.#add(line, bytes);
  }

  /** We have something to tell of a stage; never dropped, for there is little of it. */
  tell(stage: string, text: string): void {
    this.#tellDropped();
    const line = this.#line(stage, '*', text);
    this.#add(line, Buffer.byteLength(line));
  }

  /**
   * Writes what waits, as long as `signal` lets it; nothing may be said after it.
   *
   * @returns how many lines could not be written
   */
  async close(signal: AbortSignal): Promise<number> {
    const abort = () => this.#closed.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      while (this.#blocks.length > 0 && !this.#closed.signal.aborted) {
        if (!(await this.#flush())) await pause(againMs, this.#closed.signal);
      }
    } catch {
      // Out of time: what is left is counted.
    } finally {
      signal.removeEventListener('abort', abort);
      clearTimeout(this.#timer);
      this.#closed.abort();
      await this.#writing;
    }
    let lines = 0;
    for (const block of this.#blocks) lines += block.lines.length;
    for (const count of this.#dropped.values()) lines += count;
    return lines;
  }

  #line(stage: string, mark: LogMark, text: string): string {
    return logLine(this.#now().toISOString(), stage, mark, text);
  }

  #add(line: string, bytes: number): void {
    const { blockBytes, flushMs } = this.#limits;
    const last = this.#blocks.at(-1);
    if (last !== undefined && !last.isSent && last.bytes + bytes <= blockBytes) {
      last.lines.push(line);
      last.bytes += bytes;
    } else this.#blocks.push({ lines: [line], bytes, isSent: false });
    this.#waiting += bytes;
    if (this.#closed.signal.aborted || this.#writing !== undefined) return;
    if (this.#waiting >= blockBytes) void this.#flush();
    else this.#timer ??= setTimeout(() => void this.#flush(), flushMs);
  }

  /** Where the dropped messages would stand. */
  #tellDropped(): void {
    const dropped = [...this.#dropped];
    this.#dropped.clear();
    for (const [stage, count] of dropped) {
      this.tell(stage, `${count} messages are left out: storage did not take them in time.`);
    }
  }

  /** Writes what waits; never rejects, false after a failure. */
  #flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      if (this.#blocks.length > 0 && !this.#closed.signal.aborted) {
        this.#timer ??= setTimeout(() => void this.#flush(), this.#limits.flushMs);
      }
    });
    return this.#writing;
  }

  async #writeAll(): Promise<boolean> {
    const { blockBytes } = this.#limits;
    try {
      do {
        const [block] = this.#blocks;
        if (block === undefined) break;
        block.isSent = true;
        await this.#tail.append(Buffer.from(block.lines.join('')), this.#closed.signal);
        this.#blocks.shift();
        this.#waiting -= block.bytes;
        this.#tellDropped();
      } while (this.#blocks.length > 1 || this.#waiting >= blockBytes);
      return true;
    } catch {
      // Whatever it is, it may pass: the same block is tried again with the next flush.
      return false;
    }
  }
}
