/**
 * The newest catalogues that are whole and right. What changes is seen within seconds and read as a
 * whole; what is wrong is told, and the content before it stays.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration, Content, Reading } from './configuration.ts';

/**
 * How often it looks: whoever edits a file waits for it; of a blob a look is a request or two, of
 * each worker.
 */
const looksMs = { file: 2_000, blob: 20_000 };

/** @param where what CATALOG and DYNSQL name */
export function usualLookMs(where: readonly (string | undefined)[]): number {
  return where.some((one) => one?.startsWith('blob:')) ? looksMs.blob : looksMs.file;
}

/** Storage that is away is seen by others. */
const deadlineMs = 15_000;

type Begun = Pick<Configuration, 'content' | 'notices'> & Reading;

export class NewestContent {
  readonly #mark: Reading['mark'];
  readonly #again: Reading['again'];
  readonly #say: (text: string, level: 'info' | 'warn') => void;
  #content: Content;
  #notices: readonly string[];
  /** Of what was read last, and be it wrong; undefined: it is to be read. */
  #seen: string | undefined;

  constructor(
    { content, notices, mark, again }: Begun,
    say = (text: string, level: 'info' | 'warn') => console[level](text),
  ) {
    this.#content = content;
    this.#notices = notices;
    this.#mark = mark;
    this.#again = again;
    this.#say = say;
    say(`syncboard works with ${nameOf(content)}`, 'info');
  }

  get content(): Content {
    return this.#content;
  }

  /** What is wrong with what there is now, and is put up with. */
  get notices(): readonly string[] {
    return this.#notices;
  }

  /**
   * Looks every `everyMs` until `signal` is aborted.
   *
   * @param changed told after `content` or `notices` are others, and whether it was the content
   */
  watch(everyMs: number, signal: AbortSignal, changed: (isContent: boolean) => void): void {
    if (this.#mark === undefined) return;
    const watching = async () => {
      for (;;) {
        await sleep(everyMs, undefined, { signal, ref: false });
        const before = this.#notices.join();
        const isContent = await this.look(signal);
        if (isContent || this.#notices.join() !== before) changed(isContent);
      }
    };
    // It ends with the worker.
    watching().catch(() => {});
  }

  /** Whether `content` is another now. Never rejects but by `signal`. */
  async look(signal: AbortSignal): Promise<boolean> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    try {
      return await this.#look(bounded);
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      this.#put([`${nameOf(this.#content)} stays in use: ${why}`]);
      return false;
    }
  }

  async #look(signal: AbortSignal): Promise<boolean> {
    const before = await this.#marked(signal);
    if (before === this.#seen) return false;
    const told: string[] = [];
    const read = await this.#again((text) => told.push(text), signal).catch((error: unknown) => ({
      error,
    }));
    // Somebody writes: what was read may be half of one and half of the other.
    if ((await this.#marked(signal)) !== before) return false;
    this.#seen = before;
    if ('error' in read) throw read.error;
    await read.keep(signal);
    this.#put(told);
    if (nameOf(read.content) === nameOf(this.#content)) return false;
    this.#say(`${nameOf(read.content)} in place of ${nameOf(this.#content)} from now on`, 'info');
    this.#content = read.content;
    return true;
  }

  async #marked(signal: AbortSignal): Promise<string | undefined> {
    try {
      return await this.#mark?.(signal);
    } catch (error) {
      // Once it can be looked at again, it is read again.
      this.#seen = undefined;
      throw error;
    }
  }

  /** Each is told once, as long as it is so. */
  #put(notices: readonly string[]): void {
    for (const text of notices) if (!this.#notices.includes(text)) this.#say(text, 'warn');
    const isMended = notices.length === 0 && this.#notices.length > 0;
    if (isMended) this.#say('the catalogues are right again', 'info');
    this.#notices = notices;
  }
}

/** Both revisions, since either may change alone. */
function nameOf({ catalog, dynsql }: Content): string {
  return `catalogue ${catalog.revision}, dynsql ${dynsql.revision}`;
}
