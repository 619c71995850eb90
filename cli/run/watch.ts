/** `syncboard watch`: how far a run is, until it has ended. */

import { publicRunSchema } from '../../functions/shapes/runs.ts';
import { finalStates } from '../../shared/sync/run.ts';
import { apiPath, type Client, clientOf, clientOptions } from '../client.ts';
import { cliCommand, jsonOption, type Surroundings } from '../command.ts';
import { CliError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { isUnicode } from '../language/say.ts';
import { Painter, type Terminal } from '../terminal/terminal.ts';
import { follow, type Progress, type Seen } from './follow.ts';
import { frame, lanesOf } from './frame.ts';
import { plainLines } from './plain.ts';

/** Time that is left goes by, though nothing happens. */
const tickMs = 1_000;

export const runOperand = { name: 'RUN', help: 'the id of a run, as runs has it' };

export const watch = cliCommand(
  'watch',
  'how far a run is, until it has ended',
  {
    what: 'Shows a bar for each server with the time that is left, and what procedures say; in a file or a pipe a line for whatever happens. Ctrl-C ends the watching, and not the run.',
    operands: [runOperand],
    options: {
      ...clientOptions,
      json: { ...jsonOption, help: 'each state of the run as JSON on a line' },
    },
    more: 'Exit codes: 0 the run has succeeded, 1 it has not, 2 wrong arguments, 4 the app does not answer.',
  },
  async ({ operands: [id = ''], json, ...given }, surroundings) =>
    await watched(await clientOf(given, surroundings), id, surroundings, json ? 'json' : 'text'),
);

/** @returns how the run has ended */
export async function watched(
  client: Client,
  id: string,
  surroundings: Surroundings,
  as: 'text' | 'json' | 'json at the end',
): Promise<ExitCode> {
  const { write, terminal, signal } = surroundings;
  const isDrawn = as === 'text' && terminal !== undefined;
  const shown = isDrawn
    ? new Drawn(client, terminal, surroundings)
    : new Told(client, surroundings, as);
  let last: Progress | undefined;
  try {
    for await (const seen of follow(client, id, signal, (error) => shown.tell(error.message))) {
      last = seen.progress;
      await shown.show(seen);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const text = surroundings.say('The run goes on: syncboard watch {id}', { id });
    throw new CliError(exitCodes.interrupted, text);
  } finally {
    shown[Symbol.dispose]();
  }
  if (as === 'json at the end') write(JSON.stringify(last));
  const isMendable =
    last !== undefined && finalStates.includes(last.state) && last.state !== 'succeeded';
  if (as === 'text' && isMendable) {
    write(surroundings.say('What failed is made again by: syncboard retry {id}', { id }));
  }
  return last?.state === 'succeeded' ? exitCodes.ok : exitCodes.failed;
}

const runErrorsSchema = publicRunSchema.pick({ errors: true });

class Drawn {
  readonly #client: Client;
  readonly #painter: Painter;
  readonly #terminal: Terminal;
  readonly #surroundings: Surroundings;
  readonly #timer: NodeJS.Timeout;
  #seen: Seen | undefined;
  #silence: string | undefined;
  #lanes: readonly string[] = [];

  constructor(client: Client, terminal: Terminal, surroundings: Surroundings) {
    this.#client = client;
    this.#painter = new Painter(terminal);
    this.#terminal = terminal;
    this.#surroundings = surroundings;
    this.#timer = setInterval(() => this.#paint(), tickMs);
  }

  show(seen: Seen): void {
    this.#seen = seen;
    this.#silence = undefined;
    this.#paint();
  }

  tell(text: string): void {
    this.#silence = text;
    this.#paint();
  }

  #paint(): void {
    if (this.#seen === undefined) return;
    const { progress, aheadMs } = this.#seen;
    const { say, environment } = this.#surroundings;
    this.#lanes = lanesOf(progress, this.#lanes);
    const lines = frame(progress, {
      lanes: this.#lanes,
      width: this.#terminal.columns,
      now: Date.now() + aheadMs,
      isUnicode: isUnicode(environment),
      say,
      clock: this.#client.clock,
    });
    this.#painter.paint(this.#silence === undefined ? lines : [...lines, this.#silence]);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

class Told {
  readonly #client: Client;
  readonly #surroundings: Surroundings;
  readonly #as: 'text' | 'json' | 'json at the end';
  #before: Progress | undefined;

  constructor(client: Client, surroundings: Surroundings, as: 'text' | 'json' | 'json at the end') {
    this.#client = client;
    this.#surroundings = surroundings;
    this.#as = as;
  }

  async show({ progress: seen, aheadMs }: Seen): Promise<void> {
    const { write, say } = this.#surroundings;
    if (this.#as === 'json') write(JSON.stringify(seen));
    if (this.#as !== 'text') return;
    const isAtFault = seen.endedAt !== undefined && seen.errorCount > 0;
    const progress = isAtFault ? await this.#withWholeErrors(seen) : seen;
    const now = Date.now() + aheadMs;
    const { clock } = this.#client;
    for (const line of plainLines(this.#before, progress, now, { say, clock })) write(line);
    this.#before = progress;
  }

  /** The progress has the first errors, cut; the run has all of them. */
  async #withWholeErrors(seen: Progress): Promise<Progress> {
    try {
      const path = apiPath('runs', seen.id);
      const { errors } = await this.#client.askFor(runErrorsSchema, 'GET', path);
      return { ...seen, errors };
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return seen;
    }
  }

  tell(text: string): void {
    this.#surroundings.complain(text);
  }

  [Symbol.dispose](): void {}
}
