/** Faults and counted requests, for stand-ins that speak HTTP. */

import { faultSchema } from '../faults/faults.ts';
import type { Observed } from '../faults/receive.ts';
import { Refusal } from '../http/refusal.ts';
import { ok, parse, type Route } from './route.ts';

/** @param which the members that pick requests, as the help shows them */
export const observedRoutes = (which: string): readonly Route<Observed>[] => [
  {
    method: 'GET',
    path: '/faults',
    help: 'what is set to go wrong',
    run: ({ faults }) => faults.list,
  },
  {
    method: 'PUT',
    path: '/faults',
    help: `adds {${which}, "after"?: 0, "times"?: 3, "delayMilliseconds"?: 20000, "status"?: 503, "retryAfterSeconds"?: 2, "broken"?: "request" | "answer" | "truncated" | "cut" | "garbage"}; answers its number`,
    run: ({ faults }, { body }) => ({ id: faults.set(parse(faultSchema, body)) }),
  },
  {
    method: 'DELETE',
    path: '/faults',
    help: 'removes all',
    run: ({ faults }) => {
      faults.clear();
      return ok;
    },
  },
  {
    method: 'DELETE',
    path: '/faults/<number>',
    help: 'removes one',
    run: ({ faults }, { parts: [id] }) => {
      if (!faults.remove(Number(id))) throw new Refusal(404, `there is no fault ${id}`);
      return ok;
    },
  },
  {
    method: 'GET',
    path: '/requests',
    help: 'requests by kind, the most at once, and the latest thousand',
    run: ({ requests }) => ({
      counts: requests.counts(),
      mostAtOnce: requests.mostAtOnce,
      latest: requests.latest,
    }),
  },
  {
    method: 'DELETE',
    path: '/requests',
    help: 'counts from nothing again',
    run: ({ requests }) => {
      requests.clear();
      return ok;
    },
  },
];
