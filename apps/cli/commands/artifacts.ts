import type { Artifact } from '@errand/contracts'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { connect, type Errand } from '../connection/errand.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { artifactLine } from '../format/json.ts'
import { artifactLines } from '../format/outcome.ts'
import { findRun } from './runs.ts'

export async function ls(this: Cli, flags: { json: boolean }, id: string): Promise<ExitCode> {
  const errand = connect(this.config)
  const artifacts = await errand.api.artifacts.list.query({ runId: await findRun(errand, id) })
  const { address } = errand.place
  if (flags.json) this.out.print(...artifacts.map((one) => artifactLine(one, address)))
  else this.out.print(...artifactLines(artifacts, address, this.out.paint))
  return EXIT.ok
}

/**
 * The bytes of an artifact to a file or standard output, hashed on the way: a file appears under its name only when
 * its hash is the one that Errand recorded.
 */
export async function get(
  this: Cli,
  flags: { output: string | undefined },
  id: string,
  name?: string,
): Promise<ExitCode> {
  const errand = connect(this.config)
  const artifactId = id.startsWith('art') ? id : (await named(errand, id, name)).id
  const response = await errand.fetch(`/artifacts/${encodeURIComponent(artifactId)}`)
  const expected = response.headers.get('etag')?.replaceAll('"', '') ?? ''
  if (flags.output === undefined || flags.output === '-') {
    await receive(response, expected, this.process.stdout as unknown as Writable)
    return EXIT.ok
  }
  const part = `${flags.output}.part`
  try {
    await receive(response, expected, createWriteStream(part))
    await rename(part, flags.output)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  this.out.say(`${flags.output}: sha256 ${expected}`)
  return EXIT.ok
}

async function receive(response: Response, expected: string, target: Writable): Promise<void> {
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const body =
    response.body === null
      ? Readable.from([])
      : Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
  // Standard output stays open: it is not ours to close.
  await pipeline(body, hashing, target, { end: target !== (globalThis.process.stdout as Writable) })
  if (hash.digest('hex') === expected) return
  throw new CliError(
    EXIT.failed,
    'The bytes that came do not have the hash that Errand recorded.',
    'Try again; if it happens twice, the disk of the server lost data.',
  )
}

async function named(errand: Errand, id: string, name: string | undefined): Promise<Artifact> {
  const artifacts = await errand.api.artifacts.list.query({ runId: await findRun(errand, id) })
  const found = artifacts.find((one) => one.name === name || one.id === name)
  if (found !== undefined) return found
  const names = artifacts.map((one) => one.name).join(', ')
  throw new CliError(
    EXIT.usage,
    name === undefined ? 'Say which artifact.' : `The run has no artifact ${name}.`,
    names === '' ? 'It left none.' : `It left: ${names}`,
  )
}
