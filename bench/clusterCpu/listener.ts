/** Hears what a controller hears of the cluster, and does nothing with it: `listener.ts KUBECONFIG NAMESPACE`. */
import { createKubeClient, keptOfJob, keptOfPod, kubeconfigSource, READ_EVENTS, SANDBOX_LABEL } from '@errand/kube'
import { quietLog } from '@errand/testkit'

const [, , kubeconfig = '', namespace = ''] = process.argv
const client = createKubeClient(kubeconfigSource(kubeconfig), { log: quietLog() })
const ours = { namespace, labelSelector: SANDBOX_LABEL }
const ignored = { changed: () => undefined, deleted: () => undefined }
const watches = [
  client.watch('Job', ours, { ...ignored, kept: keptOfJob }),
  client.watch('Pod', ours, { ...ignored, kept: keptOfPod }),
  client.watch('Event', { namespace, fieldSelector: READ_EVENTS }, ignored),
]
await Promise.all(watches.map(({ synced }) => synced))
process.stdout.write('{}\n')
process.once('SIGTERM', () => process.exit(0))
