/** Acknowledging a trouble, so that it worries nobody for a while. */

import type { HttpRequest } from '@azure/functions';
import {
  type Acknowledgement,
  acknowledgementOf,
  isOfCode,
  type Trouble,
} from '../../shared/acknowledgements/acknowledgements.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { codeOf } from '../../shared/app/troubles.ts';
import { askerOf } from '../../shared/audit/asker.ts';
import { troublesIn } from '../../shared/board/overview/wrong.ts';
import { oneOf } from '../../shared/faults/one-of.ts';
import { show } from '../../shared/faults/show.ts';
import { json } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { authorize, mayTouch } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { type AuditedChange, audited } from '../changes.ts';
import { seenBy } from '../overview/seen-by.ts';
import {
  acknowledgementsSchema,
  type ParsedAcknowledgement,
  parseAcknowledgement,
} from '../shapes/new-acknowledgement.ts';

/** Those that hold now: their time is not over, nor is their trouble. */
export function listAcknowledgements(app: AppServices): RouteHandler {
  return async (_request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('this needs a route that asks for a token');
    const known = await app.acknowledgements.current(signal);
    const ofCodes = known.filter(({ kind }) => !isInOverview(kind));
    const codes = [...new Set(ofCodes.map(({ subject }) => codeOf(subject)))];
    const troubles = await Promise.all([
      ...codes
        .filter((code) => mayTouch(caller, [code]))
        .map((code) => app.troubles.ofCode(code, signal)),
      ofCodes.length === known.length ? [] : overviewTroubles(app, caller, signal),
    ]);
    const acknowledgements = troubles
      .flat()
      .flatMap((trouble) => acknowledgementOf(trouble, known) ?? []);
    return json(acknowledgementsSchema.parse({ acknowledgements }));
  };
}

/** The trouble is told all the same, and worries nobody until a time or until it is another one. */
export function acknowledge(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    if (caller === undefined) throw new Error('this needs a route that asks for a token');
    const body = await readJsonObject(request, { signal, place });
    const parsed = parseAcknowledgement(body, app.catalog, app.now());
    const { subject, until, note, user } = parsed;
    if (isOfCode(parsed.kind)) authorize(caller, [{ code: codeOf(subject), field: 'subject' }]);
    const trouble = await namedTrouble(app, parsed, caller, signal);
    const begin = {
      ...trouble,
      until,
      note,
      ...(user !== undefined && { user }),
      ...askerOf(caller),
    };
    const before = (await app.acknowledgements.current(signal)).find(
      (one) => one.kind === trouble.kind && one.subject === subject,
    );
    const change: AuditedChange = {
      what: 'acknowledgement.begin',
      subject: textOf(trouble),
      ...{ ...codesOf(trouble), asked: begin },
      ...(before !== undefined && { before: { ...before } }),
      ...(user !== undefined && { user }),
    };
    const begun = await audited({ app, request, context, caller, signal }, change, async () => {
      const value = await app.acknowledgements.begin(begin, signal);
      return { value, after: { ...value } };
    });
    const headers = { location: `/acknowledgements/${begun.id}` };
    return json(begun, { status: 201, headers });
  };
}

/** Takes an acknowledgement back. */
export function endAcknowledgement(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    if (caller === undefined) throw new Error('this needs a route that asks for a token');
    const known = await named(request, app, caller, signal);
    const { id } = known;
    const change: AuditedChange = {
      what: 'acknowledgement.end',
      subject: textOf(known),
      ...{ ...codesOf(known), before: { ...known } },
    };
    await audited({ app, request, context, caller, signal }, change, async () => {
      if ((await app.acknowledgements.end(id, signal)) === undefined) throw unknown(id);
      return { value: undefined };
    });
    return json(known);
  };
}

async function namedTrouble(
  app: AppServices,
  { kind, subject }: ParsedAcknowledgement,
  caller: Caller,
  signal: AbortSignal,
): Promise<Trouble> {
  const troubles = isInOverview(kind)
    ? await overviewTroubles(app, caller, signal)
    : await app.troubles.ofCode(codeOf(subject), signal);
  const found = troubles.find((one) => one.kind === kind && one.subject === subject);
  if (found !== undefined) return found;
  const all = troubles.slice(0, 20).map(textOf);
  const hint = all.length === 0 ? ': nothing is wrong there' : '';
  const message = `There is no trouble of ${show(subject)} as ${kind}${hint}.`;
  const allowed = oneOf(all);
  throw new HttpProblem('not-found', message, {
    errors: [{ field: 'subject', message, value: show(subject), allowed }],
  });
}

async function named(
  request: HttpRequest,
  app: AppServices,
  caller: Caller,
  signal: AbortSignal,
): Promise<Acknowledgement> {
  const id = request.params['id'];
  const found = (await app.acknowledgements.current(signal)).find((one) => one.id === id);
  if (found === undefined) throw unknown(id);
  if (isOfCode(found.kind)) authorize(caller, [{ code: codeOf(found.subject), field: 'id' }]);
  // What names no data source is known to whoever sees it in the overview.
  else if (!caller.codes.includes('*')) {
    const seen = await overviewTroubles(app, caller, signal);
    if (seen.every((trouble) => acknowledgementOf(trouble, [found]) === undefined)) {
      throw unknown(id);
    }
  }
  return found;
}

/** Those that only the overview knows, as far as the caller may see them. */
async function overviewTroubles(
  app: AppServices,
  caller: Caller,
  signal: AbortSignal,
): Promise<Trouble[]> {
  const facts = (await app.overviews.facts(signal))?.value;
  if (facts == null) return [];
  return troublesIn(seenBy(facts, caller));
}

/** Whether the overview alone knows of troubles of this kind. */
function isInOverview(kind: Trouble['kind']): boolean {
  return kind === 'check' || !isOfCode(kind);
}

function codesOf(trouble: Trouble): Pick<AuditedChange, 'codes'> {
  return isOfCode(trouble.kind) ? { codes: [codeOf(trouble.subject)] } : {};
}

function unknown(id: unknown): HttpProblem {
  const message = `There is no acknowledgement ${show(id)}.`;
  const allowed = 'the id of one, see /acknowledgements';
  return new HttpProblem('not-found', message, {
    errors: [{ field: 'id', message, value: show(id), allowed }],
  });
}

function textOf({ kind, subject }: Pick<Trouble, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`;
}
