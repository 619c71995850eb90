/** Finds the command that is meant, and runs it. */

import { CommandLineEnd } from '../shared/command-line/command-line.ts';
import { didYouMean } from '../shared/faults/near-name.ts';
import type { CliCommand, World } from './command.ts';
import { commands } from './commands.ts';
import { CliError, type ExitCode, exitCodes } from './exit-codes.ts';
import { type Language, languageOf, languages, speaker, translated } from './language/say.ts';

/** @returns the exit code */
export async function run(given: readonly string[], world: World): Promise<ExitCode> {
  const { write, complain, signal } = world;
  try {
    const { args, language } = withLanguage(given, world.environment);
    const command = commands.find(({ words }) => begins(args, words.split(' ')));
    if (command === undefined) return withoutCommand(args, world, language);
    const surroundings = { ...world, language, say: speaker(language) };
    return await command.run(args.slice(command.words.split(' ').length), surroundings);
  } catch (error) {
    if (error instanceof CommandLineEnd) {
      if (error.exitCode === 0) write(error.message);
      else complain(error.message);
      return error.exitCode;
    }
    complain(error instanceof Error ? error.message : String(error));
    if (signal.aborted) return exitCodes.interrupted;
    return error instanceof CliError ? error.exitCode : exitCodes.failed;
  }
}

/** `--lang` may stand anywhere, and is of every command. */
function withLanguage(given: readonly string[], environment: NodeJS.ProcessEnv) {
  const at = given.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  if (at < 0) return { args: given, language: languageOf(environment) };
  const isInline = given[at] !== '--lang';
  const value = isInline ? given[at]?.slice('--lang='.length) : given[at + 1];
  const language = languages.find((one) => one === value);
  if (language === undefined) {
    throw new CliError(exitCodes.usage, `--lang must be one of ${languages.join(', ')}`);
  }
  return { args: given.toSpliced(at, isInline ? 1 : 2), language };
}

const begins = (args: readonly string[], words: readonly string[]) =>
  words.every((word, index) => args[index] === word);

function withoutCommand(
  args: readonly string[],
  { write, complain }: World,
  language: Language,
): ExitCode {
  const isHelp = args.some((arg) => arg === '--help' || arg === '-h' || arg === 'help');
  const words = args.filter((arg) => !arg.startsWith('-') && arg !== 'help');
  const group = commands.filter((command) => begins(command.words.split(' '), words));
  if (isHelp || (words.length > 0 && group.length > 0)) {
    const text = usage(group.length > 0 ? group : commands, language);
    if (isHelp) write(text);
    else complain(`${words.join(' ')} is not all of a command\n${text}`);
    return isHelp ? exitCodes.ok : exitCodes.usage;
  }
  const given = words.slice(0, 2).join(' ');
  const known = commands.map((command) => command.words);
  const near = didYouMean(given, known) || didYouMean(words[0] ?? '', known);
  const text = usage(commands, language);
  complain(given === '' ? text : `no command ${given}${near}\n${text}`);
  return exitCodes.usage;
}

function usage(list: readonly CliCommand[], language: Language): string {
  const width = Math.max(...list.map(({ words }) => words.length));
  const rows = list.map(
    ({ words, brief }) => `  ${words.padEnd(width)}  ${translated(brief, language)}`,
  );
  const say = speaker(language);
  return `${say('Usage')}: syncboard <${say('command')}> [${say('options')}]

${rows.join('\n')}

${say('syncboard <command> --help says what it takes; --lang en, cs or ru, in which language.')}
${say('Exit codes: 0 succeeded, 1 failed or at fault, 2 wrong arguments, 3 busy, 4 unreachable.')}`;
}
