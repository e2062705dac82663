/** Exit codes of the bootstrap. Above 9, so that they do not look like those of the command it starts. */
export const EXIT = {
  usage: 2,
  unsupportedPlatform: 10,
  nodeTooOld: 11,
  npmMissing: 12,
  registryUnreachable: 13,
  diskFull: 14,
  installFailed: 15,
  gitMissing: 16,
  lockTimeout: 17,
}

/** A failure the person can act on: one sentence, and the tail of a tool's output when that helps. */
export class SetupError extends Error {
  constructor(kind, sentence, detail = '') {
    super(sentence)
    this.kind = kind
    this.detail = detail
  }
}

const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL|error sending request)\b/
const DISK_FULL = /\bENOSPC\b|no space left on device/i

/** Says what a package manager's failure means. `registry` is asked for only when it was the reason. */
export function explainInstallFailure(what, output, registry) {
  const tail = output.trim().split('\n').slice(-12).join('\n')
  if (DISK_FULL.test(output)) {
    return new SetupError(
      'diskFull',
      `The disk is full: ${what} needs about 1 GB free here; free some and run the command again.`,
    )
  }
  if (UNREACHABLE.test(output)) {
    const sentence = `The package registry (${registry()}) could not be reached while installing ${what}: check the network or proxy, or point npm at a registry you can reach, and run the command again.`
    return new SetupError('registryUnreachable', sentence)
  }
  return new SetupError('installFailed', `Installing ${what} failed; the package manager's last words were:`, tail)
}
