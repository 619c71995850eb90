/** What the places of a check have, held against one another; exact, no double in between. */

import {
  compareDecimals,
  type Decimal,
  decimalText,
  plus,
  readDecimal,
} from '../../json/decimal.ts';
import type { CheckQuery, CheckResult, Difference } from './check.ts';
import { type Group, type Groups, measuresOf } from './groups.ts';

/** What one place answered, or why it did not. */
export type Answer = Pick<CheckQuery, 'place' | 'tolerance' | 'onDifference'> &
  ({ groups: Groups } | { error: string });

/** In the run's document; the others are counted. */
const mostDifferences = 5;

const zero: Decimal = { units: 0n, places: 0 };

/**
 * The first place is what the others are held against. Rows that a place calls moved may be in one of
 * them and not yet, or no more, in another: by so many `rows` may differ, and what else a group has
 * is not compared.
 *
 * @param answers in the order of the way
 */
export function compared(answers: readonly Answer[]): Omit<CheckResult, 'at'> {
  const errors = answers.flatMap((one) => ('error' in one ? [`${one.place}: ${one.error}`] : []));
  const sound = answers.flatMap((one) => ('groups' in one ? [one] : []));
  const [reference, ...others] = sound;
  if (reference === undefined || reference !== answers[0] || others.length === 0) {
    return { state: 'unknown', groups: 0, errors };
  }
  const measures = measuresOf(reference.groups);
  const comparable = others.filter(({ place, groups }) => {
    const lacking = lackingIn(groups, measures, place, reference);
    if (lacking !== undefined) errors.push(lacking);
    return lacking === undefined;
  });
  const differences: Difference[] = [];
  let fails = false;
  let moved = 0n;
  const keys = new Map(
    [reference, ...comparable].flatMap(({ groups }) =>
      [...groups].map(([key, { code, month }]) => [key, { code, month }] as const),
    ),
  );
  const allMeasures = [...new Set(comparable.flatMap(({ groups }) => [...measuresOf(groups)]))];
  const order = [...new Set([...measures, ...allMeasures])];
  for (const [key, { code, month }] of [...keys].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const known = reference.groups.get(key);
    const slack = movedIn(known) + sum(comparable.map(({ groups }) => movedIn(groups.get(key))));
    moved += slack;
    for (const of of order) {
      if (slack > 0n && of !== 'rows') continue;
      const expected = known?.measures.get(of) ?? zero;
      const wrong = comparable.filter(({ groups, tolerance }) => {
        const found = groups.get(key)?.measures.get(of) ?? zero;
        return !isWithin(difference(expected, found), expected, allowanceOf(tolerance, of), slack);
      });
      if (wrong.length === 0) continue;
      fails ||= wrong.some(({ onDifference }) => onDifference === 'fail');
      const values = [reference, ...comparable].map(({ place, groups }) => {
        return [place, decimalText(groups.get(key)?.measures.get(of) ?? zero)];
      });
      differences.push({
        code,
        ...(month !== undefined && { month }),
        of,
        values: Object.fromEntries(values),
        ...(slack > 0n && { moved: String(slack) }),
      });
    }
  }
  const state = differences.length > 0 ? 'differs' : errors.length > 0 ? 'unknown' : 'agrees';
  const more = differences.length - mostDifferences;
  return {
    state,
    groups: keys.size,
    ...(moved > 0n && { moved: String(moved) }),
    ...(differences.length > 0 && { differences: differences.slice(0, mostDifferences) }),
    ...(more > 0 && { more }),
    ...(fails && { fails }),
    ...(errors.length > 0 && { errors }),
  };
}

/** Where a place has nothing at all it has 0 of everything. */
function lackingIn(
  groups: Groups,
  measures: ReadonlySet<string>,
  place: string,
  reference: { place: string; groups: Groups },
): string | undefined {
  if (groups.size === 0 || reference.groups.size === 0) return undefined;
  const own = measuresOf(groups);
  const lacks = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
    [...other].filter((measure) => !one.has(measure));
  const here = lacks(own, measures);
  if (here.length > 0) return `${place}: no column ${here.join(', ')}, as ${reference.place} has`;
  const there = lacks(measures, own);
  if (there.length > 0)
    return `${place}: a column ${there.join(', ')} that ${reference.place} lacks`;
  return undefined;
}

const movedIn = (group: Group | undefined): bigint => group?.moved ?? 0n;
const sum = (all: readonly bigint[]): bigint => all.reduce((total, one) => total + one, 0n);

/** What a measure may differ by. */
function allowanceOf(tolerance: CheckQuery['tolerance'], of: string): string | number {
  return tolerance?.[of] ?? tolerance?.['*'] ?? 0;
}

function isWithin(
  by: Decimal,
  expected: Decimal,
  allowance: string | number,
  slack: bigint,
): boolean {
  const given = readDecimal(String(allowance).replace(/ ?%$/, '')) ?? zero;
  const isShare = String(allowance).endsWith('%');
  const allowed: Decimal = isShare
    ? { units: given.units * absolute(expected).units, places: given.places + expected.places + 2 }
    : given;
  return compareDecimals(by, plus(allowed, { units: slack, places: 0 })) <= 0;
}

function difference(one: Decimal, { units, places }: Decimal): Decimal {
  return absolute(plus(one, { units: -units, places }));
}

function absolute({ units, places }: Decimal): Decimal {
  return { units: units < 0n ? -units : units, places };
}
