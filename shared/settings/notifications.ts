/** NOTIFICATIONS: who is told of events; addresses and secrets are settings of their own. */

import { z } from 'zod';
import { kindNames, severities } from '../events/event.ts';
import { languages } from '../events/messages/message.ts';
import { type Target, targetTypes } from '../events/targets/target.ts';
import { didYouMean } from '../faults/near-name.ts';
import { isZone } from '../time/zone.ts';
import { parseSecrets, parseSmtp, parseUrl } from './notification-addresses.ts';
import type { Read, Report } from './settings-error.ts';
import { dotted, unknownMember } from './zod-faults.ts';

const groups = [...new Set(kindNames.map((kind) => kind.replace(/\..*/, '.*')))].filter((name) =>
  name.endsWith('.*'),
);
const askable = kindNames.filter((kind) => kind !== 'test');

const oneOf = <const Name extends string>(names: readonly Name[]) =>
  z.enum(names, {
    error: ({ input }) => `must be one of ${names.join(', ')}${didYouMean(input, names)}`,
  });
const names = (what: string) =>
  z
    .array(z.string().min(1, { error: 'must not be empty' }), {
      error: `must be a list of ${what}`,
    })
    .min(1, { error: `must name at least one of ${what}; leave it out for all` });

const clock = z
  .string({ error: 'must be a time such as 22:00' })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time such as 22:00' })
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const mailAddress = z
  .string({ error: 'must be an e-mail address' })
  .regex(/^[^\s<>",;@]+@[^\s<>",;@]+$/, { error: 'must be an e-mail address' });

const members = {
  name: z.string({ error: 'must be a name' }).regex(/^[a-z](-?[a-z0-9]){0,31}$/, {
    error: 'must be 1 to 32 lower-case Latin letters, digits and single hyphens, such as ops-mail',
  }),
  type: oneOf(targetTypes),
  events: z
    .array(oneOf([...askable, ...groups]), { error: 'must be a list of kinds of events' })
    .min(1, { error: 'must name at least one kind of events; leave it out for all' })
    .optional(),
  severity: oneOf(severities).default('info'),
  codes: names('data sources').optional(),
  boards: names('boards').optional(),
  language: oneOf(languages).default('en'),
  timeZone: z
    .string({ error: 'must be a time zone such as Europe/Prague' })
    .refine(isZone, { error: 'must be a time zone such as Europe/Prague' })
    .default('UTC'),
  quiet: z
    .strictObject({ from: clock, to: clock }, unknownMember(['from', 'to']))
    .refine(({ from, to }) => from !== to, {
      error: 'must not end when it begins: leave it out for none',
    })
    .optional(),
  from: mailAddress.optional(),
  to: z
    .array(mailAddress, { error: 'must be a list of e-mail addresses' })
    .min(1, { error: 'must have at least one e-mail address' })
    .max(50, { error: 'must have at most 50 e-mail addresses' })
    .optional(),
};
const targetSchema = z.strictObject(members, unknownMember(Object.keys(members)));
type Declared = z.infer<typeof targetSchema>;

const targetsSchema = z
  .array(targetSchema, { error: 'must be a list of targets' })
  .max(50, { error: 'must have at most 50 targets' })
  .superRefine((targets, context) => {
    for (const [index, { name, type, from, to }] of targets.entries()) {
      const report = (member: string, message: string) =>
        context.addIssue({ code: 'custom', path: [index, member], message });
      if (targets.findIndex((one) => one.name === name) < index) {
        report('name', 'must not be that of another target, too');
      }
      const isMail = type === 'email';
      for (const [member, value] of Object.entries({ from, to })) {
        if (isMail && value === undefined) report(member, 'is needed for a target of type email');
        if (!isMail && value !== undefined) report(member, `is of type email, not ${type}`);
      }
    }
  });

/** None unless it is set. Of what is wrong no value is told that might be a secret. */
export function parseNotifications(read: Read, report: Report): Target[] {
  const setting = 'NOTIFICATIONS';
  const text = read(setting);
  if (text === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const form = '[{"name": "ops", "type": "webhook"}]';
    report(setting, `is not valid JSON: set it to an array of the form ${form}`);
    return [];
  }
  const parsed = targetsSchema.safeParse(value);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      report(`${setting}${dotted(path)}`, message);
    }
    return [];
  }
  return parsed.data.flatMap((declared) => targetOf(declared, read, report) ?? []);
}

function targetOf(declared: Declared, read: Read, report: Report): Target | undefined {
  const { name, type, events, codes, boards, quiet, from = '', to = [] } = declared;
  const { severity, language, timeZone } = declared;
  const common = {
    ...{ name, severity, language, timeZone },
    kinds: askable.filter((kind) => events === undefined || isNamed(events, kind)),
    ...(codes && { codes }),
    ...(boards && { boards }),
    ...(quiet && { quiet }),
  };
  const own = `NOTIFY_${name.toUpperCase().replaceAll('-', '_')}`;
  if (type === 'email') {
    const smtp = parseSmtp(`${own}_SMTP`, read, report);
    return smtp && { ...common, type, from, to, smtp: () => smtp };
  }
  const url = parseUrl(`${own}_URL`, read, report);
  if (type !== 'webhook')
    return url === undefined ? undefined : { ...common, type, url: () => url };
  const secrets = parseSecrets(`${own}_SECRET`, read, report);
  if (url === undefined || secrets === undefined) return undefined;
  return { ...common, type, url: () => url, secrets: () => secrets };
}

function isNamed(events: readonly string[], kind: string): boolean {
  return events.includes(kind) || events.includes(kind.replace(/\..*/, '.*'));
}
