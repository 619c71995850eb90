/** Names whose lexical order is newest first, so that listings in storage are. */

/** 36 ** 9 − 1: nine base-36 digits hold the milliseconds of the next three thousand years. */
const lastInstant = 36 ** 9 - 1;

/** Names that begin with this and were made at this moment or before are greater, of later ones smaller. */
export function countedDown(instant: Date): string {
  return (lastInstant - instant.getTime()).toString(36).padStart(9, '0');
}

/** The moment that a name begins with; undefined for one that has none. */
export function countedDownFrom(name: string): Date | undefined {
  const [, digits] = /^([0-9a-z]{9})-/.exec(name) ?? [];
  if (digits === undefined) return undefined;
  const time = new Date(lastInstant - Number.parseInt(digits, 36));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
