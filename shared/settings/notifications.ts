/** NOTIFICATIONS: who is told of events; addresses and secrets are settings of their own. */

import { z } from 'zod';
import { kindNames, severities } from '../events/event.ts';
import { languages } from '../events/messages/message.ts';
import { type SmtpAddress, type Target, targetTypes } from '../events/targets/target.ts';
import { didYouMean } from '../faults/near-name.ts';
import { parseJsonSetting } from '../json/json-setting.ts';
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
  .array(z.unknown(), { error: 'must be a list of targets' })
  .max(50, { error: 'must have at most 50 targets' });

/** What tells which settings a target needs besides, whatever else is wrong with it. */
const nameAndType = z.object({ name: members.name, type: members.type });

/**
 * None unless it is set. Those that are sound, and what is wrong with all, their settings besides
 * included. Of what is wrong no value is told that might be a secret.
 */
export function parseNotifications(read: Read, report: Report): Target[] {
  const setting = 'NOTIFICATIONS';
  const text = read(setting);
  if (text === undefined) return [];
  let value: unknown;
  try {
    value = parseJsonSetting(text, 'an array of the form [{"name": "ops", "type": "webhook"}]');
  } catch (error) {
    report(setting, (error as Error).message);
    return [];
  }
  const list = targetsSchema.safeParse(value);
  if (!list.success) {
    for (const { path, message } of list.error.issues) report(`${setting}${dotted(path)}`, message);
    return [];
  }
  const names = new Set<string>();
  return list.data.flatMap((one, index) => {
    const at = (path: PropertyKey[], message: string) =>
      report(`${setting}${dotted([index, ...path])}`, message);
    const declared = targetSchema.safeParse(one);
    for (const { path, message } of declared.error?.issues ?? []) at(path, message);
    const known = nameAndType.safeParse(one).data;
    if (known === undefined) return [];
    const { name, type } = known;
    const isAnother = !names.has(name);
    if (!isAnother) at(['name'], 'must not be that of another target, too');
    names.add(name);
    for (const member of ['from', 'to'] as const) {
      const isGiven = Object.hasOwn(Object(one), member);
      if (type === 'email' && !isGiven) at([member], 'is needed for a target of type email');
      if (type !== 'email' && isGiven) at([member], `is of type email, not ${type}`);
    }
    const address = isAnother ? addressOf(known, read, report) : undefined;
    return declared.success && address ? [targetOf(declared.data, address)] : [];
  });
}

/** What targets have in settings of their own. Secrets are functions, as in `Target`. */
type Address =
  | { type: 'webhook'; url(): string; secrets(): readonly Buffer[] }
  | { type: 'teams' | 'slack'; url(): string }
  | { type: 'email'; smtp(): SmtpAddress };

function addressOf(
  { name, type }: z.infer<typeof nameAndType>,
  read: Read,
  report: Report,
): Address | undefined {
  const own = `NOTIFY_${name.toUpperCase().replaceAll('-', '_')}`;
  if (type === 'email') {
    const smtp = parseSmtp(`${own}_SMTP`, read, report);
    return smtp && { type, smtp: () => smtp };
  }
  const url = parseUrl(`${own}_URL`, read, report);
  if (type !== 'webhook') return url === undefined ? undefined : { type, url: () => url };
  const secrets = parseSecrets(`${own}_SECRET`, read, report);
  if (url === undefined || secrets === undefined) return undefined;
  return { type, url: () => url, secrets: () => secrets };
}

function targetOf(declared: Declared, address: Address): Target {
  const { name, events, codes, boards, quiet, from = '', to = [] } = declared;
  const { severity, language, timeZone } = declared;
  const common = {
    ...{ name, severity, language, timeZone },
    kinds: askable.filter((kind) => events === undefined || isNamed(events, kind)),
    ...(codes && { codes }),
    ...(boards && { boards }),
    ...(quiet && { quiet }),
  };
  return { ...common, ...(address.type === 'email' ? { ...address, from, to } : address) };
}

function isNamed(events: readonly string[], kind: string): boolean {
  return events.includes(kind) || events.includes(kind.replace(/\..*/, '.*'));
}
