import { Installation } from '@errand/e2e/installation'
import { newId, type RunId } from '@errand/contracts'
import { type ClusterConfig, sandboxJob, type SandboxShape } from '@errand/kube'
import { until } from '@errand/testkit'
import { apiOf, type Installed } from './installed.ts'

/** Small enough that twenty fit on the node of two cores on which this is measured. */
const SMALL: SandboxShape = { image: null, cpus: 0.5, memoryMib: 256, diskMib: 512 }
const AGENT = 'bench'
const NOW = 'date +%s%N'

/** An Errand whose runs live on the cluster of ERRAND_E2E_KUBECONFIG, and that cluster as anybody may use it. */
export interface OnCluster extends Installed {
  /**
   * Fires a script and gives the milliseconds from the request until the script's first command ran. `lookEveryMs`: how
   * often it is asked for its end, which costs the same processors. `seconds`: how long the script goes on after that command.
   */
  submitted(how?: { readonly lookEveryMs?: number; readonly seconds?: number }): Promise<Started>
  /** The same pod as a bare Job: milliseconds from its creation to its container's first instruction. */
  bare(): Promise<number>
  /** Waits until so many warm sandboxes have proven their wall. */
  warm(count: number): Promise<void>
  /** Waits until no run is left of any sandbox. */
  quiet(deadlineMs?: number): Promise<void>
  remove(): Promise<void>
}

export interface Started {
  readonly runId: RunId
  readonly ms: number
  /** How long the wall took to stand; 0 where it stood before. */
  readonly wallMs: number
  /** From the script's last command until the run was seen to be over. */
  readonly endMs: number
}

export async function startOnCluster(env: Record<string, string> = {}, cpus = SMALL.cpus): Promise<OnCluster> {
  const shape: SandboxShape = { ...SMALL, cpus }
  const errand = await Installation.make(env)
  const { place } = errand
  if (place === null) throw new Error('set ERRAND_E2E_KUBECONFIG to a cluster on which this can be measured')
  await errand.start()
  const { api, token } = await apiOf(errand)
  const { image: _image, ...limits } = shape
  const spec = { runtime: 'script', ...limits }
  await api.config.applyDocument.mutate({ source: JSON.stringify({ kind: 'Agent', name: AGENT, spec }) })
  const config = clusterConfig(place.env)

  return {
    errand,
    api,
    token,
    async submitted({ lookEveryMs = 20, seconds = 0 } = {}) {
      const fired = performance.timeOrigin + performance.now()
      const prompt = seconds === 0 ? NOW : `${NOW}; sleep ${seconds}`
      const { runId } = await api.runs.create.mutate({ prompt, agent: AGENT, repositories: [] })
      const run = await until(
        async () => {
          const found = await api.runs.get.query({ runId })
          return found.state.endedAt !== null && found
        },
        { deadlineMs: 120_000, everyMs: lookEveryMs, what: 'the end of the run' },
      )
      const seenOver = performance.timeOrigin + performance.now()
      if (run.state.status !== 'succeeded') throw new Error(`${runId} ${run.state.code}: ${run.state.detail}`)
      const ran = await printedBy(api, runId)
      const wallMs = run.state.steps.find(({ step }) => step === 'wall')?.ms ?? 0
      return { runId, ms: ran - fired, wallMs, endMs: seenOver - ran }
    },
    async bare() {
      const name = `bare-${newId('run', new Date())}`
      const job = sandboxJob(
        { name, orgId: newId('org', new Date()), shape, deadlineSeconds: 600 },
        { ...config, namespace: place.namespace },
      )
      const container = job.spec?.template.spec?.containers[0]
      if (container === undefined) throw new Error('the Job has no container')
      container.command = ['/bin/bash', '-c', `${NOW} > /dev/termination-log`]
      delete container.args
      const jobs = `/apis/batch/v1/namespaces/${place.namespace}/jobs`
      const fired = performance.timeOrigin + performance.now()
      await place.api.post(jobs, job)
      const pods = `/api/v1/namespaces/${place.namespace}/pods?labelSelector=job-name%3D${name}`
      const printed = await until(async () => terminationMessage(await place.api.get<Pods>(pods)), {
        deadlineMs: 60_000,
        everyMs: 100,
        what: 'the end of a bare Job',
      })
      const pod = (await place.api.get<Pods>(pods))?.items[0]?.metadata.name ?? ''
      await place.api.delete(`${jobs}/${name}`, { propagationPolicy: 'Background' })
      await place.api.delete(`/api/v1/namespaces/${place.namespace}/pods/${pod}`, { gracePeriodSeconds: 0 })
      await until(async () => (await place.api.get<Pods>(pods))?.items.length === 0, {
        deadlineMs: 60_000,
        everyMs: 100,
        what: 'nothing of the bare Job',
      })
      return Number(printed) / 1e6 - fired
    },
    async warm(count) {
      await until(async () => (await api.system.pool.query()).some(({ ready }) => ready >= count), {
        deadlineMs: 180_000,
        everyMs: 200,
        what: `${count} warm sandboxes`,
      })
    },
    // The newest are the last to end.
    async quiet(deadlineMs = 60_000) {
      await until(async () => (await api.runs.list.query({})).runs.every(({ state }) => state.goneAt !== null), {
        deadlineMs,
        everyMs: 200,
        what: 'the end of the last sandbox',
      })
    },
    remove: () => errand.remove(),
  }
}

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly status?: {
      readonly containerStatuses?: readonly {
        readonly state?: { readonly terminated?: { readonly message?: string } }
      }[]
    }
  }[]
}

function terminationMessage(pods: Pods | null): string | false {
  const message = pods?.items[0]?.status?.containerStatuses?.[0]?.state?.terminated?.message
  return message === undefined ? false : message.trim()
}

/** What the script printed: nanoseconds since 1970, by the clock that this process reads too. */
async function printedBy(api: Installed['api'], runId: RunId): Promise<number> {
  const events = await api.runs.events.query({ runId, after: 0 })
  const output = events.map(({ body }) => (body.type === 'output.appended' ? body.text : '')).join('')
  const nanoseconds = /\d{19}/.exec(output)?.[0]
  if (nanoseconds === undefined) throw new Error(`${runId} printed ${JSON.stringify(output)}`)
  return Number(nanoseconds) / 1e6
}

function clusterConfig(env: Readonly<Record<string, string>>): ClusterConfig {
  return {
    namespace: env['ERRAND_KUBE_NAMESPACE'] ?? '',
    gateway: { host: env['ERRAND_GATEWAY_HOST'] ?? '', port: Number(env['ERRAND_GATEWAY_PORT']), canaryPort: 1 },
    gatewayPeer: { cidr: '127.0.0.1/32' },
    toolsImage: env['ERRAND_TOOLS_IMAGE'] ?? '',
    toolsBy: 'image-volume',
    defaultImage: env['ERRAND_SANDBOX_IMAGE'] ?? '',
    pullPolicy: 'IfNotPresent',
    closed: [],
    wallDeadlineMs: 30_000,
  }
}
