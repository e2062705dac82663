import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { basename, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type InputFile, RUNNER_PATHS } from '@errand/contracts'
import { StepFailed } from '../events/recorder.ts'
import { type GatewayClient, GatewayUnreachable } from '../gateway/client.ts'

const ATTEMPTS = 5

/** Fetches one input file into `folder` and checks its bytes. Returns the name that it got there. */
export async function fetchInput(
  input: InputFile,
  deps: {
    readonly client: GatewayClient
    readonly folder: string
    readonly taken: Set<string>
    readonly signal: AbortSignal
  },
): Promise<string> {
  const name = freeName(safeName(input.name), deps.taken)
  for (let attempt = 1; ; attempt++) {
    try {
      await download(input, join(deps.folder, name), deps)
      return name
    } catch (error) {
      // Cut in the middle: the gateway is starting again, or the bytes were torn. Asking again is harmless.
      const isTorn = error instanceof GatewayUnreachable || error instanceof TornError
      if (!isTorn || attempt >= ATTEMPTS) throw error
    }
  }
}

class TornError extends Error {}

async function download(
  input: InputFile,
  path: string,
  { client, signal }: { readonly client: GatewayClient; readonly signal: AbortSignal },
): Promise<void> {
  const answer = await client.untilOpened({ method: 'GET', path: `${RUNNER_PATHS.inputs}/${input.sha256}`, signal })
  if (answer.statusCode !== 200) {
    answer.resume()
    throw new StepFailed('internal.error', `The input ${input.name} could not be fetched (${answer.statusCode ?? 0}).`)
  }
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  try {
    await pipeline(answer, hashing, createWriteStream(path))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw new StepFailed('sandbox.disk-full', `No room for the input ${input.name}.`)
    throw new TornError('the download was cut', { cause: error })
  }
  if (hash.digest('hex') !== input.sha256) throw new TornError(`the bytes of ${input.name} do not match`)
}

/** A name that stays in its folder, whatever a client called the file. */
export function safeName(name: string): string {
  const last = basename(name.replaceAll('\\', '/').replaceAll('\0', '')).trim()
  return last === '' || last === '.' || last === '..' ? 'input' : last
}

function freeName(name: string, taken: Set<string>): string {
  let free = name
  for (let n = 2; taken.has(free); n++) free = `${n}-${name}`
  taken.add(free)
  return free
}
