/** What a run's procedures said: read once somebody looks, and on while it goes on. */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, Refusal } from '../api/client.ts';
import type { Problem } from '../api/schema.d.ts';
import { pause } from './pause.ts';

export interface LogLine {
  at: string;
  stage: string;
  /** `*`: what the app tells of the stage, and not the procedure. */
  isOurs: boolean;
  text: string;
}

export interface Log {
  /** The newest; undefined until the first answer. */
  lines: readonly LogLine[] | undefined;
  /** What was said before them is left out. */
  isCut: boolean;
  refusal: Refusal | undefined;
}

/** More than that is not read at once: the end of it is. */
const mostBytes = 1_000_000;
/** Nobody reads more in a page; the whole text is a request away. */
const mostLines = 2_000;
/** A log has no answer that is held: it is asked for anew. */
const turnMs = 2_000;

/**
 * @param stage of one stage alone; undefined: of all
 * @param isGoingOn whether more may come
 */
export function useLog(
  id: string,
  stage: string | undefined,
  isGoingOn: boolean,
): ReadonlySignal<Log> {
  const log = useSignal<Log>({ lines: undefined, isCut: false, refusal: undefined });
  const reader = useSignal<{ key: string; from: number | undefined }>({ key: '', from: undefined });
  useEffect(() => {
    const ended = new AbortController();
    const key = `${id} ${stage}`;
    if (reader.peek().key !== key) {
      reader.value = { key, from: undefined };
      log.value = { lines: undefined, isCut: false, refusal: undefined };
    }
    const look = async () => {
      while (!ended.signal.aborted) {
        if (!document.hidden) await more();
        if (!isGoingOn) return;
        await pause(turnMs, ended.signal);
      }
    };
    const more = async () => {
      try {
        const { from = 0 } = reader.peek();
        const first = await ask(id, stage, from, ended.signal);
        const isLong = first.next - from > mostBytes;
        if (isLong) await first.body?.cancel();
        const start = first.next - mostBytes;
        const part = isLong ? await ask(id, stage, start, ended.signal) : first;
        const text = await new Response(part.body).text();
        if (ended.signal.aborted) return;
        reader.value = { key, from: part.next };
        const { lines = [], isCut } = log.peek();
        const found = linesOf(isLong ? text.slice(text.search(/\n(?!\t)/) + 1) : text);
        if (found.length === 0 && log.peek().lines !== undefined) return;
        const all = [...(isLong ? [] : lines), ...found];
        log.value = {
          lines: all.slice(-mostLines),
          isCut: isCut || isLong || all.length > mostLines,
          refusal: undefined,
        };
      } catch (error) {
        // That nobody answers the long poll tells; the next turn asks again.
        if (error instanceof Refusal) log.value = { ...log.peek(), refusal: error };
      }
    };
    void look();
    return () => ended.abort();
  }, [id, stage, isGoingOn]);
  return log;
}

interface Part {
  /** Bytes up to its end. */
  next: number;
  body: ReadableStream<Uint8Array> | null;
}

async function ask(
  id: string,
  stage: string | undefined,
  from: number,
  signal: AbortSignal,
): Promise<Part> {
  const { data, error, response } = await api.GET('/runs/{id}/log', {
    params: {
      path: { id },
      query: { from: String(from), ...(stage !== undefined && { stage }) },
    },
    headers: { accept: 'text/plain' },
    parseAs: 'stream',
    signal,
  });
  if (!response.ok) throw new Refusal(response.status, (error ?? {}) as Partial<Problem>);
  const [, next] = /[?&]from=(\d+)/.exec(response.headers.get('link') ?? '') ?? [];
  return { next: next === undefined ? from : Number(next), body: data ?? null };
}

/** `2019-07-31T10:00:02.000Z export:meter:0c10 | 40000 rows`; further lines of a text begin with a tab. */
const lineForm = /^(\S+) (\S+) ([|*]) ([\s\S]*)$/;

function linesOf(text: string): LogLine[] {
  return text.split(/\n(?!\t)/).flatMap((line) => {
    const [, at, stage, kind, said] = lineForm.exec(line) ?? [];
    if (at === undefined || stage === undefined || said === undefined) return [];
    return [{ at, stage, isOurs: kind === '*', text: said.replaceAll('\n\t', '\n') }];
  });
}
