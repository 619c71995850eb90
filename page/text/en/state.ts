/** States of runs and stages. */
export const state = {
  waiting: 'waits',
  queued: 'queued',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
  pending: 'pending',
  skipped: 'skipped',
} as const;
