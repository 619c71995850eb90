/** What a command of the CLI is: words, what it takes, and what it does. */

import { readCommandLine } from '../shared/command-line/command-line.ts';
import type { Command, Options, Values } from '../shared/command-line/options.ts';
import type { ExitCode } from './exit-codes.ts';

/** What a command may use of the world. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  /** Where relative paths begin. */
  folder: string;
  /** A line of the answer. */
  write(line: string): void;
  signal: AbortSignal;
}

export interface CliCommand {
  /** As typed: `catalog check`. */
  words: string;
  /** In a few words, for the list of all. */
  brief: string;
  /** @throws CommandLineEnd, CliError */
  run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode>;
}

type Given<O extends Options> = Values<O> & { operands: string[] };

/** @param description without its name, which the words are */
export function cliCommand<const O extends Options>(
  words: string,
  brief: string,
  description: Omit<Command<O>, 'name'>,
  run: (given: Given<O>, surroundings: Surroundings) => Promise<ExitCode>,
): CliCommand {
  const command = { ...description, name: `syncboard ${words}` };
  return {
    words,
    brief,
    run: async (args, surroundings) => await run(readCommandLine(command, args), surroundings),
  };
}

/** Every command has it. */
export const jsonOption = { type: 'flag', help: 'the answer as JSON' } as const;
