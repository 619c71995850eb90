/**
 * Calls the procedures that the catalogue names after an evidence: from a queue of their own and
 * without the company's lock, so that a long one stops no following.
 */

import type { ContainerClient } from '@azure/storage-blob';
import type { Catalog } from '../catalog/index.ts';
import type { NewEvent } from '../events/event.ts';
import {
  type AfterCalls,
  afterCallsForm,
  type CallFailure,
  callable,
  dueCalls,
  failed,
  type Marks,
  nextTurn,
  noCalls,
  succeeded,
} from '../flexibee/after-calls.ts';
import type { CursorStore } from '../flexibee/context.ts';
import { marksOf } from '../flexibee/cursor.ts';
import { callsRowOf, rowMetadata } from '../flexibee/cursor-row.ts';
import type { Returned } from '../flexibee/returned.ts';
import { tellCalls } from '../flexibee/tell-calls.ts';
import { type LeasedDocument, LeasedDocuments } from '../lock/leased-document.ts';
import { Leases } from '../lock/leases.ts';
import { isTransientStorageError } from '../storage/storage-error.ts';
import { planStages } from '../sync/plan.ts';
import type { Stage } from '../sync/run.ts';
import { forRun } from '../sync/run-values.ts';
import type { StageRunner } from '../sync/stage-runner.ts';
import { timeLimit } from '../sync/time-limit.ts';
import { Turn } from '../sync/turn.ts';
import { mayBeginAt } from '../sync/windows.ts';
import type { Closed } from './closed.ts';
import { procedureMessages } from './procedure-messages.ts';

export interface AfterChangesDependencies {
  catalog: Catalog;
  /** Runs stages of kind `procedure`, on connections that applying does not need. */
  procedure: StageRunner;
  container: ContainerClient;
  cursors: Pick<CursorStore, 'read'>;
  leaseSeconds: number;
  sliceMs: number;
  closed: Pick<Closed, 'ofStages'>;
  /** Queues a call for the company. */
  queue(code: string, signal: AbortSignal): Promise<void>;
  /** Writes down what somebody should hear of, unless it is; absent: nobody hears of anything. */
  tell?(event: NewEvent, signal: AbortSignal): Promise<void>;
  /** Called when what is listed of a company has become something else. */
  onChange?(): void;
  now(): Date;
}

export type ShownFailure = Omit<CallFailure, 'told'> & { evidence: string };

/** `handed on`: the slice is over, and the caller queues the company again. */
export type CallsOutcome = 'done' | 'busy' | 'handed on';

export class AfterChanges {
  readonly #dependencies: AfterChangesDependencies;
  readonly #documents: LeasedDocuments<AfterCalls>;
  readonly #leases: Leases;
  /** As last seen: what is known to be called is not looked up by each poll. */
  readonly #known = new Map<string, AfterCalls>();
  readonly #planned = new Map<string, ReadonlyMap<string, readonly Stage[]>>();

  constructor(dependencies: AfterChangesDependencies) {
    const { container, leaseSeconds, onChange = () => {} } = dependencies;
    this.#dependencies = dependencies;
    const metadataOf = (calls: AfterCalls) => rowMetadata(callsRowOf(calls));
    const form = { ...afterCallsForm, metadataOf, onChange };
    this.#documents = new LeasedDocuments(container, 'after/', form, leaseSeconds);
    this.#leases = new Leases(container, leaseSeconds);
  }

  /** What people are shown. @throws DocumentNewerError */
  async state(
    code: string,
    marks: Marks,
    signal: AbortSignal,
  ): Promise<{ pending: string[]; failures: ShownFailure[]; warnings: string[] }> {
    const calls = await this.#read(code, signal);
    const pending = dueCalls(this.#own(code, marks), calls);
    const failures = Object.entries(calls.evidences).flatMap(([evidence, { failure }]) =>
      failure === undefined ? [] : [shownFailure(evidence, failure)],
    );
    return { pending, failures, warnings: Object.values(calls.warnings) };
  }

  /**
   * Has the procedures called whose evidences are marked; asked by each poll, so that a message
   * that got lost costs a minute.
   */
  async seeTo(code: string, marks: Marks, signal: AbortSignal): Promise<void> {
    const { queue, now } = this.#dependencies;
    const own = this.#own(code, marks);
    if (dueCalls(own, this.#known.get(code) ?? noCalls).length === 0) return;
    const calls = await this.#read(code, signal);
    const open = await this.#open(code, signal);
    const due = callable(own, calls, now()).filter((evidence) => open.has(evidence));
    if (due.length > 0) await queue(code, signal);
  }

  /**
   * Calls what is due, evidence by evidence, each in a turn at its server as the stages of runs
   * are: their number is bounded by the slice, and so is waiting. One that fails is written down,
   * and is called again later; the others are called all the same.
   *
   * @throws storage's errors, LeaseLostError, or the reason of `signal`: then it is called again
   */
  async call(
    code: string,
    log: (text: string) => void,
    signal: AbortSignal,
  ): Promise<CallsOutcome> {
    const held = await this.#documents.acquire(code, signal);
    if (held === undefined) return 'busy';
    const { procedure, sliceMs } = this.#dependencies;
    const turn = new Turn({ runners: { procedure }, leases: this.#leases, runId: runIdOf(code) });
    try {
      const stop = AbortSignal.any([signal, held.lost]);
      const slice = AbortSignal.timeout(sliceMs);
      for (;;) {
        const isDone = await this.#callNext(code, { held, turn, slice, log }, stop);
        if (isDone) return 'done';
        if (slice.aborted) return 'handed on';
      }
    } finally {
      await turn.giveBack();
      await held.release();
    }
  }

  /** @returns whether nothing is to be called now */
  async #callNext(
    code: string,
    work: {
      held: LeasedDocument<AfterCalls>;
      turn: Turn;
      /** Aborted when its time is over: nothing is waited for any more. */
      slice: AbortSignal;
      log(text: string): void;
    },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { cursors, now } = this.#dependencies;
    const { held, turn, slice, log } = work;
    // Before the call: what changes during it is due again.
    const cursor = await cursors.read(code, signal);
    const marks = cursor === undefined ? {} : marksOf(cursor);
    const procedures = await this.#open(code, signal);
    const next = nextTurn([...procedures.keys()], marks, held.value ?? noCalls, now());
    if (next === undefined) return true;
    const { evidence, calls } = next;
    const mark = marks[evidence] ?? '';
    const at = now();
    const returned: Returned = new Map();
    const said = procedureMessages(code, log);
    let after: AfterCalls | undefined;
    const { timeZone } = this.#dependencies.catalog.periods;
    const origin = { user: changesUser, id: runIdOf(code), at, timeZone };
    for (const stage of forRun(procedures.get(evidence) ?? [], origin)) {
      const name = nameOf(stage);
      const onMessage = (text: string) => said(name, text);
      const mayBegin = () => this.#mayBegin([stage], signal);
      try {
        returned.set(name, await callStage(turn, stage, { onMessage, mayBegin, slice }, signal));
      } catch (error) {
        signal.throwIfAborted();
        // All of the evidence is due again, and is not called before it may be.
        if (error instanceof ShutMeanwhileError) return false;
        if (slice.aborted && error === slice.reason) return false;
        // Not the procedure's: nothing is known of it, nor could be written down.
        if (isTransientStorageError(error)) throw error;
        const message = error instanceof Error ? error.message : String(error);
        after = failed(calls, evidence, { procedure: name, message, at }, now());
        break;
      }
    }
    after ??= succeeded(calls, evidence, { mark, at, returned });
    const { tell } = this.#dependencies;
    if (tell !== undefined) {
      const told = (event: NewEvent) => tell(event, signal);
      after = await tellCalls({ code, evidence, now: now() }, calls, after, told);
    }
    await held.replace(after, signal);
    this.#known.set(code, after);
    logChange(code, evidence, calls, after, log);
    return false;
  }

  async #read(code: string, signal: AbortSignal): Promise<AfterCalls> {
    const calls = (await this.#documents.read(code, signal)) ?? noCalls;
    this.#known.set(code, calls);
    return calls;
  }

  /** Marks of evidences that have procedures after changes, in the order of the catalogue. */
  #own(code: string, marks: Marks): Marks {
    const evidences = [...this.#procedures(code).keys()];
    return Object.fromEntries(
      evidences.flatMap((evidence) => {
        const mark = marks[evidence];
        return mark === undefined ? [] : [[evidence, mark]];
      }),
    );
  }

  /** The same of those evidences whose procedures may be called now, all of them: the others wait. */
  async #open(code: string, signal: AbortSignal): Promise<ReadonlyMap<string, readonly Stage[]>> {
    const open = new Map<string, readonly Stage[]>();
    for (const [evidence, stages] of this.#procedures(code)) {
      if (await this.#mayBegin(stages, signal)) open.set(evidence, stages);
    }
    return open;
  }

  /** Whether it is the hour of all of them, and nothing that they need is closed. */
  async #mayBegin(stages: readonly Stage[], signal: AbortSignal): Promise<boolean> {
    const { closed, now } = this.#dependencies;
    if (!stages.every((stage) => mayBeginAt(stage, now()))) return false;
    return (await closed.ofStages(stages, signal)) === undefined;
  }

  /** By evidence, in the order of the catalogue; those that have none are left out. */
  #procedures(code: string): ReadonlyMap<string, readonly Stage[]> {
    const { catalog } = this.#dependencies;
    const known = this.#planned.get(code);
    if (known !== undefined) return known;
    const planned = new Map<string, Stage[]>();
    for (const evidence of catalog.entityOrder(code)) {
      const { stages } = planStages(catalog, [{ names: [evidence], codes: [code] }]);
      const procedures = stages.filter(({ kind }) => kind === 'procedure');
      if (procedures.length > 0) planned.set(evidence, procedures);
    }
    this.#planned.set(code, planned);
    return planned;
  }
}

function shownFailure(evidence: string, { told: _, ...failure }: CallFailure): ShownFailure {
  return { evidence, ...failure };
}

/** What begins or ends is logged once. */
function logChange(
  code: string,
  evidence: string,
  before: AfterCalls,
  after: AfterCalls,
  log: (text: string) => void,
): void {
  const [had, has] = [before, after].map(({ evidences }) => evidences[evidence]?.failure);
  if (has !== undefined && has.message !== had?.message) {
    log(
      `FlexiBee ${code}, ${evidence}: ${has.procedure}: ${has.message}. It is called again later`,
    );
  }
  if (has === undefined && had !== undefined) {
    log(`FlexiBee ${code}, ${evidence}: ${had.procedure} succeeds again`);
  }
  for (const [procedure, text] of Object.entries(after.warnings)) {
    if (before.warnings[procedure] !== text) log(`FlexiBee ${code}: ${text}`);
  }
}

/** Whom procedures after changes are told where they ask for the user of a run. */
const changesUser = 'syncboard';
const runIdOf = (code: string) => `after-${code}`;

const nameOf = ({ procedure: { schema, name } }: Stage) => `${schema}.${name}`;

/** While a procedure waited for its turn its window, or its server, was closed. */
class ShutMeanwhileError extends Error {}

interface Calling {
  onMessage(text: string): void;
  mayBegin(): Promise<boolean>;
  slice: AbortSignal;
}

/** @returns the warning, where there is one */
async function callStage(
  turn: Turn,
  stage: Stage,
  { onMessage, mayBegin, slice }: Calling,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { slot, lost } = await turn.take(stage, AbortSignal.any([signal, slice]));
  if (!(await mayBegin())) {
    await turn.giveBack();
    throw new ShutMeanwhileError();
  }
  const limit = timeLimit(stage);
  limit.start();
  try {
    const running = AbortSignal.any([signal, lost, limit.signal]);
    const { warnings } = await slot.run(stage, onMessage, running);
    return warnings?.join('; ');
  } catch (error) {
    await turn.giveBack();
    throw error;
  } finally {
    limit.clear();
  }
}
