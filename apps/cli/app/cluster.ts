import { command } from '../context.ts'
import { flag } from '../parameters.ts'

const place = {
  namespace: {
    kind: 'parsed',
    parse: String,
    default: 'errand',
    brief: 'Namespace of Errand itself',
    placeholder: 'name',
  },
  kubeconfig: flag('A kubeconfig; without it, what kubectl would use', 'file'),
} as const

export const install = command(async () => (await import('../commands/cluster.ts')).install, {
  docs: {
    brief: 'Install Errand on a k3s or another Kubernetes, or upgrade it',
    customUsage: ['', '--values my-values.yaml --import-with "ctr -n k8s.io images import -"'],
  },
  parameters: {
    flags: {
      ...place,
      values: flag('Values for the chart, as in deploy/chart/values.yaml', 'file'),
      importWith: flag('How an image comes to the node, where that is not the k3s of this machine', 'command'),
      nodePort: {
        kind: 'parsed',
        parse: Number,
        optional: true,
        brief: 'Reach it from the network, at this port of every node (30000 to 32767)',
        placeholder: 'port',
      },
      mirror: flag('A mirror of Debian packages', 'url'),
    },
  },
})

export const uninstall = command(async () => (await import('../commands/cluster.ts')).uninstall, {
  docs: { brief: 'Take Errand away from a cluster; data, database and vault stay' },
  parameters: { flags: place },
})
