/** Time spans as host.json and schedules write them: `[d.]hh:mm:ss[.fffffff]`. */

const pattern = /^(?:(\d+)\.)?(\d{1,2}):([0-5]?\d):([0-5]?\d)(?:\.(\d{1,7}))?$/;

/** @returns milliseconds; undefined when `text` is no time span. */
export function parseTimeSpan(text: string): number | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = '0'] = match;
  if (Number(hours) > 23) return undefined;
  return (
    (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 +
    Number(`0.${fraction}`) * 1000
  );
}
