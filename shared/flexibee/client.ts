/** One company at its FlexiBee server: source of changes and records, changelog control, hooks. */

import type { FlexibeeAddress } from './address.ts';
import type { FlexibeeServers } from './servers.ts';
import type { Source } from './types.ts';

/** A web hook as the server lists it. */
export interface Hook {
  id: string;
  url: string;
  /** Failed deliveries lengthen it; while it is above 0, the server waits. Absent: not told. */
  penalty?: number;
}

/** Every call throws `FlexibeeError`, or the reason of `signal`. */
export interface FlexibeeCompany extends Source {
  /** The company's newest version; throws "changelog disabled" where none is kept. */
  newestVersion(signal: AbortSignal): Promise<number>;
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
    /** Clears the penalty of a hook whose deliveries failed. */
    retry(id: string, signal: AbortSignal): Promise<void>;
  };
}

/** @param company `code` is the data source, `name` the company at the server */
export function openCompany(
  company: { code: string; name: string; address: FlexibeeAddress },
  servers: FlexibeeServers,
): FlexibeeCompany {
  throw new Error(`not there yet: ${company.code} ${servers}`);
}
