/** Finds the command that is meant, and runs it. */

import { CommandLineEnd } from '../shared/command-line/command-line.ts';
import { didYouMean } from '../shared/faults/near-name.ts';
import type { CliCommand, Surroundings } from './command.ts';
import { commands } from './commands.ts';
import { CliError, type ExitCode, exitCodes } from './exit-codes.ts';

/**
 * @param complain gets what goes beside the answer: faults of the arguments, and of the work
 * @returns the exit code
 */
export async function run(
  args: readonly string[],
  surroundings: Surroundings,
  complain: (text: string) => void,
): Promise<ExitCode> {
  const command = commands.find(({ words }) => begins(args, words.split(' ')));
  if (command === undefined) return withoutCommand(args, surroundings.write, complain);
  try {
    return await command.run(args.slice(command.words.split(' ').length), surroundings);
  } catch (error) {
    if (error instanceof CommandLineEnd) {
      if (error.exitCode === 0) surroundings.write(error.message);
      else complain(error.message);
      return error.exitCode;
    }
    complain(error instanceof Error ? error.message : String(error));
    return error instanceof CliError ? error.exitCode : exitCodes.failed;
  }
}

const begins = (args: readonly string[], words: readonly string[]) =>
  words.every((word, index) => args[index] === word);

function withoutCommand(
  args: readonly string[],
  write: (text: string) => void,
  complain: (text: string) => void,
): ExitCode {
  const isHelp = args.some((arg) => arg === '--help' || arg === '-h' || arg === 'help');
  const words = args.filter((arg) => !arg.startsWith('-') && arg !== 'help');
  const group = commands.filter((command) => begins(command.words.split(' '), words));
  if (isHelp || (words.length > 0 && group.length > 0)) {
    const text = usage(group.length > 0 ? group : commands);
    if (isHelp) write(text);
    else complain(`${words.join(' ')} is not all of a command\n${text}`);
    return isHelp ? exitCodes.ok : exitCodes.usage;
  }
  const given = words.slice(0, 2).join(' ');
  const known = commands.map((command) => command.words);
  const near = didYouMean(given, known) || didYouMean(words[0] ?? '', known);
  complain(given === '' ? usage(commands) : `no command ${given}${near}\n${usage(commands)}`);
  return exitCodes.usage;
}

function usage(list: readonly CliCommand[]): string {
  const width = Math.max(...list.map(({ words }) => words.length));
  const rows = list.map(({ words, brief }) => `  ${words.padEnd(width)}  ${brief}`);
  return `Usage: syncboard <command> [options]

${rows.join('\n')}

syncboard <command> --help says what it takes.
Exit codes: 0 succeeded, 1 failed or at fault, 2 wrong arguments, 3 busy, 4 unreachable.`;
}
