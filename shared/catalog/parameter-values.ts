/** The parameters of one call: names, types and values. */

import type { Parameter, Variable } from './parameter-schema.ts';
import { checkedPeriod, type Period } from './period.ts';
import type { Subject } from './resolve.ts';
import { asPassed } from './sql-type.ts';
import {
  type ClockSource,
  isOfClock,
  isOfRun,
  periodValues,
  type RunSource,
  type ValueSource,
} from './value-source.ts';

/** `name` is without `@`; `type` is a T-SQL type: `int`, `varchar(4)`, `char(8)`. */
export interface CallParameter {
  name: string;
  type: string;
  /** Of an output parameter: what the procedure finds in it. */
  value: string | number | boolean | null;
  /** Its value is not known before a run begins (`ofRun`), or before one of its stages does. */
  from?: RunSource | ClockSource;
  /** Its value after the call goes into the run. */
  output?: true;
  /** Of an output parameter: without a value after it the call has failed. */
  required?: true;
  /** Of an output parameter: its value is nobody's to see. */
  secret?: true;
}

export type Values = Partial<Record<ValueSource, string | number>>;

/** What a subject is called. */
export const namesIn = ({ entity, source, sourceName }: Subject): Values => ({
  code: source.code,
  entity: entity.name,
  'source name': sourceName ?? entity.name,
});

/** Values of parameters by where they come from; those of the period only for a dated entity. */
export function parameterValues(subject: Subject, period: Period | undefined): Values {
  if (!subject.dated) return namesIn(subject);
  if (period === undefined) {
    throw new RangeError(`${subject.entity.name} is dated: a month and a year are needed`);
  }
  return { ...namesIn(subject), ...periodValues(checkedPeriod(period)) };
}

/** Without those whose value a subject does not have. */
export function passed(
  parameters: readonly (Parameter | Variable)[],
  values: Values,
): CallParameter[] {
  return parameters.flatMap((parameter): CallParameter[] => {
    const { name, type, from, value: constant = null } = parameter;
    const {
      output = false,
      required = false,
      secret = false,
    } = 'output' in parameter ? parameter : {};
    const marks = {
      ...(output && { output }),
      ...(required && { required }),
      ...(secret && { secret }),
    };
    if (from === undefined) return [{ name, type, value: constant, ...marks }];
    if (isOfRun(from) || isOfClock(from)) return [{ name, type, value: null, from, ...marks }];
    const value = values[from];
    if (value === undefined) return [];
    return [{ name, type, value: asPassed(type, from, value), ...marks }];
  });
}

/** The rows of a month are loaded by themselves. */
export function periodParameter({ yyyymm }: Values): CallParameter[] {
  if (yyyymm === undefined) return [];
  const value = String(yyyymm).replace(/(?=..$)/, '-');
  return [{ name: 'period', type: 'varchar(7)', value }];
}

/** The run that parameters are for; `day` as `dayIn` has it. */
export type RunValues = Readonly<Record<'user' | 'id' | 'day', string>>;

/** With the values that are known when a run begins. */
export function ofRun(parameters: readonly CallParameter[], run: RunValues): CallParameter[] {
  const values = { user: run.user, 'run id': run.id, 'date of run': run.day };
  return parameters.map((parameter) => {
    const { from, ...rest } = parameter;
    if (from === undefined || !isOfRun(from)) return parameter;
    return { ...rest, value: asPassed(rest.type, from, values[from]) };
  });
}
