/** What the app refuses, in the words of whoever typed the command. */

import type { FieldError } from '../shared/faults/field-error.ts';
import { inCommands } from './app/commands-of.ts';
import { typedFault } from './calls.ts';
import { CliError, type ExitCode } from './exit-codes.ts';
import { clean } from './terminal/text.ts';

interface Refusal {
  detail: string;
  errors: readonly FieldError[];
  cure?: string | undefined;
}

/** Of a value that is wrong only the members are told: each with what is allowed. */
export class RefusalError extends CliError {
  readonly #refusal: Refusal;

  constructor(exitCode: ExitCode, refusal: Refusal) {
    super(exitCode, textOf(refusal));
    this.#refusal = refusal;
  }

  /**
   * The same with members of the body by the options that they come from.
   *
   * @param option of a member: `--end-by` for `endBy`, with what was typed, `--where hours=6`, where a
   *   part of it is at fault; undefined: it comes from none
   */
  inOptions(option: (member: string, isPart: boolean) => string | undefined): CliError {
    const { errors, ...rest } = this.#refusal;
    const told = errors.map((error) => {
      const [member = ''] = /^\w+/.exec(error.field) ?? [];
      const isPart = member !== error.field;
      const name = option(member, isPart);
      if (name === undefined) return error;
      return renamed(error, name.includes(' ') ? error.field : member, name);
    });
    const isChanged = told.some((error, index) => error !== errors[index]);
    if (!isChanged) return this;
    return new CliError(this.exitCode, textOf({ ...rest, errors: told, detail: '' }));
  }

  /** The same of calls that were typed. */
  ofTypedCall(): RefusalError {
    const { errors, ...rest } = this.#refusal;
    const own = errors.map((error) => {
      const [place] = typedCall.exec(error.field) ?? [];
      return place === undefined ? error : typedFault(renamed(error, place, ''));
    });
    return new RefusalError(this.exitCode, { ...rest, errors: own });
  }
}

const typedCall = /^calls\[\d+\]\./;

/** For `catch`, where the calls of the body were typed. */
export function ofTypedCall(error: unknown): never {
  throw error instanceof RefusalError ? error.ofTypedCall() : error;
}

/** @param beginning of the field */
function renamed(error: FieldError, beginning: string, name: string): FieldError {
  const { field, message } = error;
  const own = `${name}${field.slice(beginning.length)}`;
  return {
    ...error,
    field: own,
    message: message.startsWith(field) ? `${own}${message.slice(field.length)}` : message,
  };
}

function textOf({ detail, errors, cure }: Refusal): string {
  const lines = errors.map((error) =>
    error.message === detail
      ? error.allowed === ''
        ? ''
        : `use ${error.allowed}`
      : faultText(error),
  );
  const [first = '', ...more] = [
    ...(detail === '' ? [] : [detail]),
    ...new Set(lines.filter((line) => line !== '')),
    ...(cure === undefined ? [] : [cure]),
  ].flatMap((text) => text.split('\n'));
  return [first, ...more.map((line) => `  ${line}`)]
    .map((line) => clean(inCommands(line)))
    .join('\n');
}

/** With what is allowed, where the fault does not say so itself. */
export function faultText({ message, allowed }: Pick<FieldError, 'message' | 'allowed'>): string {
  const isTold = allowed === '' || message.includes(allowed) || /; (use|leave) /.test(message);
  return isTold ? message : `${message.replace(/\.$/, '')}; use ${allowed}`;
}
