import { asked, broken, type FaultEntry } from './faultEntry.ts'
import { PULL_FAULTS } from './pullFaults.ts'
import { REGISTRY_FAULTS } from './registryFaults.ts'
import { RUN_FAULTS } from './runFaults.ts'
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
    'Make a new one in Settings, or with `errand tokens create`.',
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
  'run.unknown': asked(404, 'There is no run with this id.', 'Look for it under Runs, or with `errand runs`.'),
  'run.over': asked(
    409,
    'The run is over already.',
    'Nothing is left to do. Retry, on its page or with `errand retry`, starts it anew.',
  ),
  'run.not-over': asked(409, 'The run is still going on.', 'Wait for it, or cancel it first.'),
  'question.unknown': asked(
    404,
    'There is no such question in this run.',
    'Look at the run again, on its page or with `errand watch`.',
  ),
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
  'agent.unknown': asked(
    404,
    'There is no agent with this name.',
    'Look for it under Agents, or with `errand agents`.',
  ),
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
  'credential.unknown': asked(
    404,
    'There is no credential with this name.',
    'Look for it under Credentials, or with `errand credentials`.',
  ),
  'credential.failed-test': asked(
    409,
    'The model key did not work when it was last tested.',
    'Test it again under Credentials, or with `errand credentials test`, or set a valid one.',
  ),
  'repository.unknown': asked(
    404,
    'There is no such repository here.',
    'Add it under Repositories, or with `errand repos add`, or give its https:// address.',
  ),
  'repository.credential-missing': asked(
    502,
    'The host of the repository asks for a credential and none is set for it.',
    'Add one under Credentials, or with `errand credentials add NAME --type git --host HOST`.',
  ),
  'repository.credential-refused': asked(
    502,
    'The host refused the git credential, or it may not see this repository.',
    'Test it under Credentials, or with `errand credentials test`, then set one that may.',
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
  ...PULL_FAULTS,
  ...REGISTRY_FAULTS,
  ...SIGN_IN_FAULTS,
  'artifact.unknown': asked(
    404,
    'There is no such artifact, or its retention date has passed.',
    'What a run left is listed on its page, and by `errand artifacts ls RUN`.',
  ),
  'token.unknown': asked(
    404,
    'There is no API token with this id.',
    'Look for it in Settings, or with `errand tokens`.',
  ),
  'name.taken': asked(409, 'The name is in use.', 'Choose another, or change the one that is there.'),
  'yaml.invalid': asked(400, 'The YAML does not fit.', 'The detail names the line and the field.'),
  'idempotency.conflict': asked(
    409,
    'This idempotency key was used for a different request.',
    'Use a new key for a new request.',
  ),
  'path.unknown': asked(404, 'There is nothing at this address.', 'Look the address up in the documentation.'),

  ...RUN_FAULTS,

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
  'events.gap': {
    ...asked(409, 'Events are missing before these.', 'Send from the expected sequence number on.'),
    retry: true,
  },
  'artifact.hash-mismatch': {
    ...asked(422, 'The bytes do not match the hash that was announced.', 'Send the artifact again.'),
    retry: true,
  },
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
} as const satisfies Record<string, FaultEntry>

export type FaultCode = keyof typeof FAULTS
export const FAULT_CODES = Object.keys(FAULTS) as [FaultCode, ...FaultCode[]]

export function isFaultCode(value: string): value is FaultCode {
  return Object.hasOwn(FAULTS, value)
}
