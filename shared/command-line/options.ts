/** What a command takes, in one description: its options, their help and its faults come from it. */

interface Described {
  /** One line of the help. */
  help: string;
}

export interface FlagOption extends Described {
  type: 'flag';
}

export interface TextOption extends Described {
  type: 'text';
  /** What stands for the value in the help: `URL`. */
  value: string;
  /** Nothing else is taken. */
  values?: readonly string[];
  default?: string;
}

export interface NumberOption extends Described {
  type: 'number';
  /** Read by whoever gave another one: `a whole number from 1 to 9`. */
  range: string;
  isValid(value: number): boolean;
  default?: number;
}

export type Option = FlagOption | TextOption | NumberOption;

/** By name, without the dashes. */
export type Options = Readonly<Record<string, Option>>;

/** A flag is always there, an option without a default only where it was given. */
export type Values<O extends Options> = {
  [K in keyof O]: O[K] extends FlagOption
    ? boolean
    :
        | (O[K] extends NumberOption ? number : string)
        | (O[K] extends { default: unknown } ? never : undefined);
};

/** `--name N`, a whole number. */
export function wholeNumber<D extends number | undefined>(
  help: string,
  from: number,
  to: number,
  fallback?: D,
): Omit<NumberOption, 'default'> & (D extends number ? { default: D } : object) {
  const range =
    to === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${from}`
      : `a whole number from ${from} to ${to}`;
  return {
    type: 'number',
    help,
    range,
    isValid: (value: number) => Number.isSafeInteger(value) && value >= from && value <= to,
    ...(fallback !== undefined && { default: fallback }),
  } as ReturnType<typeof wholeNumber<D>>;
}

/** `--name N`, any number above 0. */
export const numberAboveZero = (help: string) =>
  ({
    type: 'number',
    help,
    range: 'a number above 0',
    isValid: (value: number) => value > 0 && value < Number.POSITIVE_INFINITY,
  }) satisfies NumberOption;

export interface Operand extends Described {
  /** As the help writes it: `FILE`. */
  name: string;
  isOptional?: true;
  /** Of the last: it takes any number of them. */
  areMany?: true;
}

export interface Command<O extends Options> {
  /** As it is typed: `npm run chaos --`. */
  name: string;
  /** What it does, in a sentence or two. */
  what: string;
  options: O;
  /** One of these must be given, and stands before the options. */
  parts?: readonly string[];
  /** What stands by itself, in this order; those that may be left out are the last. */
  operands?: readonly Operand[];
  /** What else there is to know: variables of the environment, exit codes. */
  more?: string;
}

/**
 * The text of `--help`.
 *
 * @param inWords another language's words for one of the texts
 */
export function usageOf(command: Command<Options>, inWords = (text: string) => text): string {
  const { name, options, parts, operands = [] } = command;
  const what = inWords(command.what);
  const more = command.more && inWords(command.more);
  const rows = operands.map((operand) => [operand.name, inWords(operand.help)]);
  for (const [key, option] of Object.entries<Option>(options)) {
    const help = `${inWords(option.help)}${valuesOf(option)}${defaultOf(option)}`;
    rows.push([`--${key}${placeholderOf(option)}`, help]);
  }
  rows.push(['--help', inWords('this text, and nothing else')]);
  const width = Math.max(...rows.map(([left = '']) => left.length));
  const lines = rows.map(([left = '', right]) => `  ${left.padEnd(width)}  ${right}`);
  const own = operands.map((one) => `${placeOf(one)} `).join('');
  const usage = `${inWords('Usage')}: ${name} ${parts ? '<part> ' : ''}${own}[${inWords('options')}]`;
  const choice = parts && `Parts: ${parts.join(', ')}`;
  const sections = [usage, what, choice, lines.join('\n'), more];
  return sections.filter((section) => section !== undefined).join('\n\n');
}

function placeOf({ name, isOptional, areMany }: Operand): string {
  const all = areMany ? `${name} …` : name;
  return isOptional ? `[${all}]` : all;
}

function placeholderOf(option: Option): string {
  if (option.type === 'flag') return '';
  return option.type === 'text' ? ` ${option.value}` : ' N';
}

function valuesOf(option: Option): string {
  return option.type === 'text' && option.values ? `: ${option.values.join(', ')}` : '';
}

function defaultOf(option: Option): string {
  return 'default' in option && option.default !== undefined ? ` (${option.default})` : '';
}
