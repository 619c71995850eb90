/** What went wrong is in the log alone; who is told of it is told where to find it. */

import type { InvocationContext } from '@azure/functions';
import { errorReport } from './error-report.ts';

type Called = Pick<InvocationContext, 'error' | 'functionName' | 'invocationId'>;

/** Into the log, with the whole id that the answer names: a console may cut what it puts before. */
export function tellFailure(context: Called, error: unknown, what = context.functionName): void {
  context.error(`${what} failed, ${context.invocationId}: ${errorReport(error)}`);
}

/** A sentence for whoever is answered. */
export const inLog = ({ invocationId }: Pick<Called, 'invocationId'>): string =>
  `Search the log for ${invocationId}: in the terminal of npm start, or in Application Insights.`;
