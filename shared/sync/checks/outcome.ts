/** What a run's checks came to. */

import { z } from 'zod';
import { periodText } from '../period.ts';
import type { Run } from '../run.ts';
import type { Check, CheckResult, Difference } from './check.ts';

export const checkCountsSchema = z
  .object({ agrees: z.int(), differs: z.int(), unknown: z.int() })
  .meta({ id: 'CheckCounts', description: 'Checks of the run by what they came to' });
export type CheckCounts = z.infer<typeof checkCountsSchema>;

type Checked = Pick<Run, 'checks'>;
/** A check that has been asked. */
export type AskedCheck = Check & { result: CheckResult };

export function asked({ checks = [] }: Checked): AskedCheck[] {
  return checks.flatMap((check) => (check.result ? [{ ...check, result: check.result }] : []));
}

/** Undefined: none was asked. */
export function checkCounts(run: Checked): CheckCounts | undefined {
  const counts = { agrees: 0, differs: 0, unknown: 0 };
  const all = asked(run);
  for (const { result } of all) counts[result.state] += 1;
  return all.length === 0 ? undefined : counts;
}

/** Those whose places do not have the same, in the order of the plan. */
export function differing(run: Checked): AskedCheck[] {
  return asked(run).filter(({ result }) => result.state === 'differs');
}

/** Those by which the run has failed. */
export function failing(run: Checked): AskedCheck[] {
  return asked(run).filter(({ result }) => result.fails === true);
}

/** `totals of payment of 0c10 in 2019-07: rows are 1000 in source, 999 in heap`. */
export function checkText({ check, entity, code, period, result }: AskedCheck): string {
  const { differences = [], more = 0, errors = [] } = result;
  const month = period && ` in ${periodText(period)}`;
  const name = `${check} of ${entity} of ${code}${month ?? ''}`;
  if (result.state === 'agrees') return `${name} agrees`;
  const found = differences.map((one) => differenceText(one, code, period && periodText(period)));
  if (more > 0) found.push(`and ${more} more`);
  return `${name}: ${[...found, ...errors].join('; ') || 'nothing to compare'}`;
}

/** Group and month where they are not those of the check. */
function differenceText(
  { code, month, of, values, moved }: Difference,
  own: string,
  ownMonth: string | undefined,
): string {
  const group = [...(code === own ? [] : [code]), ...(month && month !== ownMonth ? [month] : [])];
  const sides = Object.entries(values).map(([place, value]) => `${value} in ${place}`);
  const text = `${of} are ${sides.join(', ')}`;
  const note = moved === undefined ? '' : ` (${moved} rows moved meanwhile)`;
  return `${group.length > 0 ? `${group.join(' ')}: ` : ''}${text}${note}`;
}
