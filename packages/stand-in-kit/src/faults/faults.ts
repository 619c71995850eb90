/** What goes wrong on demand, and with which requests. */

import { z } from 'zod';

export const faultSchema = z
  .strictObject({
    /** Only requests about this company; absent: any. */
    company: z.string().optional(),
    /** Only requests of these kinds (`changes`, `get`, `list`, …); absent: any. */
    kind: z.union([z.string(), z.array(z.string())]).optional(),
    /** Leaves out so many requests first. */
    after: z.int().min(0).default(0),
    /** Ends after so many requests; absent: goes on until it is removed. */
    times: z.int().min(1).optional(),
    /** Waits before the answer, whatever it is. */
    delayMilliseconds: z.number().min(0).max(86_400_000).default(0),
    /** Answers with this status in place of what was asked for. */
    status: z.int().min(400).max(599).optional(),
    /** `Retry-After` of that answer. */
    retryAfterSeconds: z.int().min(0).optional(),
    /**
     * `request`: the connection breaks before anything is done; `answer`: after it is done;
     * `truncated`: in the middle of the answer; `cut`: half of the answer arrives as if it were
     * whole; `garbage`: something that is neither JSON nor XML, with status 200.
     */
    broken: z.enum(['request', 'answer', 'truncated', 'cut', 'garbage']).optional(),
  })
  .refine(
    ({ status, retryAfterSeconds }) => status !== undefined || retryAfterSeconds === undefined,
    {
      path: ['retryAfterSeconds'],
      message: 'needs a status beside it',
    },
  );

export type Fault = z.input<typeof faultSchema>;

interface SetFault extends z.output<typeof faultSchema> {
  id: number;
  /** Requests it has seen, left out ones too. */
  seen: number;
}

export class Faults {
  readonly #set = new Map<number, SetFault>();
  #lastId = 0;

  /**
   * Several at once: the first that fits a request is the one it gets.
   * @throws ZodError
   * @returns its id
   */
  set(fault: Fault): number {
    this.#lastId += 1;
    this.#set.set(this.#lastId, { ...faultSchema.parse(fault), id: this.#lastId, seen: 0 });
    return this.#lastId;
  }

  /** @returns false when there is none of that id */
  remove(id: number): boolean {
    return this.#set.delete(id);
  }

  clear(): void {
    this.#set.clear();
  }

  get list(): readonly SetFault[] {
    return [...this.#set.values()];
  }

  /** What this request gets; counts it. */
  take(kind: string, company: string | undefined): SetFault | undefined {
    for (const fault of this.#set.values()) {
      const kinds = fault.kind === undefined ? [kind] : [fault.kind].flat();
      if (!kinds.includes(kind) || (fault.company ?? company) !== company) continue;
      fault.seen += 1;
      if (fault.seen <= fault.after) continue;
      if (fault.times !== undefined && fault.seen >= fault.after + fault.times)
        this.remove(fault.id);
      return fault;
    }
    return undefined;
  }
}
