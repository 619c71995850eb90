/** Sends a target something, so that somebody sees whether it arrives. */

import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { audited } from '../changes.ts';
import { parseTargetTest, targetTestSchema } from '../shapes/events.ts';

export function testTarget(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    if (caller === undefined) throw new Error('a test needs a route that asks for a token');
    const names = app.settings.targets.map(({ name }) => name);
    if (names.length === 0) {
      throw new HttpProblem('not-configured', 'There are no targets: NOTIFICATIONS is not set.');
    }
    const { target, user } = parseTargetTest(
      await readJsonObject(request, { signal, place }),
      names,
    );
    const change = {
      what: 'target.test' as const,
      subject: `target ${target}`,
      ...(user !== undefined && { user }),
    };
    const call = { app, request, context, caller, signal };
    // The target may be slow.
    place.end();
    const sent = await audited(call, change, async () => {
      const value = await app.events.test(target, user, signal);
      return { value, after: { taken: value.isTaken } };
    });
    const { isTaken: taken, milliseconds } = sent;
    const error = sent.isTaken ? sent.odd : sent.error;
    return json(
      targetTestSchema.parse({
        target,
        taken,
        milliseconds,
        ...(error !== undefined && { error }),
      }),
    );
  };
}
