/** A company's state in words, and how much it asks for. */

import type { CompanySummary, CompanyTrouble } from '../../api/schema.d.ts';
import { near } from '../../text/format.ts';
import { say, type TextName } from '../../text/say.ts';

export interface Word {
  tone: 'fresh' | 'running' | 'waiting' | 'old';
  text: string;
}

type Shown = Pick<CompanySummary, 'state' | 'paused' | 'closure' | 'blocked'>;

/** The word that says most: what keeps it from being followed comes before what it is at. */
export function wordOf({ state, paused, closure, blocked }: Shown, now: number): Word {
  if (closure !== undefined) {
    return { tone: 'waiting', text: say('companies.closed', { until: near(closure.until, now) }) };
  }
  if (paused) return { tone: 'waiting', text: say('companies.paused') };
  if (state === 'trouble') return { tone: 'old', text: say('companies.inTrouble') };
  if (blocked.length > 0) {
    return { tone: 'old', text: say('companies.partly', { count: blocked.length }) };
  }
  if (state === 'loading') return { tone: 'running', text: say('companies.loading') };
  if (state === 'starting') return { tone: 'waiting', text: say('companies.starting') };
  return { tone: 'fresh', text: say('companies.following') };
}

const troubles: Readonly<Record<CompanyTrouble['kind'], TextName>> = {
  'changelog disabled': 'companies.changelogDisabled',
  'licence missing': 'companies.licenceMissing',
  'wrong password': 'companies.wrongPassword',
  'unknown company': 'companies.unknownCompany',
  'versions went back': 'companies.versionsWentBack',
  'newer generation': 'companies.newerGeneration',
  unreachable: 'companies.unreachable',
  'company in use': 'companies.companyInUse',
  'request refused': 'companies.requestRefused',
  'answer not understood': 'companies.answerNotUnderstood',
  database: 'companies.database',
  'newer version': 'companies.newerVersion',
};

export function troubleText(kind: CompanyTrouble['kind']): string {
  // None of them has a value to be filled in.
  return (say as (name: TextName) => string)(troubles[kind]);
}

export type Cure = 'enable' | 'reset' | 'poll';

/** What of what can be done here mends it; the others are mended elsewhere, and tried again here. */
export function cureOf(kind: CompanyTrouble['kind']): Cure | undefined {
  switch (kind) {
    case 'changelog disabled':
    case 'company in use':
      return 'enable';
    case 'versions went back':
    case 'newer generation':
      return 'reset';
    case 'newer version':
      return undefined;
    default:
      return 'poll';
  }
}

/** Versions that wait to be applied: open gaps are asked for again by themselves, and are none. */
export function behind({ lag }: Pick<CompanySummary, 'lag'>): number {
  return Math.max(0, lag.versions - lag.gaps);
}
