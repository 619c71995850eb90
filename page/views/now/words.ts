/** What is wrong, in words: the app's lines as sentences in the reader's language. */

import type { Overview } from '../../api/schema.d.ts';
import { entityTitle } from '../../live/catalog.ts';
import { overview } from '../../live/overview.ts';
import { say } from '../../text/say.ts';
import { told } from '../../text/told.ts';

export type Line = Overview['wrong'][number];

/** The same line as long as it is about the same: its buttons keep what they are doing. */
export function keyOf({ kind, subject, names = [], since, run = '' }: Line): string {
  return [kind, subject, names.join(), kind === 'differs' ? run : since].join('|');
}

/** Whether it is still wrong. */
export function isThere(line: Line): boolean {
  const key = keyOf(line);
  return overview.value?.wrong.some((one) => keyOf(one) === key) ?? true;
}

const scheduleMark = 'schedule ';
/** Of a line's names, how many stand in its title. */
const mostNamed = 3;

export function titleOf({ kind, subject, names = [], what, count = names.length }: Line): string {
  const entities =
    count > mostNamed
      ? say('now.entities', { count })
      : names.map((name) => entityTitle(name)).join(', ');
  if (subject.startsWith(scheduleMark)) {
    const schedule = subject.slice(scheduleMark.length);
    return kind === 'failed'
      ? say('now.scheduleFailed', { schedule })
      : say('now.scheduleLate', { schedule });
  }
  if (kind === 'failed') return say('now.failed', { entities, subject });
  if (kind === 'old') return say('now.old', { entities, subject });
  if (kind === 'differs') return say('now.differs', { entities, subject });
  if (kind === 'company') {
    if (names.length > 1) return say('now.companies', { count });
    return what.endsWith(' fails')
      ? say('now.companyCalls', { subject })
      : say('now.company', { subject });
  }
  if (kind === 'late') return say('now.slowRun', { subject });
  if (kind === 'system') return partTitle(subject);
  if (kind === 'poison') return say('now.poison', { count, subject });
  return subject === 'everything' ? say('now.closedAll') : say('now.closed', { subject });
}

const parts = [
  ...(['database', 'server', 'procedures', 'catalog', 'connection'] as const),
  ...(['queries', 'documents', 'locks', 'target', 'targets'] as const),
];

/** Of a part of the health, `database hcs`. */
function partTitle(part: string): string {
  const [word = '', ...name] = part.split(' ');
  const known = parts.find((one) => one === word);
  return known === undefined ? part : say(`now.system_${known}`, { name: name.join(' ') });
}

/** What the app says for good, word for word; errors of servers stay as they are. */
const known = {
  'not begun': 'now.whatNotBegun',
  'in line': 'now.whatInLine',
  'not ended': 'now.whatNotEnded',
  slow: 'now.whatSlow',
  cancelled: 'now.whatCancelled',
  interrupted: 'now.whatInterrupted',
  failed: 'now.whatFailed',
  unseen: 'now.whatUnseen',
  'messages were given up': 'now.whatGivenUp',
  'its data are old': 'now.whatOld',
  'changelog disabled': 'now.whatChangelog',
  unreachable: 'now.whatUnreachable',
} as const;

export function reasonIn({ what }: Line): string {
  return Object.hasOwn(known, what) ? say(known[what as keyof typeof known]) : told(what);
}

/** `heap:payment`, `export:payment:0c10:2026-09` */
export interface StageName {
  stage: string;
  entity: string;
  code: string | undefined;
}

export function stageNameOf(id: string): StageName {
  const [stage = id, entity = '', code] = id.split(':');
  return {
    stage,
    entity,
    code: code !== undefined && /^\d{4}-\d\d$/.test(code) ? undefined : code,
  };
}

/** `Payments · 0c10`, `Payments · heap` */
export function stageTitle(id: string): string {
  const { stage, entity, code } = stageNameOf(id);
  return entity === '' ? id : `${entityTitle(entity)} · ${code ?? stage}`;
}
