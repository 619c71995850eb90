/** FlexiBee companies as JSON: shapes the answers, and describes them in `/openapi.json`. */

import { z } from 'zod';
import { closureSchema } from '../../shared/closures/closures.ts';
import { typedStates } from '../../shared/flexibee/typed/state.ts';
import { shownTroubleKinds } from '../../shared/flexibee/types.ts';
import { instantSchema } from '../../shared/storage/instant.ts';

export const companyCodeSchema = z.string().meta({ description: 'Data source of a company' });

const troubleSchema = z
  .object({
    kind: z.enum(shownTroubleKinds),
    since: instantSchema,
    message: z.string(),
    cure: z.string().meta({ description: 'What people can do about it' }),
    retryAt: instantSchema.exactOptional(),
  })
  .meta({ id: 'CompanyTrouble' });

const evidenceTroubleSchema = troubleSchema
  .extend({
    tries: z.int().meta({ description: 'Since it began' }),
    retryAt: instantSchema,
  })
  .meta({ id: 'EvidenceTrouble' });

const failureSchema = z
  .object({
    evidence: z.string(),
    procedure: z.string(),
    message: z.string(),
    since: instantSchema,
    calls: z.int().meta({ description: 'How many have failed since' }),
    nextAt: instantSchema,
  })
  .meta({ id: 'CallFailure' });

const lagSchema = z.object({
  versions: z.int().meta({
    description:
      'Versions that the server has and we have not applied, and open gaps: each is one, though perhaps nothing is missing',
  }),
  gaps: z.int().meta({
    description:
      'Of these, open gaps: where `versions` is no more, everything that the server lists is applied; a gap that nothing fills is given up after `lateMinutes` of the catalogue',
  }),
  seconds: z
    .number()
    .meta({ description: 'For how long we have not had everything; open gaps do not count' }),
});

const summarySchema = z
  .object({
    code: z.string(),
    description: z.string(),
    state: z.enum(['starting', 'loading', 'following', 'trouble']),
    paused: z.boolean().meta({ description: 'By the catalogue: its server is not asked' }),
    closure: closureSchema.exactOptional().meta({
      description: 'It, its server or the base is closed for now: it is not followed until the end',
    }),
    trouble: troubleSchema.exactOptional(),
    version: z
      .int()
      .exactOptional()
      .meta({ description: 'The newest version that is in the journal' }),
    globalVersion: z
      .int()
      .exactOptional()
      .meta({ description: 'The newest version that the server told us' }),
    lag: lagSchema,
    blocked: z.array(z.string()).meta({
      description:
        'Evidences in trouble of their own: the others are followed, their changes wait; see `evidences` of the company',
    }),
    warnings: z.array(z.string()).meta({
      description:
        'What procedures last returned other than 0, each until it returns 0; messages of the company that were given up, until their queue is emptied',
    }),
    appliedAt: instantSchema.exactOptional(),
  })
  .meta({ id: 'CompanySummary' });
export type CompanySummary = z.infer<typeof summarySchema>;

export const companiesSchema = z
  .object({ companies: z.array(summarySchema) })
  .meta({ id: 'Companies' });

const foundSchema = z
  .object({
    compared: z.int().meta({ description: 'Records at the source' }),
    missing: z.int().meta({ description: 'At the source, and not in the mirror' }),
    extra: z.int().meta({ description: 'In the mirror, and not at the source' }),
    different: z.int(),
  })
  .meta({ id: 'ReconciledEvidence' });

const reconciliationSchema = z
  .object({
    state: z.enum(['never', 'due', 'running', 'waiting', 'done']).meta({
      description:
        'due: asked for, by somebody or the night, and not begun; waiting: begun, and goes on by itself when what `waits` names is over',
    }),
    due: z
      .object({ since: instantSchema })
      .exactOptional()
      .meta({ description: 'Asked for and not done: kept until it is, whatever comes between' }),
    running: z
      .object({
        startedAt: instantSchema,
        evidence: z
          .string()
          .exactOptional()
          .meta({ description: 'That is being compared; absent: what differs is read again' }),
        compared: z.int(),
        requests: z.int().meta({ description: 'To the server; without those of polls' }),
        waits: z
          .object({ why: z.string(), since: instantSchema, until: instantSchema.exactOptional() })
          .exactOptional()
          .meta({ description: 'Why it does not go on now' }),
      })
      .exactOptional(),
    last: z
      .object({
        startedAt: instantSchema,
        endedAt: instantSchema,
        requests: z.int().meta({ description: 'To the server; without those of polls' }),
        compared: z.int(),
        differences: z.int().meta({ description: 'That were corrected' }),
        evidences: z.record(z.string(), foundSchema),
        versions: z
          .array(z.int())
          .meta({ description: 'Of changes that the mirror had missed; the first hundred' }),
        skipped: z
          .record(z.string(), z.string())
          .meta({ description: 'Evidences that could not be compared, and why' }),
      })
      .exactOptional(),
  })
  .meta({ id: 'Reconciliation' });
export type ReconciliationDetails = z.infer<typeof reconciliationSchema>;
const typedSchema = z
  .object({
    state: z.enum(typedStates).meta({
      description:
        'ready: says what the mirror says; filling: older rows are on their way; due: columns wait; failed: nobody knows what they should be',
    }),
    since: instantSchema.exactOptional(),
    message: z.string().exactOptional(),
    misfits: z
      .record(z.string(), z.int())
      .exactOptional()
      .meta({ description: 'By column: rows with a value that did not fit and is NULL' }),
    notes: z
      .array(z.string())
      .exactOptional()
      .meta({ description: 'Columns that are named with their kind, and why' }),
  })
  .meta({ id: 'TypedTable' });

const requestsSchema = z
  .object({
    today: z.int(),
    yesterday: z.int(),
    perDay: z.int().exactOptional().meta({
      description: 'As the catalogue limits them: past 90 % only hooks and people have it polled',
    }),
  })
  .meta({
    id: 'CompanyRequests',
    description:
      'Sent to its server, by day (UTC), repeated ones too; about: each worker keeps up to nine to itself, and one that died has lost them',
  });

export const companySchema = summarySchema
  .extend({
    name: z.string().meta({ description: 'As in /c/<name> at the server' }),
    server: z.string(),
    live: z
      .union([
        z.object({ globalVersion: z.int() }),
        z.object({ error: z.string(), cure: z.string().exactOptional() }),
      ])
      .exactOptional()
      .meta({ description: 'What the server answered this moment; absent with `live=false`' }),
    generation: z
      .int()
      .exactOptional()
      .meta({ description: 'Histories of the company: grows with every reset' }),
    gaps: z.int().meta({
      description: 'Open gaps: versions that may still be committed, and are asked for again',
    }),
    stale: z
      .int()
      .meta({ description: 'Records that have changed and whose rows are yet to be fetched' }),
    hidden: z.int().meta({
      description:
        'Records that have changed, are not given to us and are not known to be deleted: their rows stay as they were',
    }),
    loads: z.array(z.object({ evidence: z.string(), afterId: z.string().exactOptional() })),
    pending: z
      .array(z.string())
      .meta({ description: 'Evidences whose further procedures are yet to be called' }),
    reconciliation: reconciliationSchema,
    failures: z.array(failureSchema).meta({
      description:
        'Evidences whose further procedures have failed since then, and when they are called again',
    }),
    evidences: z.record(
      z.string(),
      z.object({
        changes: z.int(),
        created: z.int(),
        updated: z.int(),
        deleted: z.int(),
        trouble: evidenceTroubleSchema.exactOptional(),
        hidden: z.int().exactOptional().meta({ description: 'Of the records that are hidden' }),
      }),
    ),
    requests: requestsSchema,
    typed: z.record(z.string(), typedSchema).meta({ description: 'Typed tables, by evidence' }),
  })
  .meta({ id: 'Company' });
export type CompanyDetails = z.infer<typeof companySchema>;

export const changelogSchema = z
  .object({ company: z.string(), enabled: z.boolean() })
  .meta({ id: 'Changelog' });
export const companyLocationSchema = z
  .string()
  .regex(/^\/flexibee\//)
  .meta({ description: 'Path of the company', format: 'uri-reference' });
export const queuedSchema = z
  .object({ company: z.string(), location: companyLocationSchema })
  .meta({ id: 'PollQueued' });
export const hookAnswerSchema = z
  .object({
    company: z.string(),
    queued: z
      .boolean()
      .meta({ description: 'False: nothing new, or another hook of the burst has queued a poll' }),
  })
  .meta({ id: 'HookTaken' });
export const ownHookSchema = z
  .object({ company: z.string(), url: z.url() })
  .meta({ id: 'OwnHook' });
export const shownHookSchema = z
  .object({
    company: z.string(),
    url: z.url().meta({ description: 'Where the server calls this app, or would' }),
    registered: z.int().meta({ description: 'How many hooks to it the server has: 0 or 1' }),
    heardAt: instantSchema.exactOptional().meta({
      description:
        'When it was called last, to the minute; absent: never, or the hook is not counted on since changes came of which it had not told',
    }),
  })
  .meta({ id: 'ShownHook' });
export const removedHooksSchema = z
  .object({ company: z.string(), removed: z.int() })
  .meta({ id: 'RemovedHooks' });
