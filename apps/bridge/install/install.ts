import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HOSTED_PATHS, type InstallBoot, type InstalledBundle } from '@errand/contracts'
import { askGateway } from '../gateway/ask.ts'
import { sendBundle } from '../gateway/bundle.ts'
import { startForwarder } from '../gateway/forwarder.ts'
import { isObject } from '../message/spans.ts'
import type { BridgeLog } from '../server/serverLog.ts'
import { installImage } from './image.ts'
import { installNpm } from './npm.ts'
import { installPypi } from './pypi.ts'
import { type Run, runner } from './run.ts'

/** What installing for one registry needs, and what it answers. */
export interface Installing {
  readonly package: InstallBoot['install']
  readonly run: Run
  /** The package's file, downloaded and checked. */
  readonly file: string
  /** Where what belongs to the bundle goes. */
  readonly into: string
  /** The same folder as the server will see it. */
  readonly startsIn: string
}
export type Installer = {
  /** Puts the package's own file into a folder that holds nothing else. */
  download(given: Omit<Installing, 'file' | 'into' | 'startsIn'> & { readonly folder: string }): Promise<void>
  install(given: Installing): Promise<Pick<InstalledBundle, 'command' | 'env'>>
}

const INSTALLERS: Readonly<Record<'npm' | 'pypi', Installer>> = { npm: installNpm, pypi: installPypi }

/**
 * Installs one version of one package: its file first, which is checked against the digest where one was given, then
 * what it needs, without running any script of theirs. Writes `bundle.json` last: a folder without it is not finished. On a
 * cluster the gateway keeps it.
 */
export async function install(boot: InstallBoot, log: BridgeLog): Promise<void> {
  const { gateway, install: wanted } = boot
  await mkdir(join(wanted.folder, 'files'), { recursive: true })
  const { registry } = wanted
  const bundle = await (registry === 'oci' ? installImage(boot, log) : installPackage(boot, INSTALLERS[registry], log))
  await writeFile(join(wanted.folder, 'bundle.json'), JSON.stringify(bundle))
  if (wanted.isSent === true) await sendBundle(gateway, { folder: wanted.folder, bundle })
}

async function installPackage(
  { gateway, install: wanted }: InstallBoot,
  installer: Installer,
  log: BridgeLog,
): Promise<InstalledBundle> {
  const forwarder = await startForwarder(gateway)
  const source = await askGateway(gateway, { method: 'GET', path: HOSTED_PATHS.source })
  const { indexUrl = null, certificates = null } = isObject(source) ? source : {}
  const trusted = typeof certificates === 'string' ? await trust(certificates) : {}
  // The registry may be on the machine’s own loopback, which is not the sandbox’s.
  const proxy = { ...forwarder.env, NO_PROXY: '', no_proxy: '' }
  const run = runner({ ...proxy, ...trusted, ...indexOf(indexUrl) }, log)
  const [download, into] = [join(wanted.folder, '.download'), join(wanted.folder, 'files')]
  await mkdir(download, { recursive: true })
  await installer.download({ package: wanted, run, folder: download })
  const [name, ...others] = await readdir(download)
  if (name === undefined || others.length > 0) throw new Error('the package is not one file')
  const file = join(download, name)
  const sha256 = await digestOf(file)
  if (wanted.sha256 !== null && wanted.sha256 !== sha256) {
    throw new Error(`the package is not the one that was meant: its SHA-256 is ${sha256}, wanted was ${wanted.sha256}`)
  }
  const startsIn = join(wanted.startsIn, 'files')
  const started = await installer.install({ package: wanted, run, file, into, startsIn })
  await rm(download, { recursive: true })
  forwarder.close()
  return { ...started, sha256, file: name }
}

/** The package managers trust whom the gateway's machine trusts. */
async function trust(certificates: string): Promise<Record<string, string>> {
  const file = join(await mkdtemp(join(tmpdir(), 'certificates-')), 'trusted.pem')
  await writeFile(file, certificates)
  return { NODE_EXTRA_CA_CERTS: file, SSL_CERT_FILE: file, PIP_CERT: file }
}

function indexOf(url: unknown): Record<string, string> {
  return typeof url !== 'string' ? {} : { npm_config_registry: url, PIP_INDEX_URL: url }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
