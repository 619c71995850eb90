/** An event as it is kept: what happened, and how far each target has heard of it. */

import { z } from 'zod';
import type { DocumentForm } from '../storage/form.ts';
import { instantSchema } from '../storage/instant.ts';
import { eventSchema } from './event.ts';

export const deliveryStates = ['waiting', 'delivered', 'given up'] as const;

export const deliverySchema = z
  .object({
    state: z.enum(deliveryStates),
    attempts: z.int().nonnegative(),
    since: instantSchema
      .exactOptional()
      .meta({ description: 'When it was first to be sent: a day later it is given up' }),
    nextAt: instantSchema
      .exactOptional()
      .meta({ description: 'Of one that waits: when it is sent, or sent again' }),
    endedAt: instantSchema.exactOptional(),
    error: z
      .string()
      .exactOptional()
      .meta({ description: 'Why the latest attempt failed, or what was odd about it' }),
  })
  .meta({ id: 'Delivery', description: 'How far a target has heard of an event' });
export type Delivery = z.infer<typeof deliverySchema>;

export const eventDocumentSchema = eventSchema.extend({
  /** By target; absent until somebody has looked which of them want it. */
  deliveries: z.record(z.string(), deliverySchema).exactOptional(),
});
export type EventDocument = z.infer<typeof eventDocumentSchema>;

export const eventForm: DocumentForm<EventDocument> = {
  schema: eventDocumentSchema,
  version: 1,
  maxBytes: 256 * 1024,
  isNamed: (name, { id }) => id === name,
};

/** Nobody waits for it any more. */
export function isSettled({ deliveries }: Pick<EventDocument, 'deliveries'>): boolean {
  return (
    deliveries !== undefined && Object.values(deliveries).every(({ state }) => state !== 'waiting')
  );
}
