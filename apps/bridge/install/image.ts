import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { type BridgeGateway, HOSTED_PATHS, type InstallBoot, type InstalledBundle } from '@errand/contracts'
import { openAnswer } from '../gateway/ask.ts'
import { isObject } from '../message/spans.ts'
import type { BridgeLog } from '../server/serverLog.ts'
import { allowance, applyLayer } from './layers.ts'
import { RootFolder } from './rootFolder.ts'

const MAX_DOCUMENT_BYTES = 4 * 2 ** 20
/** Something is mounted there when a server is started. */
const MOUNTED = ['proc', 'dev', 'tmp', 'home/agent', 'etc']

type Json = Readonly<Record<string, unknown>>

interface Blob {
  readonly digest: string
  readonly mediaType: string
}

/**
 * Installs an image: its files, layer by layer, become the root of the server's file system. Every part is asked for by
 * its digest and checked against it, from the one that was meant on.
 */
export async function installImage(
  { gateway, install: wanted }: InstallBoot,
  log: BridgeLog,
): Promise<InstalledBundle> {
  const reference = wanted.sha256 === null ? wanted.version : `sha256:${wanted.sha256}`
  const top = await readDocument(gateway, `manifests/${reference}`)
  const manifest = Array.isArray(top.json['manifests'])
    ? await readDocument(gateway, `manifests/${ofThisMachine(top.json['manifests'])}`)
    : top
  const described = blobOf(manifest.json['config'])
  const { json: about } = await readDocument(gateway, `blobs/${described.digest}`)
  const config = isObject(about['config']) ? about['config'] : {}
  const root = new RootFolder(join(wanted.folder, 'files'))
  const layers = Array.isArray(manifest.json['layers']) ? manifest.json['layers'].map(blobOf) : []
  const cwd = textOf(config['WorkingDir']) ?? '/'
  if (wanted.isNoteOnly !== true) {
    await putLayers({ gateway, layers, root, download: join(wanted.folder, '.download'), log })
    for (const place of MOUNTED) await root.ensureFolder(place)
    await writeFile((await root.clear('etc/hosts')) ?? '', '')
    // As container engines do: the folder to begin in is there.
    await root.place(`${cwd}/any`)
  }
  const [command, args] = [textsOf(config['Entrypoint']), textsOf(config['Cmd'])]
  if (command.length + args.length === 0) throw new Error('the image names no program')
  const env = Object.fromEntries(textsOf(config['Env']).map(nameAndValue))
  const image = { args, cwd, manifest: manifest.digest }
  return { command, env, sha256: top.digest.replace('sha256:', ''), file: `${wanted.name}:${wanted.version}`, image }
}

interface Putting {
  readonly gateway: BridgeGateway
  readonly layers: readonly Blob[]
  readonly root: RootFolder
  readonly download: string
  readonly log: BridgeLog
}

async function putLayers({ gateway, layers, root, download, log }: Putting): Promise<void> {
  const left = allowance()
  await mkdir(download, { recursive: true })
  const file = join(download, 'layer')
  for (const [at, layer] of layers.entries()) {
    log.note('install.said', {}, `layer ${at + 1} of ${layers.length}`)
    await fetchBlob(gateway, layer, file)
    await applyLayer(root, () => opened(file, layer), left)
  }
  await rm(download, { recursive: true })
}

async function fetchBlob(gateway: BridgeGateway, { digest }: Blob, file: string): Promise<void> {
  const answer = await openAnswer(gateway, { method: 'GET', path: `${HOSTED_PATHS.image}blobs/${digest}` })
  const hash = createHash('sha256')
  answer.on('data', (part: Buffer) => hash.update(part))
  await pipeline(answer, createWriteStream(file))
  check(digest, `sha256:${hash.digest('hex')}`)
}

function opened(file: string, { mediaType }: Blob): Readable {
  const bytes = createReadStream(file)
  const unpacked = mediaType.endsWith('gzip')
    ? createGunzip()
    : mediaType.endsWith('zstd')
      ? createZstdDecompress()
      : null
  if (unpacked === null) return bytes
  bytes.on('error', (error) => unpacked.destroy(error))
  unpacked.on('close', () => bytes.destroy())
  return bytes.pipe(unpacked)
}

interface Document {
  readonly digest: string
  readonly json: Json
}

/** A manifest or a configuration; what was asked for by its digest is that. */
async function readDocument(gateway: BridgeGateway, part: string): Promise<Document> {
  const answer = await openAnswer(gateway, { method: 'GET', path: HOSTED_PATHS.image + part })
  const parts: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_DOCUMENT_BYTES) throw new Error('a document of the image is too long')
    parts.push(chunk)
  }
  const body = Buffer.concat(parts)
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`
  const [, asked = ''] = part.split('/', 2)
  if (asked.startsWith('sha256:')) check(asked, digest)
  const json: unknown = JSON.parse(body.toString())
  if (!isObject(json)) throw new Error('a document of the image is not one')
  return { digest, json }
}

function check(wanted: string, came: string): void {
  if (wanted !== came) throw new Error(`the image is not the one that was meant: ${came} came, wanted was ${wanted}`)
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** The digest of the manifest in a list that is for Linux on this kind of machine. */
function ofThisMachine(manifests: readonly unknown[]): string {
  const mine = ARCHITECTURES[process.arch] ?? process.arch
  const all = manifests
    .filter(isObject)
    .map((one) => ({ ...one, platform: isObject(one['platform']) ? one['platform'] : {} }))
  const found = all.find(({ platform: { os, architecture } }) => os === 'linux' && architecture === mine)
  if (found !== undefined) return blobOf(found).digest
  const there = all.map(({ platform: { os, architecture } }) => `${String(os)}/${String(architecture)}`).join(', ')
  throw new Error(`the image is not made for linux/${mine}: it has ${there}`)
}

function blobOf(value: unknown): Blob {
  const { digest, mediaType = '' } = isObject(value) ? value : {}
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest) || typeof mediaType !== 'string')
    throw new Error('the image’s manifest names something without a SHA-256')
  return { digest, mediaType }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

function nameAndValue(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
