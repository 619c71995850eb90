import type { SqlValue } from '../procedure.ts';
import type { Column, Message, Output, ResponseSink } from './backend.ts';
import type { Outbox } from './outbox.ts';
import {
  doneStatus,
  doneToken,
  rowToken,
  selectCommand,
  writeColumns,
  writeDone,
  writeEnvironmentChange,
  writeMessage,
  writeReturnStatus,
  writeReturnValue,
  writeTransactionChange,
} from './tokens.ts';
import { type Codec, ValueError } from './types/codec.ts';
import { codecFor } from './types/declared.ts';

/** Changes of the session that a client must hear of even when the request was cancelled. */
type SessionChange = (outbox: Outbox) => void;

/** The response to one request, being written. */
export class Response implements ResponseSink {
  readonly #outbox: Outbox;
  readonly #signal: AbortSignal;
  readonly #isRpc: boolean;
  #columns: readonly Column[] = [];
  #codecs: Codec[] = [];
  /** The last DONE, held back until it is known whether more follows. */
  #heldDone: { token: number; status: number; command: number; rowCount?: number } | undefined;
  #errorSinceDone = false;
  #selectSinceDone = false;
  #failed = false;
  #returnStatus: number | undefined;
  #outputs: Output[] = [];
  #ended = false;
  #late: SessionChange[] = [];
  /** An error of severity 20 or above was written: the connection ends with the response. */
  fatal = false;

  constructor(outbox: Outbox, signal: AbortSignal, kind: 'rpc' | 'other') {
    this.#outbox = outbox;
    this.#signal = signal;
    this.#isRpc = kind === 'rpc';
  }

  get #silent(): boolean {
    return this.#ended || this.#signal.aborted;
  }

  columns(columns: readonly Column[]): void {
    if (columns.length === 0) {
      throw new TypeError('a result set has one column at least');
    }
    const codecs = columns.map((column) => codecFor(column.type));
    if (this.#silent) {
      return;
    }
    this.#columns = columns;
    this.#codecs = codecs;
    this.#releaseDone();
    this.#selectSinceDone = true;
    writeColumns(this.#outbox.writer, columns, codecs);
  }

  row(values: readonly SqlValue[]): void {
    if (this.#silent) {
      return;
    }
    const codecs = this.#codecs;
    if (values.length !== codecs.length) {
      throw new ValueError(`a row has ${values.length} values for ${codecs.length} columns`);
    }
    const writer = this.#outbox.writer;
    const start = writer.length;
    writer.uint8(rowToken);
    let index = 0;
    try {
      for (; index < codecs.length; index++) {
        codecs[index]?.write(writer, values[index] ?? null);
      }
    } catch (error) {
      writer.length = start;
      throw named(error, `column '${this.#columns[index]?.name}'`);
    }
    this.#outbox.sendFull();
  }

  done(details: { rowCount?: number; inProcedure?: boolean } = {}): void {
    if (this.#silent) {
      return;
    }
    const inProcedure = this.#isRpc || details.inProcedure;
    this.#holdDone(inProcedure ? doneToken.inProcedure : doneToken.done, details.rowCount);
  }

  #holdDone(type: number, rowCount?: number): void {
    this.#releaseDone();
    this.#heldDone = {
      token: type,
      status:
        (this.#errorSinceDone ? doneStatus.error : 0) |
        (rowCount === undefined ? 0 : doneStatus.count),
      command: this.#selectSinceDone ? selectCommand : 0,
      ...(rowCount !== undefined && { rowCount }),
    };
    this.#errorSinceDone = false;
    this.#selectSinceDone = false;
  }

  #releaseDone(): void {
    if (this.#heldDone) {
      this.#heldDone.status |= doneStatus.more;
      writeDone(this.#outbox.writer, this.#heldDone);
      this.#heldDone = undefined;
      this.#outbox.sendFull();
    }
  }

  info(message: Message): void {
    if (this.#silent) {
      return;
    }
    this.#releaseDone();
    writeMessage(this.#outbox.writer, { ...message, severity: Math.min(message.severity, 10) });
    this.#outbox.flush();
  }

  error(message: Message): void {
    if (this.#silent) {
      return;
    }
    this.#releaseDone();
    writeMessage(this.#outbox.writer, { ...message, severity: Math.max(message.severity, 11) });
    this.#errorSinceDone = true;
    this.#failed = true;
    this.fatal ||= message.severity >= 20;
    this.#outbox.sendFull();
  }

  environment(change: 'database' | 'language', newValue: string, oldValue: string): void {
    this.#changeSession((outbox) =>
      writeEnvironmentChange(outbox.writer, change, newValue, oldValue),
    );
  }

  transaction(change: 'begin' | 'commit' | 'rollback', id: bigint): void {
    this.#changeSession((outbox) => writeTransactionChange(outbox.writer, change, id));
  }

  #changeSession(change: SessionChange): void {
    if (this.#ended) {
      this.#late.push(change);
    } else {
      this.#releaseDone();
      change(this.#outbox);
    }
  }

  /** What happened after the client was told that its request is cancelled. */
  takeLate(): SessionChange[] {
    const late = this.#late;
    this.#late = [];
    return late;
  }

  returnStatus(value: number): void {
    if (this.#silent) {
      return;
    }
    if (this.#isRpc) {
      this.#returnStatus = value;
      return;
    }
    this.#releaseDone();
    writeReturnStatus(this.#outbox.writer, value);
    this.#holdDone(doneToken.procedure);
  }

  outputParameter(output: Output): void {
    if (!this.#silent) {
      this.#outputs.push(output);
    }
  }

  ready(): Promise<void> {
    return this.#outbox.ready(this.#signal);
  }

  /** Ends the message. Throws, with nothing ended, for an output parameter of a wrong value. */
  end(): void {
    if (this.#isRpc) {
      this.#endProcedure();
    } else if (!this.#heldDone) {
      this.#holdDone(doneToken.done);
    }
    if (this.#heldDone) {
      writeDone(this.#outbox.writer, this.#heldDone);
    }
    this.#heldDone = undefined;
    this.#ended = true;
    this.#outbox.end();
  }

  #endProcedure(): void {
    const outputs = this.#outputs.map((output) => ({ output, codec: codecFor(output.type) }));
    this.#outputs = [];
    this.#releaseDone();
    const writer = this.#outbox.writer;
    const start = writer.length;
    const status = this.#returnStatus ?? (this.#failed ? undefined : 0);
    if (status !== undefined) {
      writeReturnStatus(writer, status);
    }
    for (const [ordinal, { output, codec }] of outputs.entries()) {
      try {
        writeReturnValue(writer, ordinal, output, codec);
      } catch (error) {
        writer.length = start;
        throw named(error, `output parameter ${output.name}`);
      }
    }
    this.#holdDone(doneToken.procedure);
  }

  /** Ends the message of a request that was cancelled, wherever it stands. */
  endCancelled(): void {
    this.#releaseDone();
    writeDone(this.#outbox.writer, { token: doneToken.done, status: doneStatus.error });
    this.#ended = true;
    this.#outbox.end();
  }
}

function named(error: unknown, what: string): unknown {
  return error instanceof ValueError ? new ValueError(`${what}: ${error.message}`) : error;
}
