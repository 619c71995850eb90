/** The member `whenBusy` of a request. */

import { type Body, fault, type Refusal } from '../../shared/faults/member.ts';
import { show } from '../../shared/faults/show.ts';
import type { SyncRequest } from '../../shared/sync/syncs.ts';
import { whenBusySchema } from './runs.ts';

/** Refused unless somebody asks to wait; null is as if it were absent. */
export function whenBusyOf({ whenBusy }: Body): Pick<SyncRequest, 'whenBusy'> {
  return whenBusy === 'wait' ? { whenBusy } : {};
}

/** What is wrong with it. */
export function checkWhenBusy({ whenBusy }: Body): Refusal | undefined {
  if (whenBusySchema.nullish().safeParse(whenBusy).success) return undefined;
  return {
    text: `Invalid whenBusy value: ${show(whenBusy)}.`,
    errors: [fault({ field: 'whenBusy', value: whenBusy }, 'refuse or wait')],
  };
}
