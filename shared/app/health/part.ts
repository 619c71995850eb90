/** One line of the app's health. */

import { z } from 'zod';

/** From good to bad. */
export const healthStates = ['ok', 'degraded', 'failing'] as const;
export type HealthState = (typeof healthStates)[number];

export const healthStateSchema = z.enum(healthStates).meta({
  description:
    '`failing`: syncboard cannot do its work; `degraded`: it can, but somebody should look',
});

/** What is looked at; of some there are several, which have an id or a name behind the word. */
export const partKinds = [
  'storage',
  'database',
  'server',
  'procedures',
  'catalog',
  'companies',
  'syncs',
  'ages',
  'connection',
  'queries',
  'documents',
  'locks',
  'exclusives',
  'queue',
  'target',
  'targets',
  'closures',
] as const;
type PartKind = (typeof partKinds)[number];
export type PartName = PartKind | `${PartKind} ${string}`;

export const healthPartSchema = z
  .object({
    part: z.string().meta({
      description:
        '`storage`, `catalog`, `database <id>`, `companies`, `syncs`, `documents`, `queue <name>`, `target <name>` …',
    }),
    state: healthStateSchema,
    /** Short, without a secret. */
    reason: z.string().exactOptional(),
    milliseconds: z.number().exactOptional(),
    guesses: z.int().exactOptional().meta({
      description: 'Of `catalog`: entries that it calls a guess itself; see docs/catalog.md',
    }),
    revision: z.string().exactOptional().meta({
      description:
        'Of `catalog`: of the catalogue that this worker plans by; in each run as `catalog`',
    }),
    dynsqlRevision: z.string().exactOptional().meta({
      description: 'Of `catalog`: of the definitions and reports that databases are asked by',
    }),
    acknowledged: z.int().exactOptional().meta({
      description:
        'Of `companies` and `syncs`: troubles that somebody knows of; these worry nobody',
    }),
    used: z.int().exactOptional().meta({
      description:
        'Of `database <id>`: connections that are lent out; of `queries <connection>`: queries under way',
    }),
    most: z.int().exactOptional().meta({ description: 'How many there may be of these' }),
    waiting: z.int().exactOptional().meta({ description: 'Those who wait for one' }),
    poison: z.int().exactOptional().meta({
      description: 'Of `queue <name>`: messages in its poison queue, which were given up',
    }),
  })
  .meta({ id: 'HealthPart' });
export type HealthPart = z.infer<typeof healthPartSchema>;
