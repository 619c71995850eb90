const maximumLength = 100;

/**
 * A value of a request as the original's texts print it: `None`, `True`, text as it is. Control
 * characters become spaces and anything long is cut, so that an answer or a log stays one line.
 */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  const text = typeof value === 'object' ? beginning(value) : String(value);
  const isLong = text.length > maximumLength;
  const line = text
    .slice(0, maximumLength)
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed();
  return isLong ? `${line}…` : line;
}

/** As JSON, but no more of it than is shown: a value may be megabytes. */
function beginning(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, maximumLength + 1));
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = Array.isArray(value);
  let text = isList ? '[' : '{';
  let separator = '';
  for (const key in value) {
    const inside: unknown = Reflect.get(value, key);
    text += `${separator}${isList ? '' : `${beginning(key)}:`}${beginning(inside)}`;
    if (text.length > maximumLength) return text;
    separator = ',';
  }
  return text + (isList ? ']' : '}');
}

/** A value as a problem document may repeat it: short ones as they came, others as `show` does. */
export function echo(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' || value === null
    ? value
    : show(value);
}
