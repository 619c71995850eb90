/** Conditions of success against the parameters of the call they are for. */

import { notOneOf, type Path } from '../../faults/catalog-error.ts';
import { adapted, givenIn, type Subject } from '../resolve.ts';
import type { Stage } from '../schema.ts';
import { constantMisfit, readSqlType } from '../sql-type.ts';
import type { Condition } from '../success-schema.ts';
import type { Context } from './check-context.ts';

type Report = (key: keyof Condition, text: string) => void;

export function checkSuccess(
  { at, fault }: Pick<Context, 'at' | 'fault'>,
  declared: Stage,
  subject: Subject,
): void {
  const stage = adapted(declared, subject);
  const path = (key: 'succeeds' | 'returnValue'): Path =>
    at(declared, ...givenIn(declared, subject, key));
  for (const [index, condition] of stage.succeeds.entries()) {
    const report: Report = (key, text) => fault([...path('succeeds'), index, key], text);
    const { of } = condition;
    if (of.startsWith('@')) checkOutput(stage, condition, report);
    if (of === 'rows' && stage.setOptions.includes('NOCOUNT')) {
      report('of', '"rows" with NOCOUNT in setOptions, under which none are counted');
    }
  }
  if (stage.returnValue === undefined) return;
  if (stage.succeeds.some(({ of }) => of === 'return value')) {
    const text = 'beside a condition of succeeds for the return value; leave one of them out';
    fault(path('returnValue'), text);
  }
}

function checkOutput(stage: Stage, { of, is, atLeast, atMost }: Condition, report: Report): void {
  const outputs = stage.parameters.filter(({ output }) => output);
  const found = outputs.find(({ name }) => `@${name}` === of);
  const names = outputs.map(({ name }) => `@${name}`);
  const kind = readSqlType(found?.type ?? '')?.kind;
  let why: string | undefined;
  if (found === undefined) why = notOneOf(of, `an output parameter of ${stage.stage}`, names);
  else if (found.secret) why = `${of} is secret, and what is compared is told; use another`;
  else if (kind === 'day' || kind === 'moment') why = `${of} is a date; use another`;
  if (why !== undefined) report('of', why);
  if (found === undefined || why !== undefined) return;
  const { type } = found;
  const isNumber = kind === 'integer' || kind === 'decimal';
  const bound = atLeast === undefined ? 'atMost' : 'atLeast';
  if (!isNumber && (atLeast ?? atMost) !== undefined) {
    report(bound, `given for ${of}, which is no number but ${type}; use is`);
  }
  for (const value of is ?? []) {
    const wrong = constantMisfit(type, value);
    if (wrong === undefined) continue;
    report('is', `${JSON.stringify(value)} is no ${type}, as ${of} is; ${wrong}`);
  }
}
