using './main.bicep'

import { small, network, premium } from './parameters/sets.bicep'
import { withSql } from './parameters/with-sql.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param principalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param vpnSharedKey = readEnvironmentVariable('SYNCBOARD_VPN_KEY', '')

// A set, and over it what this environment has of its own, as JSON.
param options = union(
  {
    small: small
    network: network
    premium: premium
    'with-sql': withSql
  }[readEnvironmentVariable('SYNCBOARD_SET', 'small')],
  json(readEnvironmentVariable('SYNCBOARD_OPTIONS', '{}'))
)
