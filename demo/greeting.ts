/** What is printed when everything runs: what to type next. */

import type { Catalog } from '../shared/catalog/index.ts';
import { periodLimits } from '../shared/sync/period.ts';
import { sampleTokenText } from './sample-token.ts';

export interface Started {
  /** Of the workers; the first one is the app's. */
  workers: readonly number[];
  flexibee: number;
  state: string;
  /** What a shell reads to know the addresses; undefined: the usual ones. */
  terminals?: string | undefined;
  /** What the setting CATALOG names; undefined: the shipped one. */
  catalog: Catalog | undefined;
  /** Names of settings that the app has from this terminal's environment. */
  ofTerminal: readonly string[];
  /** The sample's token, where the app takes it; undefined: those of somebody's own alone. */
  token: string | undefined;
}

/** Stands in a line to type for a token that is not known here. */
const ownToken = 'YOUR_TOKEN';

export function greeting(started: Started): string {
  const { workers, state, catalog, terminals, ofTerminal, token } = started;
  const [app, ...more] = workers;
  const url = `http://127.0.0.1:${app}`;
  const others = more.map((port) => `http://127.0.0.1:${port}`).join(' ');
  const next =
    catalog === undefined
      ? ofTheDemo(url, started.flexibee, token)
      : ofCatalog(url, catalog, token, new Date());
  const header = headerOf(token);
  return `syncboard ready on ${url}

  the page       ${url}/${token === undefined ? '' : `   (token: ${token})`}${others && `\n  more workers   ${others}`}
  data sources   curl ${url}/valid_codes
  health         curl ${header} ${url}/health
  runs           curl ${header} ${url}/runs
  API            ${url}/openapi.json
  state          ${state}${
    terminals === undefined
      ? ''
      : `\n  other ports    . ${terminals}\n                 in each other terminal, before npx syncboard and npm run sql:run`
  }${ofTerminal.length === 0 ? '' : `\n  environment    sets otherwise: ${ofTerminal.join(', ')}`}

${next}

Ctrl-C ends everything.`;
}

const headerOf = (token = ownToken) => `-H 'Authorization: Bearer ${token}'`;

/** Which token a line has, in brackets. */
const whichToken = (token: string | undefined) =>
  token === undefined
    ? `a token of API_TOKENS in place of ${ownToken}: ${sampleTokenText} is none of them`
    : `with the token ${token}, which API_TOKENS has`;

function ofTheDemo(url: string, flexibee: number, token: string | undefined): string {
  const header = headerOf(token);
  return `Start a sync of data source 0c10 (${whichToken(token)}):

  curl -i ${url}/data_source_sync -H 'Content-Type: application/json' \\
    -d '{"token": "${token ?? ownToken}", "user": "me", "code": "0c10", "month": 7, "year": 2019}'

Change a record of the FlexiBee company, and see it applied within a minute (or register the web
hook first: curl -X PUT ${header} ${url}/flexibee/flexi-demo/hook):

  curl -u winstrom:winstrom http://127.0.0.1:${flexibee}/c/demo/adresar.json \\
    -H 'Content-Type: application/json' \\
    -d '{"winstrom": {"adresar": [{"kod": "HELLO", "nazev": "Hello s.r.o."}]}}'
  curl ${header} ${url}/flexibee/flexi-demo

Ask ABRA Gen (demodata) or the aggregate base (ab) for the countries:

  curl ${header} ${url}/demodata/dynsql
  curl ${header} -H 'Content-Type: application/json' \\
    ${url}/ab/dynsql/01B4XCTHYNDL3C5P00CA141B44/exec \\
    -d '{"select": ["Code", "Name"], "where": {"id": "Code", "value": "C*"}, "orderby": {"id": "Name"}}'`;
}

/** Of somebody's own: its first source and an entity that it has, one without a month if there is one. */
export function ofCatalog(
  url: string,
  catalog: Catalog,
  token: string | undefined,
  now: Date,
): string {
  const [code = ''] = Object.keys(catalog.codes());
  const names = catalog.entityOrder(code);
  const name = names.find((one) => catalog.isDated(one, code) === false) ?? names[0] ?? '';
  const { month, year } = periodLimits(catalog.periods, now).last;
  const when = catalog.isDated(name, code) === true && { month, year };
  const body = JSON.stringify({ token: token ?? ownToken, user: 'me', code, name, ...when });
  const json = "-H 'Content-Type: application/json'";
  const header = headerOf(token);
  const companies = catalog.companies.map((company) => `/flexibee/${company.code}`);
  const bases = catalog.connections.map(({ id }) => `/${id}/dynsql`);
  const looks = [...companies.slice(0, 1), ...bases.slice(0, 1)];
  return `Start a sync of ${name} of data source ${code} (${whichToken(token)}):

  curl -i ${url}/entity_sync ${json} \\
    -d '${body.replaceAll("'", "'\\''")}'
  curl ${url}/${code}/valid_names
${looks.map((path) => `  curl ${header} ${url}${path}\n`).join('')}`.trimEnd();
}
