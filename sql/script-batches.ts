/** T-SQL scripts as SQL Server's own tools (sqlcmd, Management Studio) read them. */

export interface Batch {
  text: string;
  /** Of the batch's first line in its script, from 1. */
  line: number;
  /** How often it runs: 5 after `GO 5`. */
  times: number;
}

const goLine = /^[ \t]*GO(?![\p{L}\p{N}_@#$])(?<rest>.*)$/iu;
const afterGo = /^[ \t]*(?<times>\d{0,9})[ \t]*(?:\/\*.*?\*\/[ \t]*)*(?:--.*)?$/;

/**
 * The batches of a script. A line with GO, in whatever case, ends one; a count and comments may
 * follow on the line. GO inside a text, a quoted name or a comment ends nothing.
 *
 * @throws Error naming the line for anything else after GO; sqlcmd refuses that, too, `GO;` included
 */
export function batchesOf(script: string): Batch[] {
  const batches: Batch[] = [];
  let lines: string[] = [];
  let first = 1;
  const end = (times: number) => {
    const blank = lines.findIndex((line) => line.trim() !== '');
    const text = lines.slice(blank).join('\n').trimEnd();
    if (blank !== -1) batches.push({ text, line: first + blank, times });
  };
  let open = '';
  for (const [index, line] of script.split(/\r?\n/).entries()) {
    const rest = open === '' ? goLine.exec(line)?.groups?.['rest'] : undefined;
    if (rest === undefined) {
      lines.push(line);
      open = openAfter(line, open);
    } else {
      end(timesOf(rest, index + 1));
      lines = [];
      first = index + 2;
    }
  }
  end(1);
  return batches;
}

function timesOf(rest: string, line: number): number {
  const times = afterGo.exec(rest)?.groups?.['times'];
  if (times === undefined || times === '0') {
    throw new Error(
      `line ${line}: after GO may stand how often the batch runs, from 1, and a comment; found ${rest.trim()}`,
    );
  }
  return times === '' ? 1 : Number(times);
}

const closing: Readonly<Record<string, string>> = { "'": "'", '"': '"', '[': ']' };

/** What is still open at a line's end: `'`, `"`, `[`, or `/*` once for each comment; else empty. */
function openAfter(line: string, before: string): string {
  let open = before;
  for (let at = 0; at < line.length; at++) {
    const pair = line.slice(at, at + 2);
    if (open.startsWith('/')) {
      // Comments nest.
      if (pair === '/*') open += pair;
      if (pair === '*/') open = open.slice(2);
      if (pair === '/*' || pair === '*/') at++;
    } else if (open !== '') {
      const mark = closing[open];
      if (pair === `${mark}${mark}`) at++;
      else if (line[at] === mark) open = '';
    } else if (pair === '--') {
      return '';
    } else if (pair === '/*') {
      open = pair;
      at++;
    } else {
      const mark = line[at] ?? '';
      if (mark in closing) open = mark;
    }
  }
  return open;
}
