/** The shape of a FlexiBee company: how it is followed, and how much is asked of its server. */

import { z } from 'zod';
import { expects, fields, matching, oneOf } from '../faults/field.ts';
import { flag, whole } from './leaves.ts';

/** What to do about a company whose versions went back, since a backup was restored. */
const regressions = ['stop', 'reload'] as const;
/** A day: a transaction that is open for longer is found by comparing all. */
const longestLateMinutes = 1_440;
/** A company that is looked at more seldom is better paused, and polled by hand. */
const longestPollMinutes = 60;
const pollMinutes = `use whole minutes from 1 to ${longestPollMinutes}`;
/** The changelog gives no more at once; fewer than ten would cost a request for every few records. */
const pageSizes = { least: 10, most: 1_000 };
const pageSize = `use a whole number from ${pageSizes.least} to ${pageSizes.most}`;
/** A server answers people, too. */
const mostAtOnce = 32;
const atOnce = `use a whole number from 1 to ${mostAtOnce}`;
/** With fewer no poll every hour, and no hook, is possible; of more nobody keeps count. */
const budgets = { least: 100, most: 10_000_000 };
const budget = `use a whole number from ${budgets.least} to ${budgets.most}, or leave it out where there is no limit`;
const lateMinutes = `use whole minutes from 1 to ${longestLateMinutes}`;
const longestJournalDays = 36_500;
const journalRange = `use a whole number from 1 to ${longestJournalDays}`;

const companyName = matching(
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/,
  'the name of a company',
  'use it as in /c/<name>: 1 to 63 letters, digits, _, . and -',
);

/** When a company is held against its mirror. */
const reconcileExpected = expects(
  'a time of day',
  'use hh:mm by the clock of periods.timeZone, such as 02:30, or false',
);
const reconcileTime = z
  .union([z.literal(false), z.string()], reconcileExpected)
  .refine((at) => at === false || /^([01]\d|2[0-3]):[0-5]\d$/.test(at), reconcileExpected);

export function companySchema<Text extends z.ZodType<string>>(parts: {
  knownServer: Text;
  /** The name of the setting that says where and who. */
  setting: Text;
}) {
  const { knownServer, setting } = parts;
  return fields('a company', {
    server: knownServer,
    connection: setting,
    name: companyName,
    journalDays: z
      .int(expects('a number of days', journalRange))
      .min(1, expects('a number of days', journalRange))
      .max(longestJournalDays, expects('a number of days', journalRange))
      .default(365),
    onRegression: oneOf('an answer to versions that went back', regressions).default('stop'),
    reconcile: reconcileTime.default('02:30'),
    paused: flag.default(false),
    pollMinutes: z
      .int(expects('an interval of polls', pollMinutes))
      .min(1, expects('an interval of polls', pollMinutes))
      .max(longestPollMinutes, { error: `longer than an hour; ${pollMinutes}` })
      .optional(),
    pageSize: whole('a page size', pageSize, pageSizes).default(pageSizes.most),
    requestsAtOnce: whole('a number of requests', atOnce, { least: 1, most: mostAtOnce }).default(
      4,
    ),
    requestsPerDay: whole('a number of requests a day', budget, budgets).optional(),
    lateMinutes: z
      .int(expects('a time for late commits', lateMinutes))
      .min(1, expects('a time for late commits', lateMinutes))
      .max(longestLateMinutes, { error: `longer than a day; ${lateMinutes}` })
      .default(60),
  });
}
