// The app's network: a subnet that its calls leave by, one of private endpoints, one for a gateway.

param name string
param location string
param tags object
param abbreviations object
param token string
param addressPrefix string
param dnsServers string[]
@description('Who the app\'s subnet is given to: Microsoft.App/environments on Flex, Microsoft.Web/serverFarms on Premium.')
param delegation string
param hasGateway bool

// Subnets are private: without a gateway for outgoing traffic the app would not reach Entra, FlexiBee
// in a cloud, Teams. Its address is fixed, so that others can let it in.
resource outgoing 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: '${abbreviations.publicAddress}${token}-out'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource nat 'Microsoft.Network/natGateways@2025-01-01' = {
  name: '${abbreviations.natGateway}${token}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 30
    publicIpAddresses: [{ id: outgoing.id }]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    dhcpOptions: { dnsServers: dnsServers }
    // No security groups: nothing listens in the app's subnet, private endpoints serve the network
    // only, and a rule too many blocks deployments without a word.
    subnets: concat(
      [
        {
          // Flex: no underscore in its name. 27 addresses an app at least; a /26 leaves 40 instances room.
          name: '${abbreviations.subnet}app'
          properties: {
            addressPrefix: cidrSubnet(addressPrefix, 26, 0)
            delegations: [{ name: 'app', properties: { serviceName: delegation } }]
            natGateway: { id: nat.id }
            defaultOutboundAccess: false
          }
        }
        {
          name: '${abbreviations.subnet}endpoints'
          properties: {
            addressPrefix: cidrSubnet(addressPrefix, 27, 2)
            defaultOutboundAccess: false
            privateEndpointNetworkPolicies: 'Disabled'
          }
        }
      ],
      hasGateway
        ? [{ name: 'GatewaySubnet', properties: { addressPrefix: cidrSubnet(addressPrefix, 27, 3) } }]
        : []
    )
  }
}

output id string = network.id
output name string = network.name
output appSubnetId string = '${network.id}/subnets/${abbreviations.subnet}app'
output endpointSubnetId string = '${network.id}/subnets/${abbreviations.subnet}endpoints'
output gatewaySubnetId string = '${network.id}/subnets/GatewaySubnet'
output outgoingAddress string = outgoing.properties.ipAddress
