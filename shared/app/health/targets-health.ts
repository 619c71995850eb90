import type { Notifications, ShownTarget } from '../notifications.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

/** Each target of events: whether it takes them; no lines where there are none. */
export async function targetsHealth(
  events: Pick<Notifications, 'targets'>,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  let targets: ShownTarget[] = [];
  const part = await checkPart(
    'targets',
    async (bounded) => {
      targets = await events.targets(bounded);
    },
    signal,
  );
  return part.state === 'ok' ? targets.map(partOf) : [part];
}

function partOf({ name, failingSince, error, givenUp }: ShownTarget): HealthPart {
  const reasons = [
    failingSince && `takes nothing since ${failingSince}: ${error ?? 'no reason is known'}`,
    givenUp &&
      `${givenUp.count} events were given up, the latest at ${givenUp.latestAt}: see /events?target=${name}&state=given%20up, and POST /events/test when it is cured`,
  ].filter((reason) => reason !== undefined);
  const part = `target ${name}`;
  return reasons.length === 0
    ? { part, state: 'ok' }
    : { part, state: 'degraded', reason: reasons.join('; ') };
}
