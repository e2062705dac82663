/** On everything that Errand makes in a cluster, so that a person and a sweep find all of it. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'errand' } as const
/** Its value is the sandbox's name, on its Job and its pod. */
export const SANDBOX_LABEL = 'errand.run/sandbox'
/** Its value is the `shapeKey`. */
export const SHAPE_LABEL = 'errand.run/shape'
export const ORG_LABEL = 'errand.run/org'
/** Its value is `mcp`, on the pods of hosted MCP servers: those the gateway may reach. */
export const SERVES_LABEL = 'errand.run/serves'
export const SERVER_PORT = 8700
export const QUEUE_LABEL = 'kueue.x-k8s.io/queue-name'
/** Who owns the fields that Errand applies. */
export const FIELD_MANAGER = 'errand'
