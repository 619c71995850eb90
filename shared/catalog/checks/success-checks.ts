/** Conditions of success against the parameters of the call they are for. */

import { notOneOf } from '../../faults/catalog-error.ts';
import { type Adapted, giverOf, type Subject } from '../resolve.ts';
import type { Stage } from '../schema.ts';
import { constantMisfit, readSqlType } from '../sql-type.ts';
import type { Condition } from '../success-schema.ts';
import type { Context } from './check-context.ts';

type Report = (key: keyof Condition, text: string) => void;

export function checkSuccess(
  { at, fault }: Pick<Context, 'at' | 'fault'>,
  { pipeline, declared, item: stage }: Adapted<Stage>,
  subject: Subject,
): void {
  const placeOf = (key: 'succeeds' | 'returnValue') => giverOf(pipeline, declared, subject, key);
  for (const [index, condition] of stage.succeeds.entries()) {
    const report: Report = (key, text) => {
      const { part, path } = placeOf('succeeds');
      fault(at(part, ...path, index, key), text);
    };
    const { of } = condition;
    if (of.startsWith('@')) checkOutput(stage, condition, report);
    if (of === 'rows' && stage.setOptions.includes('NOCOUNT')) {
      report('of', '"rows" with NOCOUNT in setOptions, under which none are counted');
    }
  }
  const { part, path } = placeOf('returnValue');
  if (stage.returnValue === undefined || part === pipeline) return;
  if (stage.succeeds.some(({ of }) => of === 'return value')) {
    const text = 'beside a condition of succeeds for the return value; leave one of them out';
    fault(at(part, ...path), text);
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
