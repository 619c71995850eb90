// What the app measures of itself, as a workbook of the workspace that has the measurements. The JSON
// is the workbook's own (Edit, Advanced Editor), so that it can be changed there and brought back.

param location string
param tags object
param workspaceId string

var content = loadJsonContent('../workbook.json')

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'syncboard')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'syncboard'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: workspaceId
    serializedData: string(union(content, { fallbackResourceIds: [workspaceId] }))
  }
}
