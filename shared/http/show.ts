const maximumLength = 100;

/**
 * A value of a request as the original's texts print it: `None`, `True`, text as it is. Control
 * characters become spaces and anything long is cut, so that an answer or a log stays one line.
 */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const line = text.replace(/\p{Cc}/gu, ' ').toWellFormed();
  return line.length > maximumLength ? `${line.slice(0, maximumLength).toWellFormed()}…` : line;
}

/** A value as a problem document may repeat it: short ones as they came, others as `show` does. */
export function echo(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' || value === null
    ? value
    : show(value);
}
