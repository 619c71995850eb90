/** What rows of the table that are about runs have in common. */

import { z } from 'zod';
import type { HeaderDescription, Parameter } from '../../shared/http/openapi.ts';
import { plannedRunSchema } from '../shapes/calls.ts';
import { drySchema } from '../shapes/dry.ts';
import { keyHeader, keySchema, replayedHeader } from '../shapes/idempotency-key.ts';
import * as schemas from '../shapes/runs.ts';

/** Texts that are answered, each with its newline. */
export const line = (...texts: readonly string[]) => z.enum(texts.map((text) => `${text}\n`));
export const atRun = {
  Location: { description: 'The run', schema: () => schemas.runLocationSchema },
};
const replayed: HeaderDescription = {
  description: 'The answer is that of an earlier request with the same key',
  schema: () => z.literal('true'),
  isOptional: true,
};
export const started = {
  200: {
    description: 'With `dry`: what would run; nothing was started',
    json: () => plannedRunSchema,
  },
  202: {
    description: 'Accepted, started or waiting in line: Location names the run',
    headers: { ...atRun, [replayedHeader]: replayed },
    text: () => line('Synchronization was started.', 'Synchronization is waiting.'),
    json: () => schemas.acceptedSchema,
  },
};
export const dry = {
  name: 'dry',
  in: 'query',
  description: 'true: what would run, as JSON, and nothing is started or written',
  schema: () => drySchema,
} as const;
/** Of whatever starts a run. */
export const startProblems = ['busy', 'closed', 'key-in-use', 'key-reused'] as const;
export const key: Parameter = {
  name: keyHeader,
  in: 'header',
  description: 'What the client calls its request, so that sending it again starts nothing twice',
  schema: () => keySchema,
};
export const pathText = z.string();
export const runId = {
  name: 'id',
  in: 'path',
  description: 'Run id',
  schema: () => schemas.runIdSchema,
} as const;
