/** Requests as a shell takes them: what the page asks can be asked by a script. */

/** In single quotes nothing means anything to a shell but a single quote. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

export interface AsCurl {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query: `/runs?state=failed`. */
  path: string;
  body?: unknown;
  accept?: string;
}

/** The token stands as `$TOKEN`: it is never copied. */
export function curl({ method = 'GET', path, body, accept }: AsCurl): string {
  const parts = [
    `curl ${quoted(`${location.origin}${path}`)}`,
    ...(method === 'GET' || (method === 'POST' && body !== undefined) ? [] : [`-X ${method}`]),
    '-H "Authorization: Bearer $TOKEN"',
    ...(accept === undefined ? [] : [`-H ${quoted(`Accept: ${accept}`)}`]),
    ...(body === undefined
      ? []
      : [`-H ${quoted('Content-Type: application/json')}`, `-d ${quoted(JSON.stringify(body))}`]),
  ];
  return parts.join(' \\\n  ');
}
