import type { Random } from 'stand-in-kit';
import { femaleNames, maleNames, patronymics, surnames } from './words.ts';

/** Surname, first name and patronymic, all of one grammatical gender. */
export function personName(random: Random): string {
  const surname = random.pick(surnames);
  const patronymic = random.pick(patronymics);
  return random.chance(0.55)
    ? `${surname}а ${random.pick(femaleNames)} ${patronymic}на`
    : `${surname} ${random.pick(maleNames)} ${patronymic}ич`;
}
