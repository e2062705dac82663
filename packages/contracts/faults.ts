import { CLUSTER_FAULTS } from './clusterFaults.ts'
import { asked, broken, ended, type FaultEntry } from './faultEntry.ts'
import { MCP_FAULTS } from './mcpFaults.ts'
import { OUTBOUND_FAULTS } from './outboundFaults.ts'
import { PULL_FAULTS } from './pullFaults.ts'
import { REGISTRY_FAULTS } from './registryFaults.ts'
import { SIGN_IN_FAULTS } from './signInFaults.ts'

/** Every failure a person can see. Nothing else in Errand words a failure. */
export const FAULTS = {
  // What a request got wrong.
  'auth.missing': asked(
    401,
    'This needs a token and none came with the request.',
    'Run `errand login`, or send `Authorization: Bearer <token>`.',
  ),
  'auth.invalid': asked(
    401,
    'The token is not known here, or it was revoked.',
    'Make a new one with `errand tokens create`.',
  ),
  'auth.throttled': {
    ...asked(429, 'Too many wrong tokens came from this address.', 'Wait a minute, then try with a valid token.'),
    retry: true,
  },
  'auth.wrong': asked(
    401,
    'The password is not right.',
    'Try again. Who is locked out gets a new link with `bin/errand claim-link` on the machine.',
  ),
  'auth.tries': {
    ...asked(429, 'Too many wrong passwords came from this address.', 'Wait five minutes, or use a passkey.'),
    retry: true,
  },
  'auth.link-dead': asked(
    410,
    'This link was used already, or its time is up.',
    'Run `bin/errand claim-link` on the machine for a new one.',
  ),
  'auth.session-ended': asked(401, 'You are signed out here.', 'Sign in again.'),
  'auth.session-old': asked(403, 'This needs a sign-in of the last 24 hours.', 'Sign in again, then repeat it.'),
  'auth.foreign-page': asked(
    403,
    'The request came from a page that is not Errand’s.',
    'Open Errand by its own address. Behind a proxy, give that address as ERRAND_PUBLIC_URL.',
  ),
  'auth.local-only': asked(
    403,
    'This is done on the machine that runs Errand, and nowhere else.',
    'Run `bin/errand claim-link` there.',
  ),
  'auth.last-way': asked(409, 'This is the only way left to sign in.', 'Set a password or add another passkey first.'),
  'passkey.refused': asked(400, 'The passkey was not accepted.', 'Try again, or use the password.'),
  'passkey.unknown': asked(
    404,
    'There is no such passkey.',
    'It may have been removed elsewhere; look at the list again.',
  ),
  'session.unknown': asked(404, 'There is no such session.', 'It has ended already; look at the list again.'),
  'request.too-large': asked(
    413,
    'The request is larger than the limit.',
    'Pass long material as a file: `--input notes.md`.',
  ),
  'input.invalid': asked(
    400,
    'The request has a field that does not fit.',
    'The detail names the field and what it takes.',
  ),
  'prompt.empty': asked(400, 'The prompt is empty.', 'Say in a sentence what should be done.'),
  'prompt.too-large': asked(
    413,
    'The prompt is larger than 200 kB.',
    'Pass long material as a file: `--input notes.md`.',
  ),
  'input.too-large': asked(413, 'An input file is larger than the limit.', 'Split it, or put it into a repository.'),
  'run.unknown': asked(404, 'There is no run with this id.', 'List the runs with `errand runs`.'),
  'run.over': asked(409, 'The run is over already.', 'Nothing is left to do; `errand retry` starts it anew.'),
  'run.not-over': asked(409, 'The run is still going on.', 'Wait for it, or cancel it first.'),
  'question.unknown': asked(404, 'There is no such question in this run.', 'Look at the run again: `errand watch`.'),
  'question.answered': asked(
    409,
    'Somebody has answered this already.',
    'The detail says who and what. The first answer stands.',
  ),
  'question.expired': asked(
    410,
    'Nobody answered in time, so it was denied.',
    'Send the run a note, or retry it with more time to answer (`answerMinutes` of the agent).',
  ),
  'note.empty': asked(400, 'The note is empty.', 'Say in a sentence what the agent should know.'),
  'note.too-large': asked(
    413,
    'The note is larger than 20 kB.',
    'Say it in fewer words, or fire a new run with a file.',
  ),
  'note.too-many': asked(
    429,
    'Twenty notes wait for this run already.',
    'Wait until it has read them, or take some of them back.',
  ),
  'note.no-agent': asked(
    409,
    'This run is a script: nobody in it reads notes.',
    'Cancel it, change the script and run it again.',
  ),
  'note.unknown': asked(404, 'There is no such note in this run.', 'It may be one of another run.'),
  'note.delivered': asked(409, 'The agent has been given this note already.', 'Send another that corrects it.'),
  'agent.unknown': asked(404, 'There is no agent with this name.', 'List the agents with `errand agents`.'),
  'agent.disabled': asked(
    409,
    'This agent takes no new tasks: somebody switched it off.',
    'Switch it on again on its page, or choose another.',
  ),
  'agent.moved-on': asked(
    409,
    'The agent got a newer version while you worked on yours.',
    'Look at what is new, then go on from there: your changes are kept.',
  ),
  'agent.builtin': asked(
    409,
    'This agent came with Errand and would come back at the next start.',
    'Switch it off instead.',
  ),
  'agent.is-default': asked(409, 'Tasks that name no agent go to this one.', 'Choose another in the settings first.'),
  'agent.isolation-required': asked(
    409,
    'This machine cannot isolate a sandbox, so only the demo agent may run.',
    'Run `errand doctor` to see what is missing and how to install it.',
  ),
  'credential.unknown': asked(404, 'There is no credential with this name.', 'List them with `errand credentials`.'),
  'repository.unknown': asked(
    404,
    'There is no such repository here.',
    'Add it with `errand repos add`, or give its https:// address.',
  ),
  'repository.credential-missing': asked(
    502,
    'The host of the repository asks for a credential and none is set for it.',
    'Add one: `errand credentials add NAME --type git --host HOST`.',
  ),
  'repository.credential-refused': asked(
    502,
    'The host refused the git credential, or it may not see this repository.',
    'Test it with `errand credentials test`, then set one that may.',
  ),
  'repository.plain-http': asked(
    409,
    'Over plain http the credential and the code could be read on the way, so it is used only for a private host.',
    'Use its https:// address, or mark the git credential of the host as private.',
  ),
  'repository.not-found': asked(
    502,
    'The host shows no such repository.',
    'Check the address. Hosts say the same of a repository that nobody, or this credential, may see.',
  ),
  ...CLUSTER_FAULTS,
  ...PULL_FAULTS,
  ...MCP_FAULTS,
  ...OUTBOUND_FAULTS,
  ...REGISTRY_FAULTS,
  ...SIGN_IN_FAULTS,
  ...MCP_FAULTS,
  'artifact.unknown': asked(
    404,
    'There is no such artifact, or its retention date has passed.',
    'List what a run left with `errand artifacts ls <run>`.',
  ),
  'token.unknown': asked(404, 'There is no API token with this id.', 'List them with `errand tokens`.'),
  'name.taken': asked(409, 'The name is in use.', 'Choose another, or change the one that is there.'),
  'yaml.invalid': asked(400, 'The YAML does not fit.', 'The detail names the line and the field.'),
  'idempotency.conflict': asked(
    409,
    'This idempotency key was used for a different request.',
    'Use a new key for a new request.',
  ),
  'path.unknown': asked(404, 'There is nothing at this address.', 'Look the address up in the documentation.'),

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
    'Run `errand doctor`; the sandbox log is among the artifacts.',
    true,
  ),
  'run.lost': ended(
    'The sandbox vanished in the middle of the run.',
    'The machine or Errand went down. Retry: a new run starts from the same commit.',
    true,
  ),
  'sandbox.unavailable': ended(
    'The sandbox could not be started.',
    'Run `errand doctor`: it says what is missing on this machine.',
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
    'Add it with `errand credentials add` and retry.',
  ),
  'model.unauthorized': ended(
    'The model provider refused the credential.',
    'Check it with `errand credentials test`, then set a valid one.',
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

  // What the gateway refuses. The run goes on.
  'token.invalid': asked(401, 'This run token is not known.', 'A run’s token is handed out once, to its runner.'),
  'token.dead': asked(401, 'The run that this token belongs to is over.', 'Nothing more can be done in its name.'),
  'push.outside-prefix': asked(
    403,
    'A run may push only to its own branches.',
    'Push to a branch below the run’s prefix.',
  ),
  'repository.not-granted': asked(
    403,
    'This run may not use that repository.',
    'Name it when firing the task: `--repo`.',
  ),
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
  'events.gap': {
    ...asked(409, 'Events are missing before these.', 'Send from the expected sequence number on.'),
    retry: true,
  },
  'events.malformed': asked(400, 'An event does not have a known form.', 'The detail names the field.'),
  'artifact.too-large': asked(
    413,
    'The artifact is larger than the limit.',
    'Leave it out of `artifacts/`, split it, or raise the limit in the settings.',
  ),
  'artifact.hash-mismatch': {
    ...asked(422, 'The bytes do not match the hash that was announced.', 'Send the artifact again.'),
    retry: true,
  },
  'artifact.unsafe': asked(
    422,
    'The artifact is a link or its name leaves the folder.',
    'Put the file itself into `artifacts/`.',
  ),
  'model.unknown-path': asked(404, 'The gateway forwards only the Messages API.', 'Use POST /v1/messages.'),

  // Start-up and the machine.
  'start.port-taken': asked(
    409,
    'The port is in use by another program.',
    'Stop it, or choose another with ERRAND_PORT.',
  ),
  'start.second-instance': asked(
    409,
    'Errand is running on this data folder already.',
    'Use that one, or set ERRAND_DATA_DIR to another folder.',
  ),
  'start.disk-full': asked(507, 'The disk is full.', 'Free some space, then start again; nothing was left half-made.'),
  'start.folder-unwritable': asked(
    500,
    'The data folder cannot be written.',
    'Check its owner and rights, or set ERRAND_DATA_DIR.',
  ),
  'start.database-unreachable': broken(
    503,
    'The database cannot be reached.',
    'Check DATABASE_URL, or the log of the embedded Postgres in the data folder.',
  ),
  'start.config-invalid': asked(400, 'A setting does not fit.', 'The detail names the variable and what it takes.'),
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
  'storage.full': broken(
    507,
    'The disk of the machine that runs Errand is full.',
    'Free some space and try again; nothing was left half-made.',
  ),
  'storage.unreachable': broken(
    503,
    'The object store of this Errand did not answer, or refused.',
    'The detail holds its words. Check the bucket, the address and the credentials of ERRAND_BLOBS_URL.',
  ),
  'upstream.unreachable': broken(502, 'An upstream server could not be reached.', 'Check the address and try again.'),
  'upstream.rejected': asked(502, 'An upstream server refused the request.', 'The detail holds its words.'),
  'service.starting': { ...asked(503, 'Errand is starting.', 'Try again in a moment.'), retry: true },
  'service.stopping': broken(503, 'Errand is stopping.', 'Try again in a moment.'),
  'internal.error': broken(
    500,
    'A part of Errand failed.',
    'Try again; the log has the details under the same request id.',
  ),
} as const satisfies Record<string, FaultEntry>

export type FaultCode = keyof typeof FAULTS
/** Why a run can end without success. */
export type RunEndCode = {
  [CODE in FaultCode]: (typeof FAULTS)[CODE] extends { readonly endsRun: true } ? CODE : never
}[FaultCode]
export const FAULT_CODES = Object.keys(FAULTS) as [FaultCode, ...FaultCode[]]

export function isFaultCode(value: string): value is FaultCode {
  return Object.hasOwn(FAULTS, value)
}
