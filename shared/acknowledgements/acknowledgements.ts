/**
 * Troubles that somebody knows of: `state/acknowledgements.json`. They are told all the same, marked,
 * and worry nobody until a time, or until the trouble is another one.
 */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AgedCache } from '../async/aged-cache.ts';
import { askerMembers } from '../audit/asker.ts';
import { DocumentNewerError } from '../storage/documents.ts';
import { instantSchema } from '../storage/instant.ts';
import { ListDocument } from '../storage/list-document.ts';
import type { OpenContainer } from '../storage/place.ts';
import { storageLimit } from '../storage/storage-call.ts';
import type { Tell } from '../storage/tell.ts';

export const troubleKinds = [
  ...(['company', 'evidence', 'calls', 'sync', 'age', 'check'] as const),
  ...(['schedule', 'late', 'slow', 'queue', 'system'] as const),
] as const;
type TroubleKind = (typeof troubleKinds)[number];

/** Whether subjects of a kind begin with the data source that they are of. */
export function isOfCode(kind: TroubleKind): boolean {
  return troubleKinds.indexOf(kind) < troubleKinds.indexOf('schedule');
}

const troubleSchema = z.object({
  kind: z.enum(troubleKinds).meta({
    description:
      '`company`: it is not followed; `evidence`: one of its evidences is not; `calls`: procedures after changes of an evidence fail; `sync`: an entity of a data source has failed and not succeeded since; `age`: its data are older than the catalogue’s `maxAge`; `schedule`: due times of a schedule came to nothing; `late`: one is late; `slow`: a run is; `check`: a check of an entity differs; `queue`: messages of a queue were given up; `system`: a part of `/health` is not as it should be',
  }),
  subject: z.string().meta({
    description:
      '`flexi-demo`, of an evidence or an entity `flexi-demo/adresar`, `0c10/payment`; the name of a schedule or of a queue, the id of a run, a part of `/health`',
  }),
  what: z.string().meta({ description: 'What is wrong, in brief' }),
  since: instantSchema,
});
/** Something that is wrong, until it is not: the same as long as all four members are. */
export type Trouble = z.infer<typeof troubleSchema>;

export const acknowledgementSchema = troubleSchema
  .extend({
    id: z.string(),
    until: instantSchema,
    note: z.string(),
    user: z.string().exactOptional().meta({ description: 'Who acknowledged it' }),
    ...askerMembers,
    at: instantSchema,
  })
  .meta({ id: 'Acknowledgement', description: 'Of a trouble that somebody knows of' });
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

/** Of all troubles; whoever has more has another one. */
const mostAcknowledgements = 1_000;

const rememberedMs = 1_000;
const readMs = 20_000;

export class Acknowledgements {
  readonly #container: OpenContainer;
  readonly #now: () => Date;
  readonly #tell: Tell | undefined;
  readonly #remembered = new AgedCache<readonly Acknowledgement[]>(() => performance.now());

  constructor(container: OpenContainer, now: () => Date, tell?: Tell) {
    this.#container = container;
    this.#now = now;
    this.#tell = tell;
  }

  /** Those whose time is not over, as of the last second; their troubles may be. */
  async current(signal: AbortSignal): Promise<readonly Acknowledgement[]> {
    const read = () => this.#read(storageLimit('read the acknowledgements', readMs));
    const known = await this.#remembered.get('', rememberedMs, read, signal);
    return inTime(known, this.#now());
  }

  /** In place of an earlier one of the same subject. @throws DocumentNewerError, storage's error */
  async begin(
    acknowledgement: Omit<Acknowledgement, 'id' | 'at'>,
    signal: AbortSignal,
  ): Promise<Acknowledgement> {
    const document = await this.#document(signal);
    const now = this.#now();
    const begun = { id: randomUUID(), ...acknowledgement, at: now.toISOString() };
    const { kind, subject } = begun;
    await document.update((all) => {
      const others = inTime(all, now).filter((one) => one.kind !== kind || one.subject !== subject);
      return [...others, begun].slice(-mostAcknowledgements);
    }, signal);
    this.#remembered.delete('');
    return begun;
  }

  /** @returns what was taken back; undefined where there is none (any more) */
  async end(id: string, signal: AbortSignal): Promise<Acknowledgement | undefined> {
    const document = await this.#document(signal);
    let ended: Acknowledgement | undefined;
    await document.update((all) => {
      ended = inTime(all, this.#now()).find((one) => one.id === id);
      return ended === undefined ? all : all.filter((one) => one.id !== id);
    }, signal);
    this.#remembered.delete('');
    return ended;
  }

  async #read(signal: AbortSignal): Promise<readonly Acknowledgement[]> {
    try {
      return await (await this.#document(signal)).read(signal);
    } catch (error) {
      // Its workers know what is acknowledged; for this one everything is worth a look.
      if (error instanceof DocumentNewerError) return [];
      throw error;
    }
  }

  async #document(signal: AbortSignal): Promise<ListDocument<Acknowledgement>> {
    const form = {
      name: 'acknowledgements',
      schema: acknowledgementSchema,
      version: 1,
      meaning: 'nothing is acknowledged',
    };
    return new ListDocument(await this.#container(signal), form, this.#tell);
  }
}

/** The acknowledgement of a trouble: of another one of the same subject it says nothing. */
export function acknowledgementOf(
  { kind, subject, what, since }: Trouble,
  acknowledgements: readonly Acknowledgement[],
): Acknowledgement | undefined {
  return acknowledgements.find(
    (one) =>
      one.kind === kind && one.subject === subject && one.what === what && one.since === since,
  );
}

function inTime(all: readonly Acknowledgement[], now: Date): Acknowledgement[] {
  return all.filter(({ until }) => Date.parse(until) > now.getTime());
}
