/** One company at its FlexiBee server: source of changes and records, changelog control, hooks. */

import type { z } from 'zod';
import { evidenceCures, FlexibeeError } from './errors.ts';
import { RequestSizes } from './request-sizes.ts';
import { type Ask, type Company, Requests } from './requests.ts';
import type { FlexibeeServers } from './servers.ts';
import { type EvidenceProperties, propertiesAnswer } from './typed/properties.ts';
import type { ChangesPage, Source, TroubleKind } from './types.ts';
import type { Hook } from './wire.ts';
import * as wire from './wire.ts';

/** Every call throws `FlexibeeError`, or the reason of `signal`. */
export interface FlexibeeCompany extends Source {
  /** The company's newest version; throws "changelog disabled" where none is kept. */
  newestVersion(signal: AbortSignal): Promise<number>;
  /** What an evidence's records are made of. */
  properties(evidence: string, signal: AbortSignal): Promise<EvidenceProperties>;
  /** Whether the changelog is on. */
  status(signal: AbortSignal): Promise<boolean>;
  /** Turns the changelog on; "company in use" while anybody is logged in to the company. */
  enable(signal: AbortSignal): Promise<void>;
  disable(signal: AbortSignal): Promise<void>;
  hooks: {
    list(signal: AbortSignal): Promise<Hook[]>;
    /** @param hook `secret` comes back in the header X-FB-Hook-SecKey of every delivery */
    register(hook: { url: string; secret?: string }, signal: AbortSignal): Promise<void>;
    remove(id: string, signal: AbortSignal): Promise<void>;
  };
}

/** Every field, nothing hidden by the accounting period, external ids too. */
const whole = { detail: 'full', 'filtrovat-platnost': 'false', 'no-ext-ids': 'false' };

export function openCompany(company: Company, servers: FlexibeeServers): FlexibeeCompany {
  return new Client(new Requests(company, servers), company.pageSize);
}

class Client implements FlexibeeCompany {
  readonly #requests: Requests;
  /** Of listings of changes. */
  readonly #sizes: RequestSizes;

  constructor(requests: Requests, pageSize: number | undefined) {
    this.#requests = requests;
    this.#sizes = new RequestSizes({}, pageSize);
  }

  async changes(range: { start: number; limit: number }, signal: AbortSignal) {
    const query = { start: `${range.start}` };
    const ask: Ask = { method: 'GET', path: 'changes.json', query, shrinks: true };
    const page = await this.#fewer(range.limit, ask, signal);
    // What a server without a changelog may say too.
    const isSilent = page.globalVersion === 0 && page.changes.length === 0;
    if (isSilent && !(await this.status(signal))) throw this.#disabled(ask);
    return page;
  }

  async newestVersion(signal: AbortSignal): Promise<number> {
    return (await this.changes({ start: 0, limit: 1 }, signal)).globalVersion;
  }

  list(
    evidence: string,
    range: { afterId?: string | undefined; limit: number; detail?: string },
    signal: AbortSignal,
  ) {
    const { afterId, limit, detail = whole.detail } = range;
    const above = afterId === undefined ? '' : `/${part(`(id > ${afterId})`)}`;
    const ask: Ask = {
      method: 'GET',
      path: `${part(evidence)}${above}.json`,
      query: {
        ...whole,
        detail,
        order: 'id',
        limit: `${limit}`,
        'add-global-version': 'true',
        'add-row-count': 'true',
      },
      evidence,
      shrinks: true,
    };
    return this.#read(ask, wire.recordsPage(evidence, afterId), signal);
  }

  async records(evidence: string, ids: readonly string[], signal: AbortSignal) {
    if (ids.length === 0) return [];
    const ask: Ask = {
      method: 'POST',
      path: `${part(evidence)}/get.json`,
      query: { ...whole, limit: '0' },
      // As text: a number need not be one that a double can hold.
      body: `{"winstrom":{"id":[${[...new Set(ids)].join(',')}]}}`,
      evidence,
      isRepeatable: true,
      shrinks: true,
    };
    return await this.#read(ask, wire.recordsAnswer(evidence), signal);
  }

  properties(evidence: string, signal: AbortSignal) {
    const ask: Ask = { method: 'GET', path: `${part(evidence)}/properties.json`, evidence };
    return this.#read(ask, propertiesAnswer, signal);
  }

  status(signal: AbortSignal): Promise<boolean> {
    const ask: Ask = { method: 'GET', path: 'changes/status.json' };
    return this.#requests.ask(ask, wire.changelogStatus, signal);
  }

  enable(signal: AbortSignal): Promise<void> {
    return this.#switch('enable', signal);
  }

  disable(signal: AbortSignal): Promise<void> {
    return this.#switch('disable', signal);
  }

  readonly hooks: FlexibeeCompany['hooks'] = {
    list: (signal) => this.#read({ method: 'GET', path: 'hooks.json' }, wire.hooksAnswer, signal),
    register: async ({ url, secret }, signal) => {
      const query = { url, format: 'JSON', ...(secret !== undefined && { secKey: secret }) };
      await this.#read({ method: 'PUT', path: 'hooks.json', query }, wire.done, signal);
    },
    remove: async (id, signal) => {
      await this.#read({ method: 'DELETE', path: `hooks/${part(id)}.json` }, wire.done, signal);
    },
  };

  async #switch(to: 'enable' | 'disable', signal: AbortSignal): Promise<void> {
    await this.#requests.ask({ method: 'PUT', path: `changes/${to}.json` }, wire.done, signal);
  }

  /** One that is too large or too slow is asked for once more, half of it. */
  async #fewer(limit: number, ask: Ask, signal: AbortSignal): Promise<ChangesPage> {
    for (let attempt = 1; ; attempt += 1) {
      const asked = this.#sizes.of('changes', limit);
      const sized = { ...ask, query: { ...ask.query, limit: `${asked}` } };
      try {
        const page = await this.#read(sized, wire.changesPage, signal);
        this.#sizes.answered('changes', asked, limit);
        return page;
      } catch (error) {
        if (!(error instanceof FlexibeeError && error.isTooMuch)) throw error;
        // A second silence of a whole deadline is enough to know; the next poll asks for less.
        if (!this.#sizes.tooMuch('changes', asked) || attempt === 2) throw error;
      }
    }
  }

  /** Asks, and where that fails finds out what is behind it. */
  async #read<T>(ask: Ask, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    try {
      return await this.#requests.ask(ask, schema, signal);
    } catch (error) {
      if (!(error instanceof FlexibeeError) || !isAmbiguous(error)) throw error;
      const isOn = await this.status(signal).catch(() => {
        signal.throwIfAborted();
        return undefined;
      });
      // Without a changelog there are no versions and no hooks, but records; how a server then
      // refuses is not documented.
      if (isOn === false && !ask.path.endsWith('/get.json')) throw this.#disabled(ask, error);
      if (isOn === undefined || error.kind !== 'unknown company') throw error;
      const fault = 'the company is there, but this is not (HTTP 404)';
      const cure = ask.evidence === undefined ? undefined : evidenceCures.notFound;
      throw this.#requests.error(ask, { kind: 'request refused', status: 404, fault, cure }, error);
    }
  }

  #disabled(ask: Ask, cause?: FlexibeeError): FlexibeeError {
    const failure = { kind: 'changelog disabled', status: cause?.status } as const;
    return this.#requests.error(ask, { ...failure, fault: 'the changelog is off' }, cause);
  }
}

/** Answered, and what it means depends on how the company is. */
function isAmbiguous({ kind, status, isTooMuch }: FlexibeeError): boolean {
  const kinds: TroubleKind[] = ['request refused', 'answer not understood', 'unknown company'];
  if (isTooMuch) return false;
  return status === 500 || (status !== undefined && kinds.includes(kind));
}

/** Parentheses stay as they are, as FlexiBee's own clients send them. */
function part(text: string): string {
  return encodeURIComponent(text);
}
