/** Arguments of a call to parameters of a procedure. */

import { errors } from '../errors.ts';
import { SqlServerError, type SqlValue } from '../procedure.ts';
import { convert } from '../values/convert.ts';
import { type SqlType, spokenName } from '../values/types.ts';

export interface Parameter {
  /** With `@`. */
  name: string;
  type: SqlType;
  output: boolean;
  /** Undefined: must be passed. */
  default?: SqlValue;
}

export interface Argument {
  /** With `@`; undefined by position. */
  name?: string;
  type: SqlType;
  value: SqlValue;
  output: boolean;
  /** The caller wrote DEFAULT. */
  isDefault: boolean;
  /** Set by binding: the parameter's name in lower case. */
  boundTo?: string;
}

export interface Bound {
  name: string;
  type: SqlType;
  value: SqlValue;
}

/**
 * By name without regard to case, or by position; converted to the declared types.
 * @throws 201, 8143, 8144, 8145, 8146, 8162, 119, 8114
 */
export function bindArguments(
  procedure: string,
  parameters: readonly Parameter[],
  args: Argument[],
): Map<string, Bound> {
  const bound = new Map<string, Bound>();
  let named = false;
  args.forEach((arg, index) => {
    let parameter: Parameter | undefined;
    if (arg.name !== undefined && arg.name !== '') {
      named = true;
      const wanted = arg.name.toLowerCase();
      parameter = parameters.find((candidate) => candidate.name.toLowerCase() === wanted);
      if (!parameter)
        throw parameters.length
          ? errors.unknownParameter(arg.name, procedure)
          : errors.noParameters(procedure);
    } else {
      if (named) throw errors.mustBeNamed(index + 1);
      parameter = parameters[index];
      if (!parameter)
        throw parameters.length
          ? errors.tooManyArguments(procedure)
          : errors.noParameters(procedure);
    }
    const key = parameter.name.toLowerCase();
    if (bound.has(key)) throw errors.parameterTwice(parameter.name);
    if (arg.output && !parameter.output) throw errors.notOutput(parameter.name);
    arg.boundTo = key;
    if (arg.isDefault) return;
    bound.set(key, {
      name: parameter.name,
      type: parameter.type,
      value: converted(arg, parameter.type),
    });
  });
  for (const parameter of parameters) {
    const key = parameter.name.toLowerCase();
    if (bound.has(key)) continue;
    if (parameter.default === undefined) throw errors.missingParameter(procedure, parameter.name);
    bound.set(key, { name: parameter.name, type: parameter.type, value: parameter.default });
  }
  return bound;
}

/** Whatever goes wrong with a parameter's value is error 8114. */
function converted(arg: Argument, type: SqlType): SqlValue {
  try {
    return convert(arg.value, arg.type, type);
  } catch (error) {
    if (!(error instanceof SqlServerError)) throw error;
    throw errors.parameterConversion(spokenName(arg.type), spokenName(type));
  }
}
