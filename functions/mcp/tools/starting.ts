/** Planning a run, starting one, making one again, stopping one. */

import { z } from 'zod';
import { callsBodySchema } from '../../shapes/calls.ts';
import { retryBodySchema } from '../../shapes/retry-request.ts';
import type { Asked } from '../ask.ts';
import { type Calling, type Tool, tool } from '../tool.ts';

const { calls, user, whenBusy } = callsBodySchema.shape;

export const runIdArgument = z
  .string()
  .regex(/^[0-9a-z-]{1,64}$/, 'the id of a run, as find_runs lists them')
  .meta({ description: 'Id of a run: "zd38m9z2l-b5hscz"' });

const userArgument = user.optional().meta({
  description: 'The person on whose behalf you ask, kept in the run; your own name unless given',
});

const keyArgument = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/, '1 to 255 printable ASCII characters')
  .optional()
  .meta({
    description:
      'A name of your own for this request: asking again with it starts nothing twice, so use one and repeat it where an answer is lost',
  });

const whatCalls =
  'Each of `calls` is {"code": "0c10" or a list, "name": an entity, or absent for all of them, and, where the entity is dated, "month": 1-12 with "year": 2019; or "month": 0 for the current month, -1 for the one before; or "months": [{"month": 1, "year": 2019}, {"month": 6, "year": 2019}]}. Example: {"calls": [{"code": ["0c10", "stek"], "name": "payment", "month": -1}]}.';

/** Members that a route takes as they are. */
function bodyOf(args: Record<string, unknown>, names: readonly string[], { caller }: Calling) {
  const given = names.filter((name) => args[name] !== undefined);
  const sent = Object.fromEntries(given.map((name) => [name, args[name]]));
  return { user: caller, ...sent };
}

function keyed(key: string | undefined): Pick<Asked, 'headers'> {
  return key === undefined ? {} : { headers: { 'idempotency-key': JSON.stringify(key) } };
}

const members = ['user', 'calls', 'whenBusy'];
const retryMembers = ['user', 'from', 'whenBusy'];

export const startingTools: readonly Tool[] = [
  tool({
    name: 'plan_sync',
    title: 'What a sync would do (dry run)',
    description: `Tells what a sync would do, and starts nothing: its stages in order with procedure and server, how long it takes (expectedMs: milliseconds by the medians of earlier runs; null where nothing is known), which servers are busy and with which run. Call it before start_sync. ${whatCalls}`,
    role: 'run',
    effect: 'reads',
    own: {},
    passedOn: { calls, user: userArgument, whenBusy },
    call: async (args, calling) => {
      const body = bodyOf(args, members, calling);
      return (await calling.ask('runs', { method: 'POST', query: { dry: 'true' }, body })).json();
    },
  }),
  tool({
    name: 'start_sync',
    title: 'Start a sync',
    description: `Starts a real sync as one run: stored procedures read the data sources and rewrite the aggregate base, for minutes to hours. Do it only when a person wants it, after plan_sync. Answers at once with the run's id; follow it with watch_run. Where a server is busy it is refused, unless "whenBusy" is "wait": then it waits in line. ${whatCalls}`,
    role: 'run',
    effect: 'destroys',
    own: { key: keyArgument },
    passedOn: { calls, user: userArgument, whenBusy },
    call: async (args, calling) => {
      const body = bodyOf(args, members, calling);
      return (await calling.ask('runs', { method: 'POST', body, ...keyed(args.key) })).json();
    },
  }),
  tool({
    name: 'retry_run',
    title: 'Make a run again',
    description:
      'Starts a new run out of one that has ended, with the months of then. "from": "failure" (or absent) makes again what failed, was skipped, cancelled or interrupted and whatever needs that; "all" makes everything again. With "dry": true it only tells what would run. Use explain_run first. Answers with the new run\'s id.',
    role: 'run',
    effect: 'destroys',
    own: {
      id: runIdArgument,
      dry: z.boolean().optional().meta({ description: 'true: only tell what would run' }),
      key: keyArgument,
    },
    passedOn: {
      from: retryBodySchema.shape.from,
      user: userArgument,
      whenBusy,
    },
    call: async (args, calling) => {
      const { id, dry = false, key } = args;
      const body = bodyOf(args, retryMembers, calling);
      const query = dry ? { query: { dry: 'true' } } : {};
      const asked = { method: 'POST', params: { id }, body, ...query, ...keyed(key) } as const;
      return (await calling.ask('retry_run', asked)).json();
    },
  }),
  tool({
    name: 'cancel_run',
    title: 'Stop a run',
    description:
      'Stops a run that waits or runs: what runs is interrupted, what is pending is called off. The worker hears of it within seconds: see with watch_run that it has ended "cancelled". What was left open can be made with retry_run.',
    role: 'run',
    effect: 'destroys',
    isIdempotent: true,
    own: { id: runIdArgument },
    call: async ({ id }, { ask }) =>
      (await ask('cancel_run', { method: 'POST', params: { id } })).json(),
  }),
];
