/** The shape of a procedure's or a query's parameters. */

import { z } from 'zod';
import { notOneOf, unsuitable } from '../faults/catalog-error.ts';
import { expects, fields, list, matching, oneOf } from '../faults/field.ts';
import { flag } from './leaves.ts';
import { parameterPattern } from './name-template.ts';
import { type Constant, constantMisfit, misfit, readSqlType, sqlTypesAllowed } from './sql-type.ts';
import { checkSources, readingSources, type ValueSource, valueSources } from './value-source.ts';

const sqlType = z
  .string(expects('a type allowed here', sqlTypesAllowed))
  .refine(
    (type) => readSqlType(type) !== undefined,
    expects('a type allowed here', sqlTypesAllowed),
  );

const constant = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  expects('a constant', 'use a text, a number, true, false or null'),
);

const named = {
  name: matching(
    parameterPattern,
    'a parameter name',
    'use letters, digits, _, $ and #, without @, at most 127',
  ),
  type: sqlType,
  value: constant.optional(),
};

/** What the values of one of each kind of parameter are checked by. */
interface Given {
  type: string;
  from?: ValueSource | undefined;
  value?: Constant | undefined;
}

/** More than any procedure tells; each is in the run. */
const mostOutputs = 16;

const parameter = fields('a parameter', {
  ...named,
  from: oneOf('a source of values', valueSources).optional(),
  output: flag.default(false),
  required: flag.default(false),
  secret: flag.default(false),
}).superRefine((given, context) => {
  checkValue(given, context, valueSources, given.output ? 'output' : 'needed');
  for (const key of ['required', 'secret'] as const) {
    if (!given[key] || given.output) continue;
    context.addIssue({ code: 'custom', path: [key], message: 'true without output: true' });
  }
});

const variableOf = <const Sources extends readonly [ValueSource, ...ValueSource[]]>(
  sources: Sources,
) =>
  fields('a parameter', {
    ...named,
    from: oneOf('a source of values', sources).optional(),
  }).superRefine((given, context) => checkValue(given, context, sources, 'needed'));

const variable = variableOf(readingSources);
const checkVariable = variableOf(checkSources);

function checkValue(
  { type, from, value }: Given,
  context: z.core.$RefinementCtx,
  sources: readonly ValueSource[],
  which: 'needed' | 'output',
): void {
  const fault = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message });
  if (from !== undefined && value !== undefined) {
    fault('value', `beside from: "${from}"; leave one of them out`);
  }
  if (from === undefined && value === undefined && which === 'needed') {
    fault('from', `${notOneOf(undefined, '', sources)}; or give a constant in value`);
  }
  const reason = from && misfit(type, from);
  if (reason !== undefined) fault('type', unsuitable(type, `a type for ${from}`, reason));
  const wrong = value === undefined ? undefined : constantMisfit(type, value);
  if (wrong !== undefined) fault('value', unsuitable(value, `a value of ${type}`, wrong));
}

/** Each name once, without regard to case. */
function distinct<Item extends z.ZodType<{ name: string }>>(item: Item) {
  return list(item, 'parameters').superRefine((all, context) => {
    for (const [index, { name }] of all.entries()) {
      const first = all.findIndex((other) => other.name.toLowerCase() === name.toLowerCase());
      const message = `the same as parameters[${first}].name; use another (case does not count)`;
      if (first < index) context.addIssue({ code: 'custom', path: [index, 'name'], message });
    }
  });
}

/** Of a procedure. */
export const parameters = distinct(parameter).superRefine((all, context) => {
  const outputs = all.filter(({ output }) => output).length;
  if (outputs <= mostOutputs) return;
  context.addIssue(`${outputs} output parameters; at most ${mostOutputs} go into a run`);
});

/** Of a query of freshness. */
export const variables = distinct(variable);

/** Of a query of a check. */
export const checkVariables = distinct(checkVariable);

export type Parameter = z.infer<typeof parameter>;
export type Variable = z.infer<typeof variable>;
