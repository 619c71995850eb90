/** A duration where there is hardly any room: one unit, of one letter. */

import { say } from './say.ts';

const steps = [
  ['board.days', 86_400_000],
  ['board.hours', 3_600_000],
  ['board.minutes', 60_000],
  ['board.seconds', 1_000],
] as const;

/**
 * `9d`, `2h`, `14m`, `41s`; `<1s`
 *
 * @param least the smallest unit: of what is drawn anew each minute no seconds are shown
 */
export function brief(milliseconds: number, least: 'minutes' | 'seconds' = 'seconds'): string {
  const units = least === 'minutes' ? steps.slice(0, -1) : steps;
  const [name, size] = units.find(([, one]) => milliseconds >= one) ?? [];
  if (name === undefined) return `<${say(`board.${least}`, { count: 1 })}`;
  return say(name, { count: Math.floor(milliseconds / size) });
}
