import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import {
  type BridgeBoot,
  type BridgeGateway,
  BUNDLE_HEADER,
  HOSTED_PATHS,
  type InstalledBundle,
} from '@errand/contracts'
import { askGateway, openAnswer } from './ask.ts'

/** The same files give the same bytes. */
const PACK = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--create', '--file=-', 'files']

/** Hands what was installed below `files` of a folder to the gateway, which keeps it for every start. */
export async function sendBundle(
  gateway: BridgeGateway,
  { folder, bundle }: { readonly folder: string; readonly bundle: InstalledBundle },
): Promise<void> {
  const headers = {
    'content-type': 'application/gzip',
    [BUNDLE_HEADER]: Buffer.from(JSON.stringify(bundle)).toString('base64url'),
  }
  const body = (): Readable => {
    const packed = createGzip()
    const tar = spawn('tar', PACK, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    tar.once('error', (error) => packed.destroy(error))
    tar.once('close', (code) => code !== 0 && packed.destroy(new Error(`tar ended with ${code}`)))
    // An archive that ends early ends with tar's exit code.
    tar.stdout.pipe(packed)
    return packed
  }
  await askGateway(gateway, { method: 'PUT', path: HOSTED_PATHS.bundle, headers, body })
}

/** Unpacks the bundle of this bridge's server. Throws when the bytes are not those that were installed. */
export async function fetchBundle(
  gateway: BridgeGateway,
  { sha256, folder }: NonNullable<BridgeBoot['bundle']>,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const answer = await openAnswer(gateway, { method: 'GET', path: HOSTED_PATHS.bundle })
  const hash = createHash('sha256')
  answer.on('data', (part: Buffer) => hash.update(part))
  await unpack(answer, folder)
  const came = hash.digest('hex')
  if (came !== sha256) throw new Error(`the package is not the one that was installed: ${came} came, not ${sha256}`)
}

async function unpack(archive: Readable, folder: string): Promise<void> {
  const tar = spawn('tar', ['--extract', '--gzip', '--file=-', '--no-same-owner'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve, reject) => {
    tar.once('error', reject)
    tar.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`tar ended with ${code ?? 'a signal'}`))))
  })
  const input: Writable = tar.stdin
  await Promise.all([ended, pipeline(archive, input)])
}
