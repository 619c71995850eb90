/** What is wrong with a text in Python, and where. */
export class PythonFault extends Error {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** What may stand there. */
  readonly allowed: string;

  constructor({ line, column }: Place, message: string, allowed: string) {
    super(message);
    this.name = 'PythonFault';
    this.line = line;
    this.column = column;
    this.allowed = allowed;
  }
}

export interface Place {
  line: number;
  column: number;
}
