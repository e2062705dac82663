/**
 * What the whole system promises. A scenario cites the requirement that it proves: `it(proves('first-task'), …)`.
 * A requirement that no scenario cites is one that nothing holds; `requirements.test.ts` refuses it.
 */
export const REQUIREMENTS = {
  'first-task': 'with nothing configured, the first sentence brings back a verified artifact',
  'artifacts-permanent': 'an artifact has a permanent address, and its bytes are those of its hash',
  'own-branch': 'the work is on a branch of the repository that the owner can clone',
  'several-repositories': 'a run works on several repositories side by side, each with its own patch and branch',
  'no-repository': 'a run without a repository brings back the files it made',
  'structured-result': 'a run with an output schema brings back a result that fits it, or says that it does not',
  'real-model': 'with a credential the same command runs against that provider, and its cost is on the run',
  'git-credential': 'a repository behind a token is cloned and pushed to without the token entering the sandbox',
  'cancel-everywhere': 'cancel works in every state and says when the last process is gone',
  'asks-a-person': 'a run that needs a person’s word waits for it, hears it, and takes silence for a no',
  steering: 'a note reaches the agent after its step or at its next turn',
  'retry-names-old': 'a retry is a new run that names the old one',
  detach: 'Ctrl-C while following detaches and leaves the run going',
  'json-documented': 'every field of `--json` is in docs/cli.md, and every one that stands there is printed',
  'exit-codes': 'the exit code follows the verdict',
  'yaml-round-trip': 'what was applied is exported byte for byte, without a secret',
  'yaml-unknown-field': 'an unknown field is refused with its line and name',
  'clean-stop': 'Ctrl-C leaves no process',
  'clear-start': 'a start that cannot succeed says why in a sentence and makes nothing',
  'survives-kills': 'kill -9 of anything loses, doubles and sticks no run, and leaves no process',
  'mcp-hosted':
    'a package that nobody here wrote is installed once, runs shut in, and its tools reach the agent within its policy',
  'mcp-remote': 'remote servers work with a token and with a sign-in, and neither leaves the gateway',
  'waits-for-sign-in': 'a run that needs a person to sign in with an MCP server waits, and goes on by itself',
  'same-fold': 'after any number of disconnects a client knows what the server knows',
  'no-secret-anywhere': 'a credential is found in no process, file, column, log, event, artifact or address of a run',
  'hostile-repository': 'hooks, MCP servers and settings that a repository brings do not act',
  'every-reason': 'every reason why a run can end is produced and worded',
  'bad-input': 'bad input gets an error that names the field and the remedy',
  'wall-proven': 'the doctor proves the wall from inside a sandbox',
} as const

export type Requirement = keyof typeof REQUIREMENTS

/** The title of a scenario: the requirement it proves, and the case. */
export function proves(requirement: Requirement, specific?: string): string {
  return specific === undefined ? `${requirement}: ${REQUIREMENTS[requirement]}` : `${requirement}: ${specific}`
}
