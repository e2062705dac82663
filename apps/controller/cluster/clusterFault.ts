import { Fault } from '@errand/contracts'
import { KubeError } from '@errand/kube'

/** In words of ours: away (it is tried again), or refused (a person has to change something). */
export function clusterFault(error: unknown): unknown {
  if (!(error instanceof KubeError)) return error
  const { status, message } = error
  const isPassing = status === 0 || status >= 500 || status === 429
  if (isPassing) return new Fault('cluster.unreachable', message, { cause: error })
  const isOurs = status === 401 || (status === 403 && /cannot \w+ resource/.test(message)) || status === 404
  return new Fault(isOurs ? 'cluster.config' : 'cluster.denied', message, { cause: error })
}
