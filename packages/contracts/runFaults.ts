import { CLUSTER_FAULTS } from './clusterFaults.ts'
import { asked, broken, ended, type FaultEntry } from './faultEntry.ts'
import { MCP_FAULTS } from './mcpFaults.ts'
import { OUTBOUND_FAULTS } from './outboundFaults.ts'

/**
 * What the log of a run can hold, and so what a page must word by itself: the browser folds the log. Every other fault comes
 * to a page as an answer that has its words. Part of `FAULTS`.
 */
export const RUN_FAULTS = {
  // Why a run ended without success.
  'run.cancelled': { ...ended('The run was stopped.', 'Retry it when you want it after all.'), level: 'info' },
  'run.deadline': ended(
    'The run reached its time limit.',
    'Give it more time (`--minutes`), or make the task smaller. What it had done is among the artifacts.',
  ),
  'run.budget': ended(
    'The run reached its budget.',
    'Raise the budget (`--budget`) and retry. What it had done is among the artifacts.',
  ),
  'run.no-progress': ended(
    'Nothing happened for a long time, so the run was stopped.',
    'Look at the last rows of its timeline; retry with a clearer task or a longer limit.',
  ),
  'run.never-started': ended(
    'The sandbox was started but its runner never reported.',
    'Test the Boundary, on its page or with `errand doctor`; the sandbox log is among the artifacts.',
    true,
  ),
  'run.lost': ended(
    'The sandbox vanished in the middle of the run.',
    'The machine or Errand went down. Retry: a new run starts from the same commit.',
    true,
  ),
  'sandbox.unavailable': ended(
    'The sandbox could not be started.',
    'The Boundary page, and `errand doctor`, say what is missing on this machine.',
  ),
  'sandbox.out-of-memory': ended(
    'A process in the sandbox needed more memory than the run may use and was killed.',
    'Raise `memoryMib` of the agent, or make the work smaller (fewer parallel tests).',
  ),
  'sandbox.disk-full': ended(
    'The disk of the sandbox is full.',
    'Free space on the machine, or let the run write less.',
  ),
  'repository.clone-failed': ended(
    'The repository could not be cloned.',
    'Check the address and the git credential for its host; the detail holds git’s own words.',
  ),
  'repository.branch-missing': ended(
    'The branch does not exist in the repository.',
    'Name an existing branch with `--branch`.',
  ),
  'repository.push-failed': ended(
    'The work could not be pushed to the repository.',
    'The patch is among the artifacts. Check that the git credential may write.',
  ),
  'setup.failed': ended(
    'The setup command failed.',
    'Its output is in the log artifact; correct `setup` of the agent.',
  ),
  'verify.failed': ended(
    'The work was done, but the verify command failed.',
    'Read its output; retry, or take the patch from the artifacts and finish by hand.',
  ),
  'script.failed': ended('The script ended with an error.', 'Its output is in the log artifact.'),
  'credential.missing': ended(
    'The run needs a credential that is not set.',
    'Add it under Credentials, or with `errand credentials add`, and retry.',
  ),
  'model.unauthorized': ended(
    'The model provider refused the credential.',
    'Check it under Credentials, or with `errand credentials test`, then set a valid one.',
  ),
  'model.refused': ended('The model refused the task.', 'Word the task differently, or choose another model.'),
  'model.unavailable': ended(
    'The model provider did not answer, or answered with errors, until the retries ran out.',
    'Retry later; the detail holds the provider’s words.',
    true,
  ),
  'model.rejected': ended(
    'The model provider rejected the request.',
    'The detail holds the provider’s words: often a wrong model name or a prompt that is too long.',
  ),
  'agent.failed': ended(
    'The agent reported that it could not finish.',
    'Its last words are in the outcome; retry with more direction.',
  ),
  'agent.crashed': ended(
    'The agent’s process ended without a result.',
    'The log artifact holds its last output; retry, and report it if it happens again.',
    true,
  ),
  'agent.stuck': ended(
    'The agent gave its result but did not exit, so it was stopped.',
    'The result and the artifacts are kept; retry if something is missing.',
    true,
  ),
  'agent.turns': ended('The agent used all of its turns.', 'Raise `maxTurns` of the agent, or make the task smaller.'),
  'output.invalid': ended(
    'The agent did not produce output of the required form.',
    'Check `outputSchema` of the agent against what the task can give.',
  ),
  ...CLUSTER_FAULTS,
  ...MCP_FAULTS,
  ...OUTBOUND_FAULTS,

  // What the gateway refuses while the run goes on.
  'egress.host-denied': asked(
    403,
    'The host is not on the run’s allow-list.',
    'Add it to `hosts` of the agent, or choose a wider network level.',
  ),
  'egress.address-private': asked(
    403,
    'The host resolves to a private, link-local or metadata address.',
    'Sandboxes never reach private addresses; mark the host and port as private in the settings if it is meant.',
  ),
  'egress.unreachable': {
    ...asked(502, 'The host could not be reached.', 'Check the name; the detail holds the error.'),
    retry: true,
  },
  'artifact.too-large': asked(
    413,
    'The artifact is larger than the limit.',
    'Leave it out of `artifacts/`, split it, or raise the limit in the settings.',
  ),
  'artifact.unsafe': asked(
    422,
    'The artifact is a link or its name leaves the folder.',
    'Put the file itself into `artifacts/`.',
  ),
  'events.malformed': asked(400, 'An event does not have a known form.', 'The detail names the field.'),

  // What stands in the way of a start or a call.
  'agent.isolation-required': asked(
    409,
    'This machine cannot isolate a sandbox, so only the demo agent may run.',
    'The Boundary page, and `errand doctor`, say what is missing and how to install it.',
  ),
  'secret.key-missing': {
    ...asked(
      500,
      'A stored secret was sealed for a key that is not here.',
      'Put keys/vault.json back from its backup, or set the value again.',
    ),
    level: 'error',
  },
  'secret.unopenable': {
    ...asked(500, 'A stored secret was changed, or belongs to another place.', 'Set the value again.'),
    level: 'error',
  },
  'internal.error': broken(
    500,
    'A part of Errand failed.',
    'Try again; the log has the details under the same request id.',
  ),
} as const satisfies Record<string, FaultEntry>

/** A fault that an event of a run can carry. */
export type RunFaultCode = keyof typeof RUN_FAULTS
/** Why a run can end without success. */
export type RunEndCode = {
  [CODE in RunFaultCode]: (typeof RUN_FAULTS)[CODE] extends { readonly endsRun: true } ? CODE : never
}[RunFaultCode]
export const RUN_FAULT_CODES = Object.keys(RUN_FAULTS) as [RunFaultCode, ...RunFaultCode[]]

/** As an event tells of a fault: what has nothing to do with runs is only told as ours. */
export function asRunFault(code: string): RunFaultCode {
  return RUN_FAULT_CODES.find((known) => known === code) ?? 'internal.error'
}
