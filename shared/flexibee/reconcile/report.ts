/** What a reconciliation has found, as it is kept and as it is told. */

import type { NewEvent } from '../../events/event.ts';
import type { Report, Walk } from './document.ts';

export function reportOf(walk: Walk, now: Date): Report {
  const { for: wish, startedAt, found, skipped, versions, requests } = walk;
  return {
    ...{ for: wish, startedAt, found, skipped, versions, requests },
    endedAt: now.toISOString(),
  };
}

/** That it found anything; undefined: it did not. */
export function foundEvent(
  code: string,
  { for: wish, endedAt, found }: Report,
): NewEvent | undefined {
  const differences = Object.entries(found).flatMap(([entity, { compared: _, ...counts }]) =>
    counts.missing + counts.extra + counts.different > 0 ? [{ entity, ...counts }] : [],
  );
  if (differences.length === 0) return undefined;
  const entities = differences.map(({ entity }) => entity);
  const causedAt = new Date(endedAt);
  return {
    ...{ kind: 'reconciliation.found', cause: `${code} ${wish} ${endedAt}`, causedAt },
    ...{ codes: [code], entities, differences },
  };
}

/** On one line. */
export function told({ found, versions }: Report): string {
  const all = Object.entries(found);
  const compared = all.reduce((total, [, one]) => total + one.compared, 0);
  const wrong = all.flatMap(([evidence, { missing, extra, different }]) =>
    missing + extra + different === 0
      ? []
      : [`${evidence}: ${missing} missing, ${extra} extra, ${different} different`],
  );
  const missed = versions.length > 0 ? `; missed versions ${versions.join(', ')}` : '';
  return `reconciled, ${compared} records compared, ${wrong.join('; ') || 'no difference'}${missed}`;
}
