/** Requests that mend what is wrong: whole, as they are sent, and as commands. */

/** The request, `POST /runs/x/retry {"user": "operator", …}`, and the command that makes it. */
export interface Mend {
  mend: string;
  cli: string;
}

/** Whoever mends it is no name that is known here; several mends one after the other need one server. */
const start = { user: 'operator', whenBusy: 'wait' } as const;

export function retry(run: string, from?: 'all'): Mend {
  const body = { ...start, ...(from && { from }) };
  return {
    mend: request('POST', `/runs/${run}/retry`, body),
    cli: `syncboard retry ${run}${from === undefined ? '' : ' --all'} --in-line`,
  };
}

export function cancel(run: string): Mend {
  return { mend: request('POST', `/runs/${run}/cancel`), cli: `syncboard cancel ${run}` };
}

/** @param due the time that it was to be run at: ISO 8601 in UTC; its months are those of then */
export function runBoard(board: string, due: string): Mend {
  return {
    mend: request('POST', `/boards/${board}/run`, { ...start, asOf: due }),
    cli: `syncboard board run ${board} --as-of ${due} --in-line`,
  };
}

export function removeSchedule(schedule: string): Mend {
  return {
    mend: request('DELETE', `/schedules/${schedule}`),
    cli: `syncboard schedule remove ${schedule}`,
  };
}

/**
 * @param monthsBack where an entity is synced by months: the current one, and so many before it;
 * undefined: none is
 */
export function sync(code: string, entities: readonly string[], monthsBack?: number): Mend {
  const { members, typed } = monthsOf(monthsBack);
  const calls = entities.map((name) => ({ code, name, ...members }));
  return {
    mend: request('POST', '/runs', { ...start, calls }),
    cli: `syncboard run --code ${code} --name ${entities.join(',')}${typed} --in-line`,
  };
}

function monthsOf(back: number | undefined): { members: object; typed: string } {
  if (back === undefined) return { members: {}, typed: '' };
  if (back === 0) return { members: { month: 0 }, typed: ' --month 0' };
  return { members: { months: [-back, 0] }, typed: ` --months -${back}..0` };
}

export function poll(company: string): Mend {
  return {
    mend: request('POST', `/flexibee/${company}/poll`),
    cli: `syncboard company poll ${company}`,
  };
}

/** A poll of a company without a changelog only finds once more that it has none. */
export function enableChangelog(company: string): Mend {
  return {
    mend: request('PUT', `/flexibee/${company}/changes/enable`),
    cli: `syncboard company enable ${company}`,
  };
}

export function open(closure: string): Mend {
  return { mend: request('DELETE', `/closures/${closure}`), cli: `syncboard open ${closure}` };
}

function request(method: string, path: string, body?: object): string {
  return `${method} ${path}${body === undefined ? '' : ` ${spaced(body)}`}`;
}

/** With a space behind each comma and colon, so that it may be broken between any two. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, one]) => `"${name}": ${spaced(one)}`);
  return `{${members.join(', ')}}`;
}

/**
 * The request as a command for curl, whose lines may be broken where there is a space: between
 * members of the body, or before an option.
 */
export function curlOf(mend: string): string[] {
  const [, method = '', path = '', body] = /^(\S+) (\S+)(?: (.+))?$/s.exec(mend) ?? [];
  return [
    `curl -X ${method} "$SYNCBOARD_URL${path}"`,
    '-H "Authorization: Bearer $SYNCBOARD_TOKEN"',
    ...(body === undefined
      ? []
      : ['-H "Content-Type: application/json"', `-d '${body.replaceAll("'", "'\\''")}'`]),
  ];
}
