/** What is printed when everything runs: what to type next. */

export interface Started {
  /** Of the workers; the first one is the app's. */
  workers: readonly number[];
  flexibee: number;
  state: string;
}

export function greeting({ workers: [app, ...more], flexibee, state }: Started): string {
  const url = `http://127.0.0.1:${app}`;
  const others = more.map((port) => `http://127.0.0.1:${port}`).join(' ');
  return `syncboard ready on ${url}
${others && `\n  more workers   ${others}`}
  data sources   curl ${url}/valid_codes
  health         curl -H 'Authorization: Bearer demo-token' ${url}/health
  runs           curl -H 'Authorization: Bearer demo-token' ${url}/runs
  API            ${url}/openapi.json
  state          ${state}

Start a sync of data source 0c10 (demo token: demo-token):

  curl -i ${url}/data_source_sync -H 'Content-Type: application/json' \\
    -d '{"token": "demo-token", "user": "me", "code": "0c10", "month": 7, "year": 2019}'

Change a record of the FlexiBee company, and see it applied within a minute (or register the web
hook first: curl -X PUT -H 'Authorization: Bearer demo-token' ${url}/flexibee/flexi-demo/hook):

  curl -u winstrom:winstrom http://127.0.0.1:${flexibee}/c/demo/adresar.json \\
    -H 'Content-Type: application/json' \\
    -d '{"winstrom": {"adresar": [{"kod": "HELLO", "nazev": "Hello s.r.o."}]}}'
  curl -H 'Authorization: Bearer demo-token' ${url}/flexibee/flexi-demo

Ask ABRA Gen (demodata) or the aggregate base (ab) for the countries:

  curl -H 'Authorization: Bearer demo-token' ${url}/demodata/dynsql
  curl -H 'Authorization: Bearer demo-token' -H 'Content-Type: application/json' \\
    ${url}/ab/dynsql/01B4XCTHYNDL3C5P00CA141B44/exec \\
    -d '{"select": ["Code", "Name"], "where": {"id": "Code", "value": "C*"}, "orderby": {"id": "Name"}}'

Ctrl-C ends everything.`;
}
