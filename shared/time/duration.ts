/** Spans of time as they are written: `90s`, `10m`, `36h`, `2d`. */

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds; undefined for what is none. */
export function durationMs(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return Number(digits) * unitMs[unit as keyof typeof unitMs];
}
