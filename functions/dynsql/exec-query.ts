import type { HttpRequest } from '@azure/functions';
import { fairAnswer } from '../../shared/app/connections/fair-answer.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { show } from '../../shared/faults/show.ts';
import { accepts } from '../../shared/http/accept.ts';
import { json } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { laidOutPieces } from '../../shared/http/json-layout.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { streamedBody } from '../../shared/http/streamed-body.ts';
import { isDry } from '../shapes/dry.ts';
import { allowedConnection, pathParameter } from './allowed-connection.ts';
import { explained } from './problems.ts';

/** Bytes: several lists of 10,000 values. */
const bodyLimit = 4 * 1024 * 1024;

/** Azure's front end gives up after 230 s without a byte. */
const firstByteMs = 220_000;

/** Runs a query; its rows, or the pages of a report, are sent as they come. */
export function execQuery(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, isPretty }) => {
    const connection = allowedConnection(request, app, caller);
    const holder = { name: caller?.name ?? '', weight: caller?.weight };
    const report = request.query.get('report') ?? undefined;
    const isDryRun = isDry(request.query);
    const contentType = report === undefined || isDryRun ? 'application/json' : 'application/pdf';
    requireAccepted(request, contentType);
    const body = await readJsonObject(request, signal, { limit: bodyLimit });
    const definition = pathParameter(request, 'id');
    return await explained(context, async () => {
      const answer = connection.answer({ definition, body, report, user: caller?.name });
      if (isDryRun) return json(await answer.dry(signal));
      const slow = new AbortController();
      const timer = setTimeout(() => slow.abort(tooSlow()), firstByteMs);
      try {
        const limit = AbortSignal.any([app.dynsql.stopping, slow.signal]);
        const inTurn = (within: AbortSignal) =>
          fairAnswer(connection.places, holder, answer.make, within);
        const make =
          contentType === 'application/json'
            ? (within: AbortSignal) => laidOutPieces(inTurn(within), isPretty)
            : inTurn;
        const stream = await streamedBody(context.invocationId, make, limit);
        return { headers: { 'content-type': contentType }, body: stream };
      } finally {
        clearTimeout(timer);
      }
    });
  };
}

function requireAccepted(request: HttpRequest, contentType: string): void {
  const given = request.headers.get('accept');
  if (accepts(given, contentType)) return;
  const message =
    contentType === 'application/pdf'
      ? 'A report is a PDF: Accept must allow application/pdf.'
      : 'Rows are JSON: Accept must allow application/json; a PDF needs ?report=<id>.';
  throw new HttpProblem('not-acceptable', message, {
    errors: [{ field: 'Accept', message, value: show(given), allowed: contentType }],
  });
}

function tooSlow(): HttpProblem {
  const text = `The answer did not begin within ${firstByteMs / 1000} s. Ask for less at once.`;
  return new HttpProblem('too-slow', text);
}
