import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kubeconfigSource } from '@errand/kube'
import { parse } from 'yaml'
import type { ClusterPlace } from './cluster.ts'
import { kubeApi } from './kubeApi.ts'

const RUNS = join(import.meta.dirname, '../../deploy/chart/templates/runs.yaml')
const DOCS = join(import.meta.dirname, '../../docs/kubernetes.md')
const NAME = 'errand-controller'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** What the chart lets the controller do. */
async function rulesOfChart(): Promise<readonly Rule[]> {
  const role = (await readFile(RUNS, 'utf8')).split('\n---\n').find((part) => part.includes('\nkind: Role\n')) ?? ''
  // From there on nothing is left to fill in.
  return (parse(role.slice(role.indexOf('\nrules:'))) as { readonly rules: readonly Rule[] }).rules
}

/**
 * The place as the chart prepares it: the namespace of the runs, and in it an account with the rights of the chart's own.
 * Gives a kubeconfig of that account.
 */
export async function controllerAccount({ api, namespace }: ClusterPlace, file: string): Promise<string> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  await api.post('/api/v1/namespaces', { metadata: { name: namespace, labels } })
  const [core, rbac] = ['/api/v1', '/apis/rbac.authorization.k8s.io/v1'].map(
    (root) => `${root}/namespaces/${namespace}`,
  )
  const metadata = { name: NAME }
  await api.post(`${core}/serviceaccounts`, { metadata })
  await api.post(`${rbac}/roles`, { metadata, rules: await rulesOfChart() })
  await api.post(`${rbac}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
  })
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } }
  const made = await api.create<{ status: { token: string } }>(`${core}/serviceaccounts/${NAME}/token`, asked)
  const { server, tls } = kubeconfigSource(process.env['ERRAND_E2E_KUBECONFIG'] ?? '')
  const authority = { 'certificate-authority-data': Buffer.from(String(tls.ca)).toString('base64') }
  const kubeconfig = {
    clusters: [{ name: 'it', cluster: { server, ...authority } }],
    users: [{ name: NAME, user: { token: made.status.token } }],
    contexts: [{ name: 'it', context: { cluster: 'it', user: NAME } }],
    'current-context': 'it',
  }
  await writeFile(file, JSON.stringify(kubeconfig), { mode: 0o600 })
  return file
}

/** What the cluster says that account may do there: `group resource: verbs`, without what everybody may. */
export async function rightsOf(kubeconfig: string, namespace: string): Promise<readonly string[]> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews'
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } }
  const { status } = await kubeApi(kubeconfig).create<{
    status: { incomplete: boolean; resourceRules: readonly Rule[] }
  }>(path, review)
  if (status.incomplete) throw new Error('the cluster does not know all of its rules')
  return status.resourceRules
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.map((name) => `${group || 'core'} ${name}: ${verbs.toSorted().join(', ')}`),
      ),
    )
    .filter((line) => !line.includes('selfsubject'))
    .toSorted()
}

/** The same, as docs/kubernetes.md says it. */
export async function documentedRights(): Promise<readonly string[]> {
  const [, section = ''] = (await readFile(DOCS, 'utf8')).split('\n## What the controller may do\n')
  const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([\w.]+)` \| `([\w/]+)` \| ([a-z, ]+) \|/gm)]
  return rows
    .map(([, group, name, verbs = '']) => `${group} ${name}: ${verbs.split(', ').toSorted().join(', ')}`)
    .toSorted()
}
