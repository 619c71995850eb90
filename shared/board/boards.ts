/**
 * Boards: those that are shipped to begin with, in storage from the first change on. One that was
 * removed stays removed, shipped or not.
 */

import { z } from 'zod';
import type { OpenContainer } from '../storage/place.ts';
import type { Tell } from '../storage/tell.ts';
import { type Board, boardSchema } from './board.ts';
import { type Kind, newer, RevisedStore, readAll } from './revised-store.ts';
import type { Author, Revision } from './revision.ts';
import type { BoardFiles } from './shipped.ts';

/** A board as it is: of one that nobody has changed yet, as it was shipped. */
export interface NamedBoard extends Partial<Pick<Revision<Board>, 'changedAt' | 'changedBy'>> {
  name: string;
  /** 0: as it was shipped. */
  revision: number;
  board: Board;
}

/** A line of the list; `newer`: it was written by a newer version of the app, and is left to it. */
export type ListedBoard =
  | NamedBoard
  | { name: string; newer: string }
  /** Its file is no board. */
  | { name: string; faulty: string };

/** Somebody reads the list. */
export const mostBoards = 200;

export class TooManyBoardsError extends Error {}

/** The file of a board is none, and nobody has written another one. */
export class BoardFileError extends Error {}

const kind: Kind<Board, never> = {
  name: 'boards',
  version: 1,
  content: boardSchema,
  state: z.never(),
  stateAfterDamage: () => undefined,
};

export class Boards {
  readonly #container: OpenContainer;
  readonly #shipped: (signal: AbortSignal) => Promise<BoardFiles>;
  readonly #now: () => Date;
  readonly #tell: Tell | undefined;
  #opened: RevisedStore<Board, never> | undefined;

  /** @param shipped the boards that there are before anybody writes one */
  constructor(
    container: OpenContainer,
    shipped: (signal: AbortSignal) => Promise<BoardFiles>,
    now: () => Date,
    tell?: Tell,
  ) {
    this.#container = container;
    this.#shipped = shipped;
    this.#now = now;
    this.#tell = tell;
  }

  /** All that there are, by name. */
  async list(signal: AbortSignal): Promise<ListedBoard[]> {
    const read = (name: string, within: AbortSignal) => this.read(name, within);
    const instead = (error: unknown, name: string) =>
      error instanceof BoardFileError ? { name, faulty: error.message } : newer(error, name);
    return await readAll(await this.#names(signal), read, instead, signal);
  }

  /** @throws DocumentNewerError, storage's error, or the reason of `signal` */
  async read(name: string, signal: AbortSignal): Promise<NamedBoard | undefined> {
    const found = await (await this.#store(signal)).read(name, signal);
    return namedBoard(name, found?.value, await this.#shipped(signal));
  }

  /**
   * Makes a board what `change` says, of what it is then: called again where somebody else was
   * faster.
   *
   * @param change undefined: it is removed; the same that it was given: nothing is written
   * @returns how it is now; undefined: there is none
   * @throws what `change` throws, TooManyBoardsError, and what `read` does
   */
  async change(
    name: string,
    change: (current: NamedBoard | undefined) => Board | undefined,
    by: Author,
    signal: AbortSignal,
  ): Promise<NamedBoard | undefined> {
    const store = await this.#store(signal);
    // The list is short enough for all that begin at once.
    const isFull = (await this.#names(signal)).length >= mostBoards;
    const shipped = await this.#shipped(signal);
    const changed = await store.change(
      name,
      (stored) => {
        const current = writable(name, stored, shipped);
        const board = change(current);
        if (board === current?.board) return undefined;
        if (current === undefined && isFull) throw new TooManyBoardsError();
        return board === undefined ? {} : { content: board };
      },
      by,
      signal,
    );
    return writable(name, changed, shipped);
  }

  /** What was written of it, the newest in front, as far as it was kept. */
  async history(name: string, limit: number, signal: AbortSignal): Promise<Revision<Board>[]> {
    return await (await this.#store(signal)).history.newest(name, limit, signal);
  }

  /**
   * As it was after a change.
   *
   * @param number 0: as it was shipped
   * @returns undefined: there was none, or it was not kept
   */
  async revision(
    name: string,
    number: number,
    signal: AbortSignal,
  ): Promise<NamedBoard | undefined> {
    if (number === 0) return writable(name, undefined, await this.#shipped(signal));
    const found = await (await this.#store(signal)).history.read(name, number, signal);
    return found && namedBoard(name, found, {});
  }

  async #names(signal: AbortSignal): Promise<string[]> {
    const stored = await (await this.#store(signal)).names(signal);
    return [...new Set([...Object.keys(await this.#shipped(signal)), ...stored])].sort();
  }

  async #store(signal: AbortSignal): Promise<RevisedStore<Board, never>> {
    this.#opened ??= new RevisedStore(await this.#container(signal), kind, this.#now, this.#tell);
    return this.#opened;
  }
}

function namedBoard(
  name: string,
  stored: Revision<Board> | undefined,
  shipped: BoardFiles,
): NamedBoard | undefined {
  if (stored === undefined) {
    const file = Object.hasOwn(shipped, name) ? shipped[name] : undefined;
    if (file === undefined) return undefined;
    if ('faulty' in file) throw new BoardFileError(file.faulty);
    return { name, revision: 0, board: file };
  }
  const { revision, changedAt, changedBy, content: board } = stored;
  return board && { name, revision, changedAt, changedBy, board };
}

/** What is written takes the place of a file that is none. */
function writable(...[name, stored, shipped]: Parameters<typeof namedBoard>) {
  try {
    return namedBoard(name, stored, shipped);
  } catch (error) {
    if (error instanceof BoardFileError) return undefined;
    throw error;
  }
}
