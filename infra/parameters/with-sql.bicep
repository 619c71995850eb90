import { optionsType } from '../options.bicep'

@export()
@description('As network, with Azure SQL for the aggregate base. Its administrator is the environment\'s own: SYNCBOARD_OPTIONS.')
var withSql optionsType = {
  alwaysReadyHttp: 1
  alwaysReadyRuns: 1
  logRetentionDays: 90
  network: { addressPrefix: '10.60.0.0/24' }
  sql: {
    adminName: 'syncboard-sql-admins'
    adminObjectId: '00000000-0000-0000-0000-000000000000'
  }
}
