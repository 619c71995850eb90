/** A document that several people change: what was seen of it goes along with a change of it. */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { answered, Refusal } from '../../../api/client.ts';
import type { Author } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { changes } from '../../../live/overview.ts';
import { type Asked, useLive } from '../../../live/use-live.ts';
import { near } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';

/** What others do to it is seen within so long: the overview does not tell of it. */
const everyMs = 4_000;

interface Changed {
  revision: number;
  changedAt?: string;
  changedBy?: Author;
}

export interface Shared<T> {
  data: ReadonlySignal<T | undefined>;
  refusal: ReadonlySignal<Refusal | undefined>;
  /**
   * Changes what was seen, and shows what it is then. Where somebody else was quicker nothing is
   * done, and that one's state is shown.
   *
   * @throws Refusal, which says who has changed it
   */
  change(put: (ifMatch: { 'If-Match'?: string }) => Asked<T>): Promise<void>;
}

export function useShared<T extends Changed>(
  key: string,
  get: (how: { headers?: Record<string, string>; signal?: AbortSignal }) => Asked<T>,
): Shared<T> {
  const data = useSignal<T | undefined>(undefined);
  const refusal = useSignal<Refusal | undefined>(undefined);
  const etag = useSignal<string | undefined>(undefined);
  const take = (value: T, { headers }: Response) => {
    data.value = value;
    etag.value = headers.get('etag') ?? undefined;
  };
  const look = async (how: Parameters<typeof get>[0]) => {
    const asked = await get(how);
    if (asked.response.ok && asked.data !== undefined) {
      const isOther = data.value !== undefined && data.value.revision !== asked.data.revision;
      take(asked.data, asked.response);
      // The lists that it stands in are others, too.
      if (isOther) changes.value += 1;
    }
    if (asked.response.status !== 304) {
      const problem = (asked.error ?? {}) as Refusal['problem'];
      refusal.value = asked.response.ok ? undefined : new Refusal(asked.response.status, problem);
    }
    return asked;
  };
  useLive(key, look, { everyMs });
  return useMemo(() => {
    const change: Shared<T>['change'] = async (put) => {
      const asked = await put(etag.value === undefined ? {} : { 'If-Match': etag.value });
      if (asked.response.status === 412) {
        const again = await get({});
        const value = await answered(Promise.resolve(again));
        take(value, again.response);
        throw new Refusal(412, { detail: changedMeanwhile(value) });
      }
      take(await answered(Promise.resolve(asked)), asked.response);
    };
    return { data, refusal, change };
  }, [key]);
}

/** Somebody else has made one of this name: what was typed stays. */
export const nameTaken = (name: string): Refusal =>
  new Refusal(412, { detail: say('board.nameTaken', { name }) });

export function authorOf({ changedBy }: Changed): string {
  return changedBy?.user ?? changedBy?.token ?? '';
}

/** Who has changed what was seen; undefined: it is the same. */
export function changedSince<T extends Changed>(
  seen: T,
  { value }: ReadonlySignal<T | undefined>,
): string | undefined {
  if (value === undefined || value.revision === seen.revision) return undefined;
  return changedMeanwhile(value);
}

/** Who changed it since it was seen. */
export function changedMeanwhile(value: Changed): string {
  const time = value.changedAt === undefined ? '' : near(value.changedAt, now.value);
  return say('board.changedMeanwhile', { who: authorOf(value), time });
}
