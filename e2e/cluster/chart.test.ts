import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse, parseAllDocuments } from 'yaml'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { readConfig } from '../../apps/controller/config.ts'
import { type KubeApi, kubeApi } from '../harness/kubeApi.ts'

const run = promisify(execFile)
const HELM = process.env['ERRAND_E2E_HELM'] ?? 'helm'
const CHART = join(import.meta.dirname, '../../deploy/chart')

interface Rendered {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly [field: string]: unknown
}

const PLURALS: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' }

/** As if in `default`, which is there: nothing of it is kept. */
async function rendered(...more: readonly string[]): Promise<readonly Rendered[]> {
  const args = ['template', 'errand', CHART, '--namespace', 'default', '--set', 'runs.namespace=default', ...more]
  const { stdout } = await run(HELM, args, { maxBuffer: 2 ** 24 })
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null)
}

describe('the chart', () => {
  let api: KubeApi
  let all: readonly Rendered[]

  beforeAll(async () => {
    api = kubeApi(process.env['ERRAND_E2E_KUBECONFIG'] ?? '')
    all = await rendered(
      ...['--set', 'api.ingress.enabled=true', '--set', 'api.ingress.host=errand.example.org'],
      ...['--set', 'blobs.url=s3://kept/here?region=eu-central-1', '--set', 'blobs.credentialsSecret=bucket'],
    )
  })

  it('is clean to Helm’s own eyes, and refuses a value that it does not know', async () => {
    const { stdout } = await run(HELM, ['lint', '--strict', CHART])
    expect(stdout).toMatch(/0 chart\(s\) failed/)
    await expect(rendered('--set', 'gateway.replica=3')).rejects.toThrow(/replica/)
    await expect(rendered('--set', 'api.ingress.enabled=true')).rejects.toThrow(/host/)
    await expect(rendered('--set', 'blobs.url=http://x')).rejects.toThrow(/url/)
    await expect(rendered('--set', 'runs.maxLive=0')).rejects.toThrow(/maxLive/)
  })

  it('hands on what can be set for the pods of runs', async () => {
    const tolerations = [{ key: 'agents', operator: 'Exists', effect: 'NoSchedule' }]
    const set = ['runtimeClass=gvisor', 'userNamespaces=true', 'nodeSelector.pool=agents', 'queue=team', 'quota.pods=9']
    const withAll = await rendered(
      ...set.flatMap((one) => ['--set', `runs.${one}`]),
      ...['--set-json', `runs.tolerations=${JSON.stringify(tolerations)}`],
    )
    const controller = withAll.flatMap(podOf).find(({ name }) => name === 'errand-controller')
    const env = controller?.spec.containers[0]?.env as { readonly name: string; readonly value?: string }[]
    const { cluster } = readConfig({
      ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
      DATABASE_URL: 'postgres://of-a-file',
      DATABASE_URL_FILE: undefined,
    })
    expect(cluster).toMatchObject({
      runtimeClassName: 'gvisor',
      hostUsers: false,
      nodeSelector: { pool: 'agents' },
      tolerations,
      queue: 'team',
      quota: { pods: 9 },
    })
  })

  it('is what k3s’ own Helm controller is told to install', async () => {
    const read = async (file: string) => parse(await readFile(join(CHART, file), 'utf8')) as Record<string, unknown>
    const [{ spec }, { name, version }] = await Promise.all([read('k3s-helmchart.yaml'), read('Chart.yaml')])
    const { chart, valuesContent } = spec as { readonly chart: string; readonly valuesContent: string }
    expect(chart).toMatch(new RegExp(`/${String(name)}-${String(version)}\\.tgz$`))
    const folder = await mkdtemp(join(tmpdir(), 'errand-chart-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'values.yaml'), valuesContent)
    const images = (await rendered('--values', join(folder, 'values.yaml'))).flatMap(podOf)
    expect(JSON.stringify(images)).toContain('"localhost/errand-server:TAG"')
  })

  it('is taken by a real API server, object by object', async () => {
    for (const object of all) {
      const { apiVersion, kind, metadata } = object
      const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
      const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`
      const place = kind === 'Namespace' ? '' : `/namespaces/${metadata.namespace ?? 'default'}`
      const taken = api.post(`${root}${place}/${plural}?dryRun=All&fieldValidation=Strict`, object)
      // Of the one thing that is there already it says just that.
      if (kind === 'Namespace') await expect(taken).rejects.toThrow(/already exists/)
      else await taken
    }
    expect(all.length).toBeGreaterThan(15)
  })

  it('runs everything as Pod Security wants it restricted, and gives its one account to the controller alone', () => {
    const pods = all.flatMap(podOf)
    expect(pods.map(({ name }) => name).toSorted()).toEqual([
      'errand-api',
      'errand-controller',
      'errand-gateway',
      'errand-postgres',
      'errand-web',
    ])
    for (const { name, spec } of pods) {
      expect(spec, name).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } })
      for (const container of spec.containers)
        expect(container, name).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        })
    }
    expect(pods.filter(({ spec }) => spec.serviceAccountName !== undefined).map(({ name }) => name)).toEqual([
      'errand-controller',
    ])
  })

  it('mounts the vault in the gateway alone, and puts no secret into an environment', () => {
    const pods = all.flatMap(podOf)
    const withVault = pods.filter(({ spec }) => JSON.stringify(spec.volumes).includes('errand-vault'))
    expect(withVault.map(({ name }) => name)).toEqual(['errand-gateway'])
    const withBucket = pods.filter(({ spec }) => JSON.stringify(spec.volumes).includes('"bucket"'))
    expect(withBucket.map(({ name }) => name).toSorted()).toEqual(['errand-api', 'errand-controller', 'errand-gateway'])
    const environment = JSON.stringify(pods.flatMap(({ spec }) => spec.containers.map(({ env }) => env)))
    expect(environment).not.toMatch(/secretKeyRef|postgres:\/\//)
  })
})

interface PodSpec {
  readonly serviceAccountName?: string
  readonly volumes: readonly unknown[]
  readonly containers: readonly { readonly env?: readonly unknown[] }[]
}

function podOf({ kind, metadata, spec }: Rendered): readonly { readonly name: string; readonly spec: PodSpec }[] {
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return []
  const { template } = spec as { readonly template: { readonly spec: PodSpec } }
  return [{ name: metadata.name, spec: template.spec }]
}
