/** host.json: what the host takes from it, with the real host's defaults and limits. */

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type LogLevel, logLevels } from './log.ts';
import { parseTimeSpan } from './time-span.ts';

const second = 1000;
const minute = 60 * second;

const timeSpan = (atLeast: number, atMost = Number.MAX_SAFE_INTEGER) =>
  z.string().transform((text, context) => {
    const milliseconds = parseTimeSpan(text);
    if (milliseconds !== undefined && milliseconds >= atLeast && milliseconds <= atMost) {
      return milliseconds;
    }
    context.addIssue({
      code: 'custom',
      message: `"${text}" is no time span [d.]hh:mm:ss between ${atLeast} and ${atMost} ms`,
    });
    return z.NEVER;
  });

const logLevel = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(logLevels as [LogLevel, ...LogLevel[]]));

const queuesSchema = z
  .object({
    batchSize: z.int().min(1).max(32).default(16),
    newBatchThreshold: z.int().min(0).optional(),
    maxDequeueCount: z.int().min(1).default(5),
    /** 2 s is the default of a development environment; it is a minute in Azure. */
    maxPollingInterval: timeSpan(100).default(2 * second),
    visibilityTimeout: timeSpan(0).default(0),
    messageEncoding: z
      .string()
      .transform((text) => text.toLowerCase())
      .pipe(z.enum(['base64', 'none']))
      .default('base64'),
  })
  .transform((queues) => ({
    ...queues,
    newBatchThreshold:
      queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2) * availableParallelism(),
  }));

/** 15 to 60 s are the storage service's own limits of a lease. */
const singletonSchema = z.object({
  listenerLockPeriod: timeSpan(15 * second, minute).default(minute),
  listenerLockRecoveryPollingInterval: timeSpan(15 * second).default(minute),
});

const hostJsonSchema = z
  .object({
    version: z.literal('2.0'),
    functionTimeout: z.union([z.literal('-1'), timeSpan(second)]).default(30 * minute),
    singleton: singletonSchema.prefault({}),
    logging: z.object({ logLevel: z.record(z.string(), logLevel).default({}) }).prefault({}),
    extensions: z
      .object({
        http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
        queues: queuesSchema.prefault({}),
      })
      .prefault({}),
  })
  .transform((json) => ({
    routePrefix: json.extensions.http.routePrefix.replaceAll(/^\/+|\/+$/g, ''),
    /** Milliseconds; undefined: no limit. */
    functionTimeout: json.functionTimeout === '-1' ? undefined : json.functionTimeout,
    /** All times in milliseconds. */
    queues: json.extensions.queues,
    singleton: json.singleton,
    logLevels: json.logging.logLevel,
  }));

export type HostConfiguration = z.output<typeof hostJsonSchema>;
export type QueueOptions = HostConfiguration['queues'];
export type SingletonOptions = HostConfiguration['singleton'];

/**
 * Reads and checks host.json of the app. Sections this host has no part in are passed over.
 * @throws Error naming the file and every wrong member.
 */
export async function readHostConfiguration(directory: string): Promise<HostConfiguration> {
  const path = join(directory, 'host.json');
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON: ${String(error)}`, { cause: error });
  }
  const result = hostJsonSchema.safeParse(json);
  if (!result.success) throw new Error(`${path}: ${z.prettifyError(result.error)}`);
  return result.data;
}
