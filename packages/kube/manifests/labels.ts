/** On everything that Errand makes in a cluster, so that a person and a sweep find all of it. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'errand' } as const
/** Its value is the sandbox's name, on its Job and its pod. */
export const SANDBOX_LABEL = 'errand.run/sandbox'
/** Its value is the `shapeKey`. */
export const SHAPE_LABEL = 'errand.run/shape'
export const ORG_LABEL = 'errand.run/org'
export const QUEUE_LABEL = 'kueue.x-k8s.io/queue-name'
/** Who owns the fields that Errand applies. */
export const FIELD_MANAGER = 'errand'
