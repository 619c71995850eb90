/** What a command of the CLI is: words, what it takes, and what it does. */

import { readCommandLine } from '../shared/command-line/command-line.ts';
import type { Command, Options, Values } from '../shared/command-line/options.ts';
import type { ExitCode } from './exit-codes.ts';
import { type Language, type Say, translated } from './language/say.ts';
import { RefusalError } from './refusal.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What a command may use of the world. */
export interface World {
  environment: NodeJS.ProcessEnv;
  /** Where relative paths begin. */
  folder: string;
  /** A line of the answer. */
  write(line: string): void;
  /** A piece of an answer as it is; it ends when the next one may come. */
  send(piece: string | Uint8Array): Promise<void>;
  /** What is said beside the answer. */
  complain(text: string): void;
  /** Where the answer is read by people. */
  terminal?: Terminal | undefined;
  signal: AbortSignal;
}

export interface Surroundings extends World {
  language: Language;
  say: Say;
}

export interface CliCommand {
  /** As typed: `catalog check`. */
  words: string;
  /** In a few words, for the list of all. */
  brief: string;
  /** What it takes. */
  description: Command<Options>;
  /** @throws CommandLineEnd, CliError */
  run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode>;
}

type Given<O extends Options> = Values<O> & { operands: string[] };

/**
 * @param description without its name, which the words are
 * @param run gets what was given, and which of the parts, where it has some
 */
export function cliCommand<const O extends Options>(
  words: string,
  brief: string,
  description: Omit<Command<O>, 'name'>,
  run: (given: Given<O>, surroundings: Surroundings, part: string) => Promise<ExitCode>,
): CliCommand {
  const command = { ...description, name: `syncboard ${words}` };
  return {
    words,
    brief,
    description: command,
    run: async (args, surroundings) => {
      const inWords = (text: string) => translated(text, surroundings.language);
      const { part, ...given } = readCommandLine(command, args, inWords);
      try {
        return await run(given as Given<O>, surroundings, part);
      } catch (error) {
        if (!(error instanceof RefusalError)) throw error;
        throw error.inOptions((member, isPart) =>
          optionOf(member, isPart, description.options, given),
        );
      }
    },
  };
}

/**
 * The option that a member of a request comes from, where it was given, or could have been.
 *
 * @param isPart something within the member is meant
 */
function optionOf(
  member: string,
  isPart: boolean,
  options: Options,
  given: Readonly<Record<string, unknown>>,
): string | undefined {
  const name = member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (!Object.hasOwn(options, name)) return undefined;
  // What stands in a file is told as it stands there.
  const isOfFile = fileOptions.some((one) => given[one] !== undefined);
  const text = given[name];
  if (isOfFile && text === undefined) return undefined;
  // Of one that was typed as a text nobody knows members: it is told as it was typed.
  const isText = isPart && typeof text === 'string' && !/^\s*[[{]/.test(text);
  return isText ? `--${name} ${text}` : `--${name}`;
}

/** Whose files are all of what is asked. */
const fileOptions = ['body', 'calls'];

/** For programs. */
export function writeJson(value: unknown, { write }: Pick<World, 'write'>): void {
  write(JSON.stringify(value, undefined, 2));
}

/** Every command has it. */
export const jsonOption = { type: 'flag', help: 'the answer as JSON' } as const;
