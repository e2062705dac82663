/** Hears what a controller hears of the cluster, and does nothing with it: `listener.ts KUBECONFIG NAMESPACE`. */
import { createKubeClient, keptOfJob, keptOfPod, kubeconfigSource, SANDBOX_LABEL } from '@errand/kube'
import { quietLog } from '@errand/testkit'

const [, , kubeconfig = '', namespace = ''] = process.argv
const client = createKubeClient(kubeconfigSource(kubeconfig), { log: quietLog() })
const ours = { namespace, labelSelector: SANDBOX_LABEL }
const ignored = { changed: () => undefined, deleted: () => undefined }
const watches = [
  client.watch('Job', ours, { ...ignored, kept: keptOfJob }),
  client.watch('Pod', ours, { ...ignored, kept: keptOfPod }),
  client.watch('Event', { namespace }, ignored),
]
await Promise.all(watches.map(({ synced }) => synced))
process.stdout.write('{}\n')
process.once('SIGTERM', () => process.exit(0))
