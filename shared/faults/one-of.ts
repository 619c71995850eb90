/** Names that would have been accepted, as `FieldError` tells them: there may be none. */

/** `one of a, b`; empty where there are none, of which the message tells. */
export const oneOf = (names: readonly string[]): string =>
  names.length === 0 ? '' : `one of ${names.join(', ')}`;

/** To end a message of a name that is not there, before its full stop. */
export const norAny = (names: readonly string[], other = 'other'): string =>
  names.length === 0 ? `, nor any ${other}` : '';
