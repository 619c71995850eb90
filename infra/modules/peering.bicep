// One half of a peering; there is one for each side.

param networkName string
param remoteNetworkId string
param name string
@description('True for the hub, whose gateway others use.')
param isHub bool

resource network 'Microsoft.Network/virtualNetworks@2025-01-01' existing = {
  name: networkName
}

resource peering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2025-01-01' = {
  parent: network
  name: name
  properties: {
    remoteVirtualNetwork: { id: remoteNetworkId }
    allowVirtualNetworkAccess: true
    allowForwardedTraffic: true
    allowGatewayTransit: isHub
    useRemoteGateways: !isHub
  }
}
