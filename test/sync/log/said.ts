/** Reads a run's log as its documentation says: written apart from what writes it. */

export interface Said {
  at: string;
  stage: string;
  mark: string;
  text: string;
}

export function said(log: string): Said[] {
  const all: Said[] = [];
  const lines = log.split('\n');
  if (lines.pop() !== '') throw new Error('the log does not end with a line');
  for (const line of lines) {
    const last = all.at(-1);
    if (line.startsWith('\t') && last) last.text += `\n${line.slice(1)}`;
    else {
      const [, at = '', stage = '', mark = '', text = ''] =
        /^(\S+) (\S+) ([|*]) ([\s\S]*)$/.exec(line) ?? [];
      if (Number.isNaN(Date.parse(at))) throw new Error(`no line of a log: ${line}`);
      all.push({ at, stage, mark, text });
    }
  }
  return all;
}
