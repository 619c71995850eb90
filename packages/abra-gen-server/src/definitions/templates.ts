/**
 * Templates of conditions by their ids. ABRA Gen keeps the SQL of a template to itself: a
 * definition only names it. The first three ids are ABRA's, the others ours.
 */

export const templates = {
  /** One record or a list of records. */
  id: 'LKR4PB0W0NEL3DW201C0CX3F40',
  /** One text, with `*` for any characters, or a list of texts. */
  code: '2GH0OO0G2NEL3C5V00CA141B44',
  /** `A` or `N`, as it is stored. */
  stored: 'SGBEBHMDGZE13C5T00CA141B44',
  /** One text, with `*` for any characters. */
  text: 'T0TEXT0G2NEL3C5V00CA141B44',
  /** One number, or a range of two. */
  number: 'T0NUMBER2NEL3C5V00CA141B44',
  /** Two dates: a range. */
  dates: 'T0DATES02NEL3C5V00CA141B44',
  boolean: 'T0BOOLEANNEL3C5V00CA141B44',
  /** Special subtype 1: one of the values that the condition declares. */
  oneOf: 'T0ONEOF02NEL3C5V00CA141B44',
  /** Special subtype 11: no value; the condition's own SQL. */
  fixed: 'T0FIXED02NEL3C5V00CA141B44',
  /** Special subtype 14: a subset of the values that the condition declares. */
  subsetOf: 'T0SUBSET2NEL3C5V00CA141B44',
  /** No value: records that have rows, or with a flag all. */
  rows: 'T0ROWS002NEL3C5V00CA141B44',
} as const;
