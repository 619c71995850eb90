/**
 * What a process keeps of companies whatever the catalogue says of them by now: connections, what it
 * has asked, and what it has read of storage.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { EventStore } from '../events/event-store.ts';
import { ChangelogWatch } from '../flexibee/changelog.ts';
import type { FlexibeeCompany } from '../flexibee/client.ts';
import { type CursorStore, cursorStore } from '../flexibee/follow.ts';
import { HookDeliveries } from '../flexibee/hook-deliveries.ts';
import { HookFlags } from '../flexibee/hook-flags.ts';
import { HookNews } from '../flexibee/hook-news.ts';
import { type ReconciliationStore, reconciliationStore } from '../flexibee/reconcile/reconcile.ts';
import { RequestCount } from '../flexibee/request-count.ts';
import { FlexibeeServers } from '../flexibee/servers.ts';
import { GivenUp } from '../storage/given-up.ts';

/** What the process remembers of the storage: an idle poll reads no cursor. */
export interface CompanyDocuments {
  cursors: CursorStore;
  reconciliations: ReconciliationStore;
  flags: HookFlags;
  news: HookNews;
  deliveries: HookDeliveries;
  givenUp: GivenUp;
  events: EventStore;
}

export class CompaniesMemory {
  readonly servers = new FlexibeeServers();
  readonly changelogs = new ChangelogWatch();
  /** When a reconciliation was last queued by a poll; monotonic. */
  readonly reconcilingAt = new Map<string, number>();
  readonly #companies = new Map<string, FlexibeeCompany>();
  readonly #requests = new Map<string, RequestCount>();
  readonly onChange: () => void;
  #documents: CompanyDocuments | undefined;

  /** @param onChange called when what is listed of a company has become something else */
  constructor(onChange: () => void = () => {}) {
    this.onChange = onChange;
  }

  /**
   * A company at its server, kept as long as all is the same by which it was opened.
   *
   * @param openedBy what `open` goes by, without secrets
   */
  company(openedBy: readonly unknown[], open: () => FlexibeeCompany): FlexibeeCompany {
    const key = JSON.stringify(openedBy);
    const known = this.#companies.get(key) ?? open();
    this.#companies.set(key, known);
    return known;
  }

  /** What this process has asked the company's server, as far as no cursor has it. */
  requestsOf(code: string): RequestCount {
    const known = this.#requests.get(code) ?? new RequestCount();
    this.#requests.set(code, known);
    return known;
  }

  /** @param queueHookPoll what flags are raised for */
  documents(
    container: ContainerClient,
    { leaseSeconds, now }: { leaseSeconds: number; now(): Date },
    queueHookPoll: (code: string, signal: AbortSignal) => Promise<void>,
  ): CompanyDocuments {
    if (this.#documents === undefined) {
      const cursors = cursorStore(container, leaseSeconds, undefined, this.onChange);
      this.#documents = {
        cursors,
        reconciliations: reconciliationStore(container, leaseSeconds),
        flags: new HookFlags(container, queueHookPoll),
        news: new HookNews(cursors),
        deliveries: new HookDeliveries(container, now),
        givenUp: new GivenUp(container),
        events: new EventStore(container, now),
      };
    }
    return this.#documents;
  }

  close(): void {
    this.servers.close();
  }
}
