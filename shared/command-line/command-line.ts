/** Reads command lines. Whoever asks for help gets it, whoever slips is told what was meant. */

import { parseArgs } from 'node:util';
import { didYouMean, nearest } from '../faults/near-name.ts';
import { type Command, type Option, type Options, usageOf, type Values } from './options.ts';

/** There is nothing to be done: help was asked for (exit code 0), or the arguments are wrong (2). */
export class CommandLineEnd extends Error {
  override readonly name = 'CommandLineEnd';
  readonly exitCode: 0 | 2;

  constructor(message: string, exitCode: 0 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * @param inWords another language's words for a text of the help
 * @throws CommandLineEnd with the help, or naming the argument, its fault and what is allowed
 */
export function readCommandLine<const O extends Options>(
  command: Command<O>,
  args: readonly string[],
  inWords?: (text: string) => string,
): Values<O> & { part: string; operands: string[] } {
  const { options, parts = [], operands = [] } = command;
  const types = Object.entries<Option>(options).map(([name, { type }]) => [
    name,
    { type: type === 'flag' ? ('boolean' as const) : ('string' as const) },
  ]);
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
  });
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) {
    throw new CommandLineEnd(usageOf(command, inWords), 0);
  }
  const values: Record<string, string | number | boolean> = {};
  for (const [name, option] of Object.entries<Option>(options)) {
    if (option.type === 'flag') values[name] = false;
    else if (option.default !== undefined) values[name] = option.default;
  }
  let part: string | undefined;
  const given: string[] = [];
  const fail = (fault: string): never => {
    throw new CommandLineEnd(`${fault}\n${command.name} --help says what there is`, 2);
  };
  const names = [...Object.keys(options), 'help'].map((name) => `--${name}`);
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (part === undefined && parts.includes(token.value)) part = token.value;
      else if (given.length < operands.length || operands.at(-1)?.areMany) given.push(token.value);
      else fail(`unexpected argument ${token.value}${meant(token.value, [...parts, ...names])}`);
      continue;
    }
    const { name, rawName, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined || !rawName.startsWith('--')) {
      fail(`unknown option ${rawName}${didYouMean(rawName, names)}`);
    } else if (option.type === 'flag') {
      if (token.value !== undefined) fail(`${rawName} takes no value`);
      values[name] = true;
    } else if (!token.value || (!inlineValue && token.value.startsWith('--'))) {
      fail(`${rawName} needs a value`);
    } else {
      values[name] = option.type === 'number' ? Number(token.value) : token.value;
      if (option.type === 'number' && !option.isValid(values[name] as number)) {
        fail(`${rawName} is ${token.value}; it must be ${option.range}`);
      }
      if (option.type === 'text' && option.values && !option.values.includes(token.value)) {
        const near = didYouMean(token.value, option.values);
        fail(`${rawName} is ${token.value}; it must be one of ${option.values.join(', ')}${near}`);
      }
    }
  }
  if (parts.length > 0 && part === undefined) fail(`one of ${parts.join(', ')} is missing`);
  const missing = operands[given.length];
  if (missing !== undefined && !missing.isOptional) {
    fail(`${missing.name} is missing: ${missing.help}`);
  }
  return { ...values, part: part ?? '', operands: given } as Values<O> & {
    part: string;
    operands: string[];
  };
}

/** `fresh` for `--fresh`, too. */
function meant(value: string, names: readonly string[]): string {
  const near = didYouMean(value, names) || didYouMean(`--${value}`, names);
  const exact = nearest(`--${value}`, names, () => 0);
  return near || (exact === undefined ? '' : ` (did you mean ${exact}?)`);
}

/** The same of this process: its end is ours where there is nothing to be done. */
export function commandLine<const O extends Options>(command: Command<O>) {
  try {
    return readCommandLine(command, process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CommandLineEnd)) throw error;
    if (error.exitCode === 0) console.log(error.message);
    else console.error(error.message);
    return process.exit(error.exitCode);
  }
}

/** A reader who has gone, as `| head` does, takes no more words: no reason to leave work undone. */
export function outliveReader(): void {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
}
