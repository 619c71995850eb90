// Sets of options to begin with; SYNCBOARD_SET of the environment names one, small unless it is set.

import { optionsType } from '../options.bicep'

@export()
@description('To try, or for a few sources over the internet: nothing costs while nothing runs.')
var small optionsType = {
  instanceMemoryMB: 2048
  storageRedundancy: 'LRS'
  purgeProtection: false
}

@export()
@description('Servers on-premises: a network of its own, ready for a way to them, and quick to answer.')
var network optionsType = {
  alwaysReadyHttp: 1
  alwaysReadyRuns: 1
  logRetentionDays: 90
  network: { addressPrefix: '10.60.0.0/24' }
}

@export()
@description('As network, on Premium EP1.')
var premium optionsType = {
  flavour: 'premium'
  maximumInstanceCount: 10
  logRetentionDays: 90
  network: { addressPrefix: '10.60.0.0/24' }
}
