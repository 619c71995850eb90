/** What telemetry is told of polls. */

import type { InvocationContext } from '@azure/functions';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import { measured } from '../../shared/telemetry/measurements.ts';
import { inSpan } from '../../shared/telemetry/spans.ts';

/** @param poll gives what came of it */
export async function toldPoll<T extends string>(
  { company, why, trace }: CompanyMessage,
  { traceContext }: InvocationContext,
  poll: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  const described = () => ({
    kind: 'consumer' as const,
    parent: traceContext?.traceParent,
    links: [trace],
    attributes: { 'syncboard.company': company, 'syncboard.why': why },
  });
  return await inSpan('poll', described, async (span) => {
    const outcome = await poll();
    span?.setAttribute('syncboard.outcome', outcome);
    measured()?.polls.add(1, { outcome, why });
    measured()?.pollDuration.record((performance.now() - startedAt) / 1000, { outcome });
    return outcome;
  });
}
