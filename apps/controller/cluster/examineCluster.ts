import { type BoundaryCheck, type EngineDeps, proveRun } from '@errand/engine'
import { type ClusterConfig, type KubeClient, KubeError } from '@errand/kube'
import type { DoctorReport, ExamineTargets } from '../doctor/examine.ts'

interface Deps {
  readonly engine: EngineDeps
  readonly client: KubeClient
  readonly config: ClusterConfig
}

const LEVEL = 'pod-security.kubernetes.io/enforce'

/** Asks the cluster what guards the namespace, then fires a real run that tries the wall from inside its pod. */
export async function examineCluster({ owner }: ExamineTargets, deps: Deps): Promise<DoctorReport> {
  const machine = await guards(deps)
  const boundary = owner === undefined ? [] : await proveRun(owner, deps.engine)
  return { machine, boundary, isIsolated: true }
}

async function guards({ client, config }: Deps): Promise<readonly BoundaryCheck[]> {
  const { namespace } = config
  const [found, policies] = await Promise.all([
    client.get('Namespace', { name: namespace }).catch(nullIfForbidden),
    client.list('NetworkPolicy', { namespace }),
  ])
  const level = found?.metadata?.labels?.[LEVEL]
  const shutsAll = policies.filter(
    ({ spec }) => spec?.podSelector !== undefined && Object.keys(spec.podSelector).length === 0,
  )
  const restricted: BoundaryCheck = {
    name: 'Pods of runs are restricted',
    ok: level === 'restricted',
    tried: `read the Pod Security level of namespace ${namespace}`,
    happened: level ?? 'none is set',
  }
  return [
    ...(found === null ? [] : [restricted]),
    {
      name: 'A policy shuts every pod of the namespace in',
      ok: shutsAll.length > 0,
      tried: `read the network policies of namespace ${namespace}`,
      happened: shutsAll.map(({ metadata }) => metadata?.name ?? '').join(', ') || 'there is none',
    },
  ]
}

/** An account with no more rights than the controller needs may not read the namespace itself. */
function nullIfForbidden(error: unknown): null {
  if (error instanceof KubeError && error.status === 403) return null
  throw error
}
