/** On the server of SQLSERVER_URL: its databases HCS, STEK… and AB are made anew. */

import { demoSuite } from './demo-suite.ts';

const url = process.env['SQLSERVER_URL'];

demoSuite(
  'the server of SQLSERVER_URL',
  async () => ({ url: url ?? '', close: async () => {} }),
  url ? false : 'SQLSERVER_URL is not set: "Server=…;User Id=…;Password=…" of a SQL Server',
);
