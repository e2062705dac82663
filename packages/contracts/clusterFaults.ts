import { asked, broken, ended, type FaultEntry } from './faultEntry.ts'

/** What can go wrong between a run and the cluster it is to run on. Part of `FAULTS`. */
export const CLUSTER_FAULTS = {
  'image.unusable': ended(
    'The image of the agent cannot be had.',
    'Check its name and tag, and whether the cluster may pull it. The detail holds the cluster’s own words.',
  ),
  'image.slow': ended(
    'The image of the agent did not arrive in time.',
    'It may be large or its registry slow. Pull it on the node once, then retry.',
    true,
  ),
  'cluster.unschedulable': ended(
    'No node of the cluster has room for the run.',
    'Ask for less (`memoryMib`, `cpus`, `diskMib` of the agent), wait for other work to end, or add a node.',
    true,
  ),
  'cluster.quota': ended(
    'The quota of the organisation is used up.',
    'It starts by itself when other runs end. Or raise the quota, or let the agent ask for less.',
    true,
  ),
  'cluster.queue': ended(
    'The run waits for its turn in the queue of the cluster.',
    'It starts by itself when the queue admits it.',
    true,
  ),
  'cluster.denied': ended(
    'The cluster does not admit the pod of the run.',
    'A rule of the cluster refuses it: the detail says which. Change the rule or the agent’s image and limits.',
  ),
  'cluster.unreachable': ended(
    'The Kubernetes API does not answer.',
    'Runs wait until it does. Check the cluster; the Boundary page, and `errand doctor --cluster`, say when it answers.',
    true,
  ),
  'sandbox.evicted': ended(
    'The cluster evicted the pod in the middle of the run.',
    'The node ran short of what the detail names. Raise the agent’s `diskMib` or `memoryMib`, or make room; then retry.',
    true,
  ),
  'sandbox.node-gone': ended(
    'The node on which the run was at work went away.',
    'Retry: a new run starts from the same commit on another node.',
    true,
  ),
  'sandbox.start-error': ended(
    'The container of the run could not be started.',
    'The image may not fit (it needs glibc and the machine’s architecture). The detail holds the cluster’s own words.',
  ),
  'sandbox.deleted': ended(
    'Somebody deleted the pod of the run from the cluster.',
    'Retry: a new run starts from the same commit.',
    true,
  ),
  'sandbox.impostor': ended(
    'Another than the run’s own pod asked for its token, so the run was stopped before it began.',
    'Somebody in the cluster can read pods and speak to the gateway. Find out who before you retry.',
  ),
  'wall.open': ended(
    'The wall around the sandbox did not stand: the cluster does not enforce network policies.',
    'Nothing was started. Use a cluster that enforces NetworkPolicy (k3s does by itself), then test it on the Boundary page, or with `errand doctor --cluster`.',
  ),
  'wall.blocked': ended(
    'The sandbox could not reach the gateway.',
    'A policy or a firewall between the pods and Errand’s gateway closes it. The Boundary page, and `errand doctor --cluster`, show what was tried.',
    true,
  ),
  'sandbox.unknown': asked(404, 'No such sandbox is known here.', 'It is asked again for a moment, then it ends.'),
  'sandbox.taken': asked(409, 'The token of this sandbox was handed out already.', 'It is handed out once.'),
  'sandbox.throttled': {
    ...asked(429, 'Too many wrong claims came from this address.', 'It is asked again in a moment.'),
    retry: true,
    level: 'warn',
  },
  'token.elsewhere': {
    ...asked(
      401,
      'This run token came from another place than the sandbox of its run.',
      'Somebody else has got hold of it. Find out who, from the gateway’s log.',
    ),
    level: 'warn',
  },
  'sandbox.dismissed': asked(410, 'This sandbox is not needed any more.', 'It ends.'),
  'cluster.config': broken(
    500,
    'The cluster is not set up for runs.',
    'The detail names what is missing. The Boundary page, and `errand doctor --cluster`, try it.',
  ),
} as const satisfies Record<string, FaultEntry>
