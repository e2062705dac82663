import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { ROOT } from '../run.ts'
import { importImage } from '../../e2e/harness/importImage.ts'
import { type KubeApi, kubeApi } from '../../e2e/harness/kubeApi.ts'

type Prepared = { readonly env: Readonly<Record<string, string>> } | { readonly notRun: string }

interface Image {
  readonly name: string
  readonly reference: string
  readonly file: string
}

interface Nodes {
  readonly items: readonly {
    readonly spec: { readonly podCIDR?: string }
    readonly status: {
      readonly images?: readonly { readonly names?: readonly string[] }[]
      readonly addresses?: readonly { readonly type: string; readonly address: string }[]
    }
  }[]
}

const run = promisify(execFile)

/**
 * Makes the images as they are in this clone and brings those onto the node that it does not have.
 */
export async function prepareCluster(env: NodeJS.ProcessEnv): Promise<Prepared> {
  const kubeconfig = env['ERRAND_E2E_KUBECONFIG'] ?? ''
  if (kubeconfig === '') return { notRun: 'ERRAND_E2E_KUBECONFIG names no kubeconfig of a cluster to test on' }
  if (!existsSync(kubeconfig)) return { notRun: `there is no file ${kubeconfig} (ERRAND_E2E_KUBECONFIG)` }
  try {
    await routeToPods(kubeApi(kubeconfig), env['ERRAND_E2E_PODS'])
    return { env: await imagesOnNode(kubeconfig, env) }
  } catch (error) {
    return { notRun: error instanceof Error ? error.message.trim() : String(error) }
  }
}

/**
 * The gateway of the scenarios runs on this machine and calls hosted servers in their pods: where the machine does not
 * know the way, which is the node, it is told. Nothing is sent to find that out. `pods`: their network, where the node does
 * not say it.
 */
async function routeToPods(api: KubeApi, pods?: string): Promise<void> {
  for (const { spec, status } of (await api.get<Nodes>('/api/v1/nodes'))?.items ?? []) {
    const node = status.addresses?.find(({ type }) => type === 'InternalIP')?.address
    const network = spec.podCIDR ?? pods
    if (node === undefined || network === undefined)
      throw new Error('The node names no network of its pods: name it in ERRAND_E2E_PODS, as 10.42.0.0/24.')
    const { stdout } = await run('ip', ['-o', 'route', 'get', network.split('/', 1)[0] ?? ''])
    // A cluster of this very machine has it as an interface.
    const isKnown = stdout.includes(` via ${node} `) || !stdout.includes(' via ')
    if (!isKnown) await run('ip', ['route', 'replace', network, 'via', node])
  }
}

async function imagesOnNode(kubeconfig: string, env: NodeJS.ProcessEnv): Promise<Readonly<Record<string, string>>> {
  const images = await build(env)
  const known = await imagesOf(kubeApi(kubeconfig))
  const missing = images.filter(({ reference }) => !known.some((name) => name.endsWith(reference)))
  for (const { reference, file } of missing) {
    console.log(`bringing ${reference} onto the node`)
    await importImage(file)
  }
  const reference = (wanted: string) => images.find(({ name }) => name === wanted)?.reference ?? ''
  return {
    ERRAND_E2E_EXECUTOR: 'kubernetes',
    ERRAND_E2E_TOOLS_IMAGE: reference('tools'),
    ERRAND_E2E_SANDBOX_IMAGE: reference('sandbox'),
  }
}

async function build(env: NodeJS.ProcessEnv): Promise<readonly Image[]> {
  const folder = env['ERRAND_E2E_IMAGES'] ?? `${ROOT}/e2e-results/images`
  const args = ['apps/cli/main.ts', 'image', 'build', 'sandbox', 'tools', '--json', '--out', folder]
  const { stdout } = await run(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 24 })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Image)
}

async function imagesOf(api: KubeApi): Promise<readonly string[]> {
  const nodes = await api.get<Nodes>('/api/v1/nodes')
  return (nodes?.items ?? []).flatMap(({ status }) => (status.images ?? []).flatMap(({ names }) => names ?? []))
}
