import { z } from 'zod';

/** A company to poll, or to reconcile. */
export const companyMessageSchema = z.object({
  /** Data source code. */
  company: z.string(),
  /** `rest`: a poll was not through when its time was over. */
  why: z.enum(['timer', 'hook', 'request', 'rest', 'reconcile']),
  /** ISO 8601. */
  at: z.string(),
  /** Of a reconciliation: `night 2026-11-29`; each makes one. */
  wish: z.string().optional(),
  /** W3C `traceparent` of what asked for it. */
  trace: z.string().optional(),
});
export type CompanyMessage = z.infer<typeof companyMessageSchema>;

/** Companies that a minute's timer has polled, many in one message. */
export const companyRoundSchema = z.object({
  /** Data source codes. */
  round: z.array(z.string()),
  /** ISO 8601. */
  at: z.string(),
  /** For so long nobody got the message after the queue had taken it, in seconds. */
  delaySeconds: z.number(),
});
export type CompanyRound = z.infer<typeof companyRoundSchema>;
