/** A change of a company, in the audit. */

import type { HttpRequest, InvocationContext } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import type { Call } from '../../shared/http/handler.ts';
import { type AuditedChange, audited, type Changed } from '../changes.ts';
import { allowedCompany } from './named-company.ts';

type CompanyChange = Pick<AuditedChange, 'what' | 'before'>;

/**
 * As `audited`, of a company that the caller may touch.
 *
 * @throws HttpProblem 403, too
 */
export function changedCompany<T>(
  { app, request, context, call }: CompanyCall,
  change: CompanyChange,
  work: () => Promise<Changed<T>>,
): Promise<T> {
  const { caller, signal } = call;
  const { code } = allowedCompany(request, app, caller);
  if (caller === undefined) throw new Error('a change needs a route that asks for a token');
  const about = { ...change, subject: `company ${code}`, codes: [code] };
  return audited({ app, request, context, caller, signal }, about, work);
}

export interface CompanyCall {
  app: AppServices;
  request: HttpRequest;
  context: InvocationContext;
  call: Call;
}
