import type { AppServices } from '../../shared/app/services.ts';
import type { AuditEntry } from '../../shared/audit/audit.ts';
import { json } from '../../shared/http/answer.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { mayTouch } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { auditPageSchema, auditQuery, placeText } from '../shapes/audit-page.ts';

/** Who changed what, the newest first, a page at a time; of data sources that the caller may touch. */
export function readAudit(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('the audit needs a route that asks for a token');
    const { who, what, ...query } = auditQuery(request.query, app.catalog.periods.timeZone);
    const isWanted = (entry: AuditEntry) =>
      mayRead(caller, entry) && isBy(entry, who) && isOf(entry, what);
    const { entries, next, damaged } = await app.audit.read({ ...query, isWanted }, signal);
    const page = auditPageSchema.parse({ entries, ...(damaged > 0 && { damaged }) });
    if (next === undefined) return json(page);
    const following = new URLSearchParams(request.query);
    following.set('after', placeText(next));
    return json({ ...page, next: `/audit?${following}` });
  };
}

/** What concerns more than data sources is for whoever may touch all. */
function mayRead(caller: Caller, { codes }: AuditEntry): boolean {
  return codes === undefined ? caller.codes.includes('*') : mayTouch(caller, codes);
}

function isBy({ who: { token, principal, user } }: AuditEntry, who: string | undefined): boolean {
  return who === undefined || [token, principal, user].includes(who);
}

/** `run` is every kind that begins with it. */
function isOf(entry: AuditEntry, what: string | undefined): boolean {
  return what === undefined || entry.what === what || entry.what.startsWith(`${what}.`);
}
