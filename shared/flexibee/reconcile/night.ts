/** When a company is reconciled by itself. */

/** Whoever misses the minute gets five more chances, ten minutes apart. */
const windowMinutes = 60;
const everyMinutes = 10;

/**
 * The wish of this night, while it is time for it; undefined otherwise.
 *
 * @param at `02:30` by the clock of the zone
 * @param timeZone IANA name
 */
export function nightOf(now: Date, at: string, timeZone: string): string | undefined {
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const [localHour = 0, localMinute = 0] = local.format(now).split(':').map(Number);
  const since = (localHour * 60 + localMinute - hour * 60 - minute + 1440) % 1440;
  if (since >= windowMinutes || since % everyMinutes !== 0) return undefined;
  const began = new Date(now.getTime() - since * 60_000);
  // Swedish dates are ISO 8601.
  return `night ${new Intl.DateTimeFormat('sv-SE', { timeZone }).format(began)}`;
}
