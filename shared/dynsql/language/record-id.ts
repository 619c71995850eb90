/** Ids of ABRA Gen's records, which a condition with a CLASSID takes. */

import type { Condition } from './definition.ts';
import { paramsIn } from './short-lists.ts';

/** To be read after `must be`. */
export const recordIdUse = 'the id of a record: 10 characters of 0-9 and A-Z';

/** Whether a condition's values are ids of records, as its params tell: `CLASSID=4J5F…`. */
export const takesRecordIds = ({ params, specialsubtype }: Condition): boolean =>
  specialsubtype === 0 && paramsIn(params).has('CLASSID');

/** Temporary ids begin with ~. */
export const isRecordId = (value: unknown): boolean =>
  /^[0-9A-Z~]{10}$/.test(typeof value === 'number' ? String(value) : String(value ?? '')) &&
  ['string', 'number'].includes(typeof value);
