/** What a refusal of a FlexiBee server means to us. */

import type { Answer } from '../outbound/exchange.ts';
import type { Failure } from '../outbound/failure.ts';
import {
  type Meaning,
  mostBytes,
  refusalOf,
  shortened,
  withStatus,
  wordsOf,
} from '../outbound/refusal.ts';
import { evidenceCures } from './errors.ts';
import type { TroubleKind } from './types.ts';
import { refusalIn } from './wire.ts';

const kinds: Readonly<Record<Meaning, TroubleKind>> = {
  login: 'wrong password',
  right: 'licence missing',
  missing: 'unknown company',
  redirected: 'request refused',
  conflict: 'request refused',
  'too large': 'request refused',
  busy: 'unreachable',
  late: 'unreachable',
  failed: 'unreachable',
  refused: 'request refused',
};

/**
 * @param ask with the evidence where it was about one: others may be answered
 * @returns undefined where the answer is a success, as far as its status tells
 */
export function refusal(
  answer: Answer,
  { evidence }: { evidence?: string },
): Failure<TroubleKind> | undefined {
  const { status, body } = answer;
  const said = wordsOf(body, refusalIn);
  const refused = refusalOf(answer, said);
  if (refused === undefined) return undefined;
  if (isLocked(body)) {
    const fault = withStatus('somebody is logged in', status, said);
    return { kind: 'company in use', status, said, fault };
  }
  // No licence for writing (ABRA Flexi, Obsluha chyb).
  if (status === 402) {
    return {
      kind: 'licence missing',
      status,
      said,
      fault: withStatus('not allowed', status, said),
    };
  }
  if (status === 403 && evidence !== undefined) {
    return { ...refused, kind: 'request refused', cure: evidenceCures.notAllowed };
  }
  return { ...refused, kind: kinds[refused.kind] };
}

/** A refusal that comes with the status of a success (`no-http-errors`, older servers). */
export function refusedInside(status: number, said: string): Failure<TroubleKind> {
  const kind = lock.test(said) ? 'company in use' : 'request refused';
  return { kind, status, said, fault: `refused${said && `: ${shortened(said)}`}` };
}

/** `ERROR: could not obtain lock on relation "drady"`, PostgreSQL's own words. */
const lock = /could not obtain lock on relation/i;

function isLocked(body: Buffer): boolean {
  return lock.test(body.toString('utf8', 0, mostBytes));
}
